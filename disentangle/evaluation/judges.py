"""Independent judges of speech: who speaks and which word, from log-mels of waveforms alone."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from disentangle.evaluation.bootstrap import interval
from disentangle.evaluation.classifiers import SequenceClassifier
from disentangle.evaluation.discriminant import Discriminant, PrincipalFrames, statistics
from disentangle.evaluation.score import Score
from disentangle.evaluation.sequences import Features, check
from disentangle.evaluation.verification import eer

Matrix = NDArray[np.float64]


def without_gain(mel: NDArray[np.floating]) -> Matrix:
    """Log-mel (frames, mels) less its one mean value, so that loudness says nothing."""
    x: Matrix = np.asarray(mel, np.float64)
    return np.asarray(x - x.mean())


def _unit(vectors: Matrix) -> Matrix:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True).clip(1e-12))


class SpeakerJudge:
    """Verifies speakers by discriminant analysis of the statistics of log-mel frames.

    Closed form, so it shares neither weights nor architecture nor seed with a network that it judges; from three
    utterances a speaker it errs less than a time-delay network trained with augmentation does.

    Args:
        dims: principal components of the frames that are kept.
        leading: of these, those whose covariance counts as well.
    """

    def __init__(self, dims: int = 30, leading: int = 10) -> None:
        self.dims, self.leading = dims, leading

    def fit(self, mels: Features, speakers: Sequence[str]) -> "SpeakerJudge":
        """Train on log-mels (frames, mels) that the judged model has not been trained on."""
        check(mels, speakers, "speaker judge")
        if len(set(speakers)) < 2:
            raise ValueError("a speaker judge needs at least two speakers to learn from")
        self.principal = PrincipalFrames([without_gain(x) for x in mels], self.dims)
        self.discriminant = Discriminant().fit(self._statistics(mels), speakers)
        return self

    def _statistics(self, mels: Features) -> Matrix:
        return np.stack([statistics(self.principal(without_gain(x)), self.leading) for x in mels])

    def embed(self, mels: Features) -> Matrix:
        """(utterances, dims) vectors of unit length; their dot product is the score."""
        return _unit(self.discriminant(self._statistics(mels)))

    def enrol(self, mels: Features, speakers: Sequence[str]) -> dict[str, Matrix]:
        """The mean vector of each speaker's utterances, of unit length."""
        vectors, names = self.embed(mels), np.asarray(speakers)
        return {name: _unit(vectors[names == name].mean(0)) for name in sorted(set(speakers))}

    def scores(self, mels: Features, claimed: Sequence[str], enrolled: Mapping[str, Matrix]) -> Matrix:
        """(utterances,) cosine of each utterance with the speaker it is claimed to be."""
        return np.asarray((self.embed(mels) * np.stack([enrolled[name] for name in claimed])).sum(1))

    def operating_point(
        self, mels: Features, speakers: Sequence[str], enrolled: Mapping[str, Matrix]
    ) -> tuple[float, float]:
        """Equal error rate and threshold on real speech that is neither in training nor enrolled."""
        own = np.asarray(speakers)[:, None] == np.asarray(list(enrolled))[None]
        scores = self.embed(mels) @ np.stack(list(enrolled.values())).T
        return eer(scores[own], scores[~own])


def acceptance(
    judge: SpeakerJudge, mels: Features, claimed: Sequence[str], enrolled: Mapping[str, Matrix], threshold: float
) -> NDArray[np.bool_]:
    """Whether each utterance passes as the speaker it is claimed to be.

    Args:
        judge: trained on other utterances than those of the model that made ``mels``.
        mels: log-mels (frames, mels) computed from waveforms, converted and real ones by the same path.
        claimed: a speaker for each: the target, or the source to see whether it is still there.
        enrolled: vectors of ``judge.enrol``.
        threshold: of ``judge.operating_point``.

    Returns:
        (utterances,)
    """
    return np.asarray(judge.scores(mels, claimed, enrolled) >= threshold)


def share(
    right: Sequence[bool] | NDArray[np.bool_], speakers: Sequence[str], chance: float | None = None, seed: int = 0
) -> Score:
    """Share of what is right (accepted, recognised, both), its interval over ``speakers``."""
    values = np.asarray(right, np.float64)
    return Score(float(values.mean()), interval(values, speakers, seed=seed), len(values), chance)


class DigitJudge:
    """Recognises a digit or word from log-mels; wider and shallower than the attackers, blind to loudness.

    Args:
        seed: another than that of the judged model.
    """

    def __init__(self, seed: int = 0) -> None:
        self.classifier = SequenceClassifier(seed, channels=128, hidden=48)

    def fit(self, mels: Features, labels: Sequence[str]) -> "DigitJudge":
        """Train on real speech (frames, mels) that the judged model has not been trained on."""
        self.classifier.fit([without_gain(x) for x in mels], labels)
        return self

    def predict(self, mels: Features) -> list[str]:
        """The likeliest label of each utterance."""
        return self.classifier.predict([without_gain(x) for x in mels])
