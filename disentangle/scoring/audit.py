"""The audit of an experiment: every attack on content and speaker vector, beside log-mel and an untrained encoder."""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from itertools import product

import numpy as np

from disentangle.corpus.utterances import Utterance
from disentangle.evaluation.attacks import CODED, Attack, Impossible, Planned, Results, attacks, beneath
from disentangle.evaluation.classifiers import ATTACKERS
from disentangle.evaluation.floors import FLOOR_KINDS, FLOORS
from disentangle.evaluation.known import SAID, Known, Matrix
from disentangle.evaluation.regression import REGRESSORS
from disentangle.scoring import content, leakage
from disentangle.scoring.codes import Both, Codes
from disentangle.scoring.labels import FACTORS as LABELS
from disentangle.scoring.labels import factor_of, spoken
from disentangle.scoring.material import Material
from disentangle.scoring.model import load
from disentangle.scoring.prosody import Values, alphabet_of, letters, tracks
from disentangle.scoring.tasks import LeftOut, Outcome, Task

CODES = ("content", "mel", "untrained", "normed", "leace")  # frames; the last two by a closed form of the first two
FACTORS = ("gender", "channel", "domain")
WHOLE = ("length", "letters")  # numbers of a whole utterance
OF_FRAMES = (
    *(f"speaker_accuracy_{kind}" for kind in ATTACKERS),
    "speaker_eer",
    *(f"speaker_bits_{kind}" for kind in CODED),
    *(f"{factor}_accuracy_{kind}" for factor, kind in product(FACTORS, ("linear", "sequence"))),
    *(f"{value}_r2_{kind}" for value, kind in product(("f0", "energy"), REGRESSORS)),
    "neighbour_accuracy",
    "abx_across",
    "abx_within",
)
PARTLY = {  # further forms of the content, and what is asked of them
    "timed": (*(f"speaker_accuracy_{k}" for k in ("linear", "sequence", "ecapa")), *(f"{f}_accuracy" for f in LABELS)),
    "disjoint": ("speaker_accuracy_linear", "speaker_accuracy_mlp", "speaker_accuracy_sequence"),
    "averaged": ("speaker_accuracy_linear", "speaker_accuracy_mlp", "speaker_accuracy_sequence"),
    "noiseless": ("speaker_accuracy_linear", "speaker_accuracy_mlp", "speaker_accuracy_sequence"),
    "centred": ("speaker_accuracy_linear", "speaker_accuracy_sequence"),
}
#: What every scoring asks of a content with noise in it: one draw may hide what many give away.
BEHIND_NOISE = ("averaged_speaker_accuracy_sequence", "noiseless_speaker_accuracy_sequence")
ASKED = dict.fromkeys(CODES, OF_FRAMES) | PARTLY
VECTORS = ("speaker", "mel", "untrained")
OF_VECTORS = (
    "content_accuracy",
    "content_accuracy_mlp",
    *(f"{value}_r2_{kind}" for value, kind in product(WHOLE, REGRESSORS)),
)
BENEATH = tuple(f"{floor}_speaker_accuracy_{kind}" for floor, kind in product(FLOORS, FLOOR_KINDS))
ELSEWHERE = frozenset((*leakage.NAMES, *content.NAMES))  # what every scoring measures
_ALL = (*((code, rest) for code, asked in ASKED.items() for rest in asked), *product(VECTORS, OF_VECTORS))
NAMES = (*(name for name in (f"{code}_{rest}" for code, rest in _ALL) if name not in ELSEWHERE), *BENEATH)


def tasks(material: Material, names: Collection[str]) -> Iterator[Task | LeftOut]:
    """Those attacks that are asked for and that the families of every scoring do not make."""
    asked = frozenset(names) & frozenset(NAMES)
    codes = Codes(material)
    values = _followed(material) if any("_f0_r2" in n or "_energy_r2" in n for n in asked) else ({}, {})
    for code, rests in ASKED.items():
        of_code = {f"{code}_{rest}" for rest in rests} & asked
        why = _needless(code, material) if of_code else ""
        if why:
            yield LeftOut(tuple(sorted(of_code)), why)
        elif of_code:
            train, test = _known(codes.frames(code), _labels(material), values)
            planned = attacks(code, None if code == "disjoint" else train, test, of_code, material.seed)
            yield from _as_tasks(planned, of_code)
    if asked & set(BENEATH):
        train, test = _known(codes.frames("content"), _labels(material))
        yield from _as_tasks(beneath(train, test, asked, material.seed), asked)
    numbers = _numbers(material) if any("_length_r2" in n or "_letters_r2" in n for n in asked) else ({}, {})
    for code in VECTORS:
        of_code = {f"{code}_{rest}" for rest in OF_VECTORS} & asked
        if of_code:
            train, test = _known(codes.vectors(code), _content_labels(material), numbers)
            yield from _as_tasks(attacks(code, train, test, of_code, material.seed), of_code)


def _needless(code: str, material: Material) -> str:
    """Why a form of the content would tell nothing that the content does not; empty where it would."""
    if code in ("averaged", "noiseless") and not material.content_is_random:
        return "the content has nothing random in it"
    if code == "disjoint" and not material.test_speakers_are_known:
        return "attackers learn from other speech than the encoder did anyhow, in folds of the test speech"
    return ""


Labels = dict[str, list[str | None]]


def _known(features: Both, labels: tuple[Labels, Labels], values: tuple[Values, Values] = ({}, {})) -> list[Known]:
    """Training and test speech as the attacks take them."""
    return [Known(x, known, tracked) for x, known, tracked in zip(features, labels, values, strict=True)]


def _as_tasks(planned: Planned, names: Collection[str]) -> Iterator[Task | LeftOut]:
    for item in planned:
        if isinstance(item, Impossible):
            yield LeftOut(tuple(n for n in item.names if n in names), item.why)
        else:
            yield task_of(item)


def task_of(attack: Attack) -> Task:
    """An attack as scoring runs it."""
    return Task(attack.names, partial(_outcome, attack.call), attack.cost)


def _outcome(call: Callable[[], Results]) -> Outcome:
    found = {name: probe for name, probe in call().items() if np.isfinite(probe.score.value)}
    learned = {name: probe for name, probe in found.items() if probe.curve}
    return Outcome({name: probe.score for name, probe in found.items()}, learned)


def labels_of(utterances: Sequence[Utterance]) -> Labels:
    """Speaker, traits and channel where there are any, and what was said."""
    factors = [f for f in (*FACTORS, *SAID) if any(f in u.labels for u in utterances)]
    return {"speaker": [u.speaker for u in utterances], **{f: [u.labels.get(f) for u in utterances] for f in factors}}


def _labels(material: Material) -> tuple[Labels, Labels]:
    both = [labels_of(data.utterances) for data in (material.train_data, material.test_data)]
    if factor_of(material.test_data.utterances) is None:
        labelled = spoken(material.train_data.utterances, material.test_data.utterances)
        if labelled:  # whole texts that repeat
            both[1]["text"] = _placed(labelled.test, labelled.test_labels, len(both[1]["speaker"]))
    return both[0], both[1]


def _content_labels(material: Material) -> tuple[Labels, Labels]:
    """What was said, as the speaker vector may not know it."""
    both: list[Labels] = [{"speaker": [*data.speakers]} for data in (material.train, material.test)]
    labelled = spoken(material.train_data.utterances, material.test_data.utterances)
    if labelled:
        both[0]["content"] = _placed(labelled.train, labelled.train_labels, len(both[0]["speaker"]))
        both[1]["content"] = _placed(labelled.test, labelled.test_labels, len(both[1]["speaker"]))
    return both[0], both[1]


def _placed(places: Sequence[int], labels: Sequence[str], count: int) -> list[str | None]:
    known = dict(zip(places, labels, strict=True))
    return [known.get(i) for i in range(count)]


def _followed(material: Material) -> tuple[Values, Values]:
    rate = load(material.experiment).rate
    train, test = material.train_data.utterances, material.test_data.utterances
    learned, asked = (tracks(u, rate, material.workers, material.allow_pipes) for u in (train, test))
    return learned, asked


def _numbers(material: Material) -> tuple[Values, Values]:
    """Log length in frames and shares of letters."""
    alphabet = alphabet_of(material.train_data.utterances)
    both: list[Values] = []
    for speech in (material.train, material.test):
        lengths: list[Matrix | None] = [np.array([[np.log(len(x))]]) for x in speech.content]
        both.append({"length": lengths} | ({"letters": letters(speech.utterances, alphabet)} if alphabet else {}))
    return both[0], both[1]
