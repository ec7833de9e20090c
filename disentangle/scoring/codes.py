"""The codes that are attacked beside the released content: its yardsticks, what was erased of it, its other draws."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from disentangle.corpus import audio
from disentangle.corpus.utterances import Utterance
from disentangle.evaluation.classifiers import pooled
from disentangle.evaluation.erasure import Leace, SpeakerMeans, instance_normed
from disentangle.evaluation.known import Matrix
from disentangle.evaluation.sequences import Features
from disentangle.evaluation.timing import common_length, retimed
from disentangle.scoring import leakage
from disentangle.scoring.embeddings import CHUNK
from disentangle.scoring.material import Material
from disentangle.scoring.model import Floats, load, untrained

DRAWS = 16  # of content, that an attacker averages

Embedded = tuple[Floats, list[Floats]]  # vectors (utterances, dims), content of each (frames, dims)
Both = tuple[Features, Features]  # of training and of test utterances


class Codes:
    """Features of training and test speech by the first word of their scores' names, each made when first needed."""

    def __init__(self, material: Material) -> None:
        self.material = material
        self.fresh = lru_cache(maxsize=1)(self._fresh)
        self.made: dict[str, Callable[[], Both]] = {
            "untrained": lambda: (self.fresh()[0][1], self.fresh()[1][1]),
            "leace": self._without_speakers,
            "centred": self._centred,
            "normed": self._normed,
            "timed": self._timed,
            "averaged": lambda: self._encoded(_averaged),
            "noiseless": lambda: self._encoded(_noiseless),
            "disjoint": lambda: self.frames("content"),
        }

    def frames(self, code: str) -> Both:
        """Training and test utterances (frames, dims)."""
        return self.made[code]() if code in self.made else leakage.features_of(self.material, code)

    def vectors(self, code: str) -> Both:
        """Training and test utterances as (1, dims): speaker vectors, or log-mel's mean and deviation."""
        if code == "mel":
            both = [pooled(x) for x in leakage.features_of(self.material, "mel")]
        elif code == "untrained":
            both = [np.asarray(x[0], np.float64) for x in self.fresh()]
        else:
            both = [np.asarray(x.vectors, np.float64) for x in (self.material.train, self.material.test)]
        return list(both[0][:, None]), list(both[1][:, None])

    def _without_speakers(self) -> Both:
        train, test = self.frames("content")
        eraser = Leace().fit(train, self.material.train.speakers)
        return _written(eraser(train)), _written(eraser(test))

    def _centred(self) -> Both:
        """Content less its speaker's mean, of whoever speaks, which has to be told."""
        train, test = self.frames("content")
        speakers, asked = self.material.train.speakers, self.material.test.speakers
        eraser = SpeakerMeans().fit([*train, *test], [*speakers, *asked])
        return _written(eraser(train, speakers)), _written(eraser(test, asked))

    def _normed(self) -> Both:
        train, test = self.frames("mel")
        return _written(map(instance_normed, train)), _written(map(instance_normed, test))

    def _timed(self) -> Both:
        train, test = self.frames("content")
        frames = common_length(train)
        return retimed(train, frames), retimed(test, frames)

    def _encoded(self, by: Callable[[Path, Sequence[Utterance], bool], list[Floats]]) -> Both:
        both = []
        for data in (self.material.train_data, self.material.test_data):
            chunks = [data.utterances[i : i + CHUNK] for i in range(0, len(data.utterances), CHUNK)]
            calls = [partial(by, self.material.experiment, chunk, self.material.allow_pipes) for chunk in chunks]
            both.append([x for codes in self.material.workers.results(calls) for x in codes])
        return both[0], both[1]

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


def _averaged(experiment: Path, utterances: Sequence[Utterance], allow_pipes: bool) -> list[Floats]:
    model = load(experiment)
    waves = [audio.load(utterance, model.rate, allow_pipes) for utterance in utterances]
    draws = [model.content(waves, draw) for draw in range(DRAWS)]
    return [np.asarray(np.mean(codes, axis=0), np.float32) for codes in zip(*draws, strict=True)]


def _noiseless(experiment: Path, utterances: Sequence[Utterance], allow_pipes: bool) -> list[Floats]:
    model = load(experiment)
    return model.noiseless([audio.load(utterance, model.rate, allow_pipes) for utterance in utterances])
