"""The audit of an experiment: every attack on content and speaker vector, beside log-mel and an untrained encoder."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import product
from pathlib import Path

import numpy as np

from disentangle.corpus import audio
from disentangle.corpus.directory import Utterance
from disentangle.evaluation.attacks import CODED, SAID, Attack, Impossible, Known, Matrix, Results, attacks
from disentangle.evaluation.classifiers import ATTACKERS, pooled
from disentangle.evaluation.erasure import Leace, instance_normed
from disentangle.evaluation.regression import REGRESSORS
from disentangle.evaluation.sequences import Features
from disentangle.scoring import content, leakage
from disentangle.scoring.embeddings import CHUNK
from disentangle.scoring.labels import factor_of, spoken
from disentangle.scoring.material import Material
from disentangle.scoring.model import Floats, load, untrained
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
    "abx_across",
    "abx_within",
)
VECTORS = ("speaker", "mel", "untrained")
OF_VECTORS = (
    "content_accuracy",
    "content_accuracy_mlp",
    *(f"{value}_r2_{kind}" for value, kind in product(WHOLE, REGRESSORS)),
)
ELSEWHERE = frozenset((*leakage.NAMES, *content.NAMES))  # what every scoring measures
_ALL = (*product(CODES, OF_FRAMES), *product(VECTORS, OF_VECTORS))
NAMES = tuple(name for name in (f"{code}_{rest}" for code, rest in _ALL) if name not in ELSEWHERE)

Embedded = tuple[Floats, list[Floats]]  # vectors (utterances, dims), content of each (frames, dims)


def tasks(material: Material, names: Collection[str]) -> Iterator[Task | LeftOut]:
    """Those attacks that are asked for and that the families of every scoring do not make."""
    asked = frozenset(names) & frozenset(NAMES)
    codes = _Codes(material)
    values = _followed(material) if any("_f0_r2" in n or "_energy_r2" in n for n in asked) else ({}, {})
    for code in CODES:
        of_code = {f"{code}_{rest}" for rest in OF_FRAMES} & asked
        if of_code:
            yield from _as_tasks(code, codes.frames(code), _labels(material), values, of_code, material.seed)
    numbers = _numbers(material) if any("_length_r2" in n or "_letters_r2" in n for n in asked) else ({}, {})
    for code in VECTORS:
        of_code = {f"{code}_{rest}" for rest in OF_VECTORS} & asked
        if of_code:
            yield from _as_tasks(code, codes.vectors(code), _content_labels(material), numbers, of_code, material.seed)


Labels = dict[str, list[str | None]]


def _as_tasks(
    code: str,
    features: tuple[Features, Features],
    labels: tuple[Labels, Labels],
    values: tuple[Values, Values],
    names: Collection[str],
    seed: int,
) -> Iterator[Task | LeftOut]:
    train, test = (Known(x, known, tracked) for x, known, tracked in zip(features, labels, values, strict=True))
    for item in attacks(code, train, test, names, seed):
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


class _Codes:
    """Features of training and test speech by the first word of their names, each made when first needed."""

    def __init__(self, material: Material) -> None:
        self.material = material
        self.fresh = lru_cache(maxsize=1)(self._fresh)

    def frames(self, code: str) -> tuple[Features, Features]:
        """Training and test utterances (frames, dims)."""
        if code == "untrained":
            return self.fresh()[0][1], self.fresh()[1][1]
        if code == "leace":
            train, test = leakage.features_of(self.material, "content")
            eraser = Leace().fit(train, self.material.train.speakers)
            return _written(eraser(train)), _written(eraser(test))
        if code == "normed":
            train, test = leakage.features_of(self.material, "mel")
            return _written(map(instance_normed, train)), _written(map(instance_normed, test))
        return leakage.features_of(self.material, code)

    def vectors(self, code: str) -> tuple[Features, Features]:
        """Training and test utterances as (1, dims): speaker vectors, or log-mel's mean and deviation."""
        if code == "mel":
            both = [pooled(x) for x in leakage.features_of(self.material, "mel")]
        elif code == "untrained":
            both = [np.asarray(x[0], np.float64) for x in self.fresh()]
        else:
            both = [np.asarray(x.vectors, np.float64) for x in (self.material.train, self.material.test)]
        return list(both[0][:, None]), list(both[1][:, None])

    def _fresh(self) -> tuple[Embedded, Embedded]:
        return self._embedded(self.material.train_data.utterances), self._embedded(self.material.test_data.utterances)

    def _embedded(self, utterances: Sequence[Utterance]) -> Embedded:
        chunks = [utterances[i : i + CHUNK] for i in range(0, len(utterances), CHUNK)]
        made = self.material
        calls = [partial(_by_untrained, made.experiment, chunk, made.seed, made.allow_pipes) for chunk in chunks]
        found = list(made.workers.results(calls))
        return np.concatenate([vectors for vectors, _ in found]), [x for _, codes in found for x in codes]


def _written(features: Iterable[Matrix]) -> list[Floats]:
    """As an archive would hold them: what rounding has left of an erased label is nothing to attack."""
    return [x.astype(np.float32) for x in features]


def _by_untrained(experiment: Path, utterances: Sequence[Utterance], seed: int, allow_pipes: bool) -> Embedded:
    model = untrained(experiment, seed)
    waves = [audio.load(utterance, model.rate, allow_pipes) for utterance in utterances]
    return np.asarray(model.speaker(waves), np.float32), model.content(waves)


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
