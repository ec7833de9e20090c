"""Every score's name with what it means, which way is better and in what unit: the one place that says it."""

from collections.abc import Iterable
from dataclasses import replace

from disentangle.report.adapted_scores import ADAPTED
from disentangle.report.downstream_scores import DOWNSTREAM
from disentangle.report.entries import CONTENT, CONVERSION, SPEAKER, Entry
from disentangle.report.leak_scores import ATTACKED, COMPARED, FLOORED, REVERSE, TRAITS, UNSEEN
from disentangle.report.picture_scores import PICTURE_SCORES
from disentangle.report.sound_scores import SOUND_SCORES

YARDSTICKS = {  # prefix of a score that is measured beside another one -> what it is measured on
    "mel": "log-mel",
    "real": "real speech",
    "resynthesis": "resynthesis",
    "griffinlim": "Griffin-Lim",
    "source": "source itself",
    "code": "H(c), its bound",
    "original": "originals",
    "untrained": "untrained network",
    "normed": "log-mel, instance norm",
    "leace": "content after LEACE",
    "timed": "all of one length",
    "disjoint": "attackers of other takes",
    "averaged": "mean of 16 draws",
    "noiseless": "before the noise",
    "centred": "speakers' means taken off",
    "ecapa": "ECAPA for classification alone",
    "unadapted": "before",
    "informed": "with the target's labels",
}


def _reading(error: str, what: str) -> Entry:
    return Entry(
        f"content_{error}",
        f"{what.capitalize()} error rate of content",
        f"{what.capitalize()}s that a recogniser trained from scratch on frozen content features gets wrong.",
        "lower",
        "share",
        CONTENT,
        (f"mel_{error}",),
    )


def _named(label: str) -> tuple[Entry, ...]:
    """The scores of a label that was said: a digit, a word, a sentence."""
    return (
        Entry(
            f"content_{label}_accuracy",
            f"{label.capitalize()} recognised from content",
            f"How often a freshly trained sequence recogniser names the {label} from frozen content features.",
            "higher",
            "share",
            CONTENT,
            (f"mel_{label}_accuracy", f"timed_{label}_accuracy"),
        ),
        Entry(
            f"conversion_{label}_accuracy",
            f"{label.capitalize()} understood in converted speech",
            f"How often an independent judge hears the right {label} in converted speech.",
            "higher",
            "share",
            CONVERSION,
            (f"real_{label}_accuracy", f"resynthesis_{label}_accuracy"),
        ),
    )


_MAIN = (
    Entry(
        "speaker_eer",
        "Verification, equal error rate",
        "Do two utterances come from one speaker? The rate at which misses and false alarms are equally frequent.",
        "lower",
        "share",
        SPEAKER,
    ),
    Entry(
        "speaker_eer_2s",
        "Verification, both sides 2 s or longer",
        "The same equal error rate over those pairs whose utterances both last at least two seconds.",
        "lower",
        "share",
        SPEAKER,
    ),
    Entry(
        "speaker_eer_asnorm",
        "Verification, scores normalised",
        "The same equal error rate after each score is set against those of other speakers (adaptive s-norm).",
        "lower",
        "share",
        SPEAKER,
    ),
    Entry(
        "speaker_eer_2s_asnorm",
        "Verification, scores normalised, both sides 2 s or longer",
        "The same over those pairs whose utterances both last at least two seconds.",
        "lower",
        "share",
        SPEAKER,
    ),
    Entry(
        "speaker_mindcf",
        "Verification, detection cost at 1 %",
        "Smallest normalised cost of misses and false alarms if one pair in a hundred is of one speaker.",
        "lower",
        "cost",
        SPEAKER,
    ),
    Entry(
        "speaker_mindcf_05",
        "Verification, detection cost at 5 %",
        "Smallest normalised cost of misses and false alarms if five pairs in a hundred are of one speaker.",
        "lower",
        "cost",
        SPEAKER,
    ),
    Entry(
        "speaker_dcf",
        "Verification, actual cost at 1 %",
        "The same cost at the threshold that scores, taken for likelihood ratios, would themselves choose.",
        "lower",
        "cost",
        SPEAKER,
    ),
    Entry(
        "speaker_dcf_05",
        "Verification, actual cost at 5 %",
        "The same if five pairs in a hundred are of one speaker.",
        "lower",
        "cost",
        SPEAKER,
    ),
    Entry(
        "speaker_cllr",
        "Cost of the likelihood ratios",
        "What a decision costs, in bits, over all priors; 1 knows nothing and says so.",
        "lower",
        "bits",
        SPEAKER,
    ),
    Entry(
        "speaker_min_cllr",
        "… perfectly calibrated",
        "The same after the best rising map of the scores: what is left is due to the vectors.",
        "lower",
        "bits",
        SPEAKER,
    ),
    *ATTACKED,
    *FLOORED,
    UNSEEN,
    *TRAITS,
    *REVERSE,
    *_named("digit"),
    *_named("word"),
    *_named("sentence"),
    _reading("cer", "letter"),
    _reading("wer", "word"),
    *COMPARED,
    Entry(
        "conversion_speaker_accept",
        "Converted speech accepted as the target",
        "How often an independent verifier takes converted speech for the target, at its equal error threshold.",
        "higher",
        "share",
        CONVERSION,
        ("real_speaker_accept", "resynthesis_speaker_accept"),
    ),
    Entry(
        "conversion_source_accept",
        "Converted speech accepted as the source",
        "How often the same verifier still hears the source speaker in converted speech.",
        "lower",
        "share",
        CONVERSION,
        ("real_source_accept",),
    ),
    Entry(
        "conversion_both",
        "Right speaker and right word",
        "Converted speech that is accepted as the target and in which the judge also hears what was said.",
        "higher",
        "share",
        CONVERSION,
        ("real_both", "resynthesis_both"),
    ),
    Entry(
        "conversion_cer",
        "Letter error rate of converted speech",
        "Letters that an independent recogniser gets wrong in converted speech.",
        "lower",
        "share",
        CONVERSION,
        ("real_cer", "resynthesis_cer"),
    ),
    Entry(
        "conversion_wer",
        "Word error rate of converted speech",
        "Words that an independent recogniser gets wrong in converted speech.",
        "lower",
        "share",
        CONVERSION,
        ("real_wer", "resynthesis_wer"),
    ),
    Entry(
        "conversion_mcd",
        "Distance to the parallel target",
        "Mel-cepstral distortion, time-aligned, between converted speech and the target saying the same.",
        "lower",
        "dB",
        CONVERSION,
        ("source_mcd", "resynthesis_mcd"),
    ),
    Entry(
        "conversion_similarity",
        "How like the target",
        "Cosine of converted speech and the target's enrolment under a verifier trained on other speech.",
        "higher",
        "correlation",
        CONVERSION,
        ("real_similarity", "resynthesis_similarity"),
    ),
    Entry(
        "conversion_source_f0_corr",
        "Source's melody kept",
        "Correlation of log pitch with the source, frame by frame, where both are voiced.",
        "higher",
        "correlation",
        CONVERSION,
        ("resynthesis_source_f0_corr",),
    ),
    Entry(
        "conversion_source_voicing",
        "Voiced speech stays voiced",
        "Share of the source's frames with a pitch that have one after conversion.",
        "higher",
        "share",
        CONVERSION,
        ("resynthesis_source_voicing",),
    ),
    Entry(
        "conversion_f0_corr",
        "Melody kept",
        "Correlation of log pitch with the parallel reference over frames that are voiced in both.",
        "higher",
        "correlation",
        CONVERSION,
        ("source_f0_corr",),
    ),
)


def _yardstick(name: str, of: Entry) -> Entry:
    label = YARDSTICKS[name.split("_")[0]]
    return replace(
        of, name=name, title=f"{of.title} ({label})", description=f"The same on {label}.", better="", beside=()
    )


_MEASURED = (*_MAIN, *SOUND_SCORES, *PICTURE_SCORES, *ADAPTED, *DOWNSTREAM)
CATALOGUE: dict[str, Entry] = {entry.name: entry for entry in _MEASURED}
CATALOGUE.update({o: _yardstick(o, entry) for entry in _MEASURED for o in entry.beside if o not in CATALOGUE})
_ORDER = {name: place for place, name in enumerate(CATALOGUE)}


def describe(name: str) -> Entry:
    """What the catalogue says about a score; an unknown one keeps its name and claims nothing."""
    return CATALOGUE.get(name) or Entry(name, name.replace("_", " "))


def yardstick(name: str) -> str:
    """What a comparison score was measured on: log-mel, real speech, resynthesis, the source itself."""
    return YARDSTICKS[name.split("_")[0]]


def in_order(names: Iterable[str]) -> list[str]:
    """Names in the catalogue's order, unknown ones last in alphabetical order."""
    return sorted(names, key=lambda name: (_ORDER.get(name, len(_ORDER)), name))


def main_names(names: Iterable[str]) -> list[str]:
    """In order, those that are not already shown beside another one that is there.

    Example:
        >>> main_names(["real_cer", "conversion_cer", "speaker_eer"])
        ['speaker_eer', 'conversion_cer']
    """
    there = list(names)
    shown = {other for name in there for other in describe(name).beside}
    return in_order(name for name in there if name not in shown)
