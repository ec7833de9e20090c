"""The scores of the audit: what each attacker on content and on the speaker vector finds."""

from dataclasses import replace
from itertools import product

from disentangle.report.entries import CONTENT, LEAK, Entry
from disentangle.report.units import Unit

YARDSTICKS = ("mel", "untrained", "normed", "leace")  # what an attack on content is measured beside
FORMS = {  # other forms of the content, by the attackers that are tried on them
    "timed": ("linear", "sequence", "ecapa"),
    "disjoint": ("linear", "mlp", "sequence"),
    "averaged": ("linear", "mlp", "sequence"),
    "noiseless": ("linear", "mlp", "sequence"),
    "centred": ("linear", "sequence"),
}
FLOORS = {"length": "length", "said": "true label and length"}
ATTACKERS = {
    "linear_mean": "linear classifier on each utterance's mean",
    "linear": "linear classifier on each utterance's mean and deviation",
    "mlp": "two-layer network on each utterance's mean and deviation",
    "sequence": "recurrent network over all frames",
    "ecapa": "ECAPA-TDNN, which verifies speakers from log-mel, over all frames",
    "shuffled": "recurrent network over all frames in random order",
}
TITLES = {"linear_mean": "linear on the mean", "mlp": "MLP", "ecapa": "ECAPA", "shuffled": "sequence, time shuffled"}
FACTORS = {"gender": "Gender", "channel": "Channel", "domain": "Domain"}
TRACKS = {"f0": ("Pitch", "log pitch where it is voiced"), "energy": ("Energy", "log energy of a frame")}
WHOLE = {"length": ("Length", "an utterance's length"), "letters": ("Letters", "the share of each letter")}


def _of_content(rest: str, title: str, description: str, unit: Unit = "share") -> Entry:
    forms = (code for code, kinds in FORMS.items() if rest in [f"speaker_accuracy_{kind}" for kind in kinds])
    beside = tuple(f"{code}_{rest}" for code in (*YARDSTICKS, *forms))
    return Entry(f"content_{rest}", title, description, "lower", unit, LEAK, beside)


def _kind(kind: str) -> str:
    return TITLES.get(kind, kind)


ATTACKED = tuple(
    _of_content(
        f"speaker_accuracy_{kind}",
        f"Speaker recognised from content, {_kind(kind)} attacker",
        f"How often a freshly trained {words} names the speaker of a known set from content features alone.",
    )
    for kind, words in ATTACKERS.items()
)
FLOORED = tuple(
    replace(
        _of_content(
            f"speaker_accuracy_{kind}",
            f"Speaker recognised from {words} alone, {title}",
            f"How often a fresh {title} names the speaker from {words} alone; content that keeps them is no lower.",
        ),
        name=f"{floor}_speaker_accuracy_{kind}",
        better="",
        beside=(),
    )
    for (floor, words), (kind, title) in product(FLOORS.items(), (("mlp", "network"), ("forest", "forest")))
)
UNSEEN = replace(
    _of_content(
        "speaker_eer",
        "Unseen speakers told apart by content",
        "Equal error rate of the strongest verifier retrained on content; 50 %: nothing is left of the voice.",
    ),
    better="higher",
)
TRAITS = (
    *(
        _of_content(
            f"speaker_bits_{kind}",
            f"Bits of a speaker's name, {kind} attacker",
            f"What a speaker's name costs who has content and learns by a {words} as it goes (online code).",
            "bits",
        )
        for kind, words in (("linear", ATTACKERS["linear"]), ("sequence", ATTACKERS["sequence"]))
    ),
    *(
        _of_content(
            f"{factor}_accuracy_{kind}",
            f"{title} recognised from content, {kind} attacker",
            f"How often a freshly trained {ATTACKERS[kind]} names the {factor} of a recording from content alone.",
        )
        for (factor, title), kind in product(FACTORS.items(), ("linear", "sequence"))
    ),
    *(
        _of_content(
            f"{value}_r2_{kind}",
            f"{title} read from content, {_kind(kind)} attacker",
            f"Share of the variance of {words} that is explained by content.",
            "correlation",
        )
        for (value, (title, words)), kind in product(TRACKS.items(), ("linear", "mlp"))
    ),
)
REVERSE = (
    Entry(
        "speaker_content_accuracy",
        "Word recognised from the speaker vector",
        "The leak the other way: how often a fresh attacker names what was said from the speaker vector alone.",
        "lower",
        "share",
        LEAK,
        ("mel_content_accuracy", "untrained_content_accuracy"),
    ),
    Entry(
        "speaker_content_accuracy_mlp",
        "Word recognised from the speaker vector, MLP attacker",
        "The same by a two-layer network.",
        "lower",
        "share",
        LEAK,
        ("mel_content_accuracy_mlp", "untrained_content_accuracy_mlp"),
    ),
    *(
        Entry(
            f"speaker_{value}_r2_{kind}",
            f"{title} read from the speaker vector, {_kind(kind)} attacker",
            f"Share of the variance of {words} that is explained by the speaker vector.",
            "lower",
            "correlation",
            LEAK,
            (f"mel_{value}_r2_{kind}", f"untrained_{value}_r2_{kind}"),
        )
        for (value, (title, words)), kind in product(WHOLE.items(), ("linear", "mlp"))
    ),
)
COMPARED = (
    Entry(
        "content_neighbour_accuracy",
        "What is said, by the nearest frames of others",
        "How often most frames of an utterance lie nearest to frames of other people who say the same.",
        "higher",
        "share",
        CONTENT,
        tuple(f"{code}_neighbour_accuracy" for code in YARDSTICKS),
    ),
    *(
        Entry(
            f"content_abx_{kind}",
            f"ABX error, {kind} speaker{'s' if kind == 'across' else ''}",
            f"How often a word lies closer to another word than to the same word said again by {who}.",
            "lower",
            "share",
            CONTENT,
            tuple(f"{code}_abx_{kind}" for code in YARDSTICKS),
        )
        for kind, who in (("across", "somebody else"), ("within", "the same speaker"))
    ),
)
