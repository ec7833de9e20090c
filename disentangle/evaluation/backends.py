"""What compares two speaker vectors: cosine, or probabilistic linear discriminant analysis; and its normalisation."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Places = NDArray[np.integer]
Compare = Callable[[Floats, Floats], Floats]
"""Vectors (n, dims) and (m, dims) -> scores (n, m), higher where one speaker is likelier."""


def unit(vectors: Floats) -> Floats:
    """Each vector (n, dims) divided by its length."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-12))


def cosine(first: Floats, second: Floats) -> Floats:
    """Cosines of all pairs, (n, m)."""
    return np.asarray(unit(first) @ unit(second).T)


class PLDA:
    """Probabilistic linear discriminant analysis (Prince and Elder 2007), trained and scored by SpeechBrain.

    Vectors are centred on the training vectors and brought to length 1 first (Garcia-Romero and Espy-Wilson 2011).

    Args:
        vectors: (utterances, dims) to learn from.
        speakers: who says each; some of them more than once.
        rank: dims of the speaker space; as many as there can be unless given.

    Raises:
        ValueError: fewer than two speakers, none with two utterances, or too few for so many dims.
    """

    def __init__(self, vectors: Floats, speakers: Sequence[str], rank: int | None = None) -> None:
        from speechbrain.processing import PLDA_LDA

        people = set(speakers)
        if len(people) < 2 or len(people) == len(speakers):
            raise ValueError(
                f"{len(speakers)} utterances of {len(people)} speakers: PLDA needs two and several of each"
            )
        dims = np.asarray(vectors).shape[1]
        if len(speakers) - len(people) < dims:
            few = f"{len(speakers)} utterances of {len(people)} speakers for vectors of {dims} dims"
            raise ValueError(f"{few}: PLDA needs {dims + len(people)} utterances of so many speakers, or more")
        self.centre = np.asarray(vectors, np.float64).mean(0)
        x = self._ready(vectors)
        self.model = PLDA_LDA.PLDA(rank_f=min(rank or x.shape[1], x.shape[1], len(people) - 1))
        self.model.plda(_statistics(x, list(speakers)))

    def __call__(self, first: Floats, second: Floats) -> Floats:
        """Log-likelihood ratios of all pairs, (n, m)."""
        from speechbrain.processing.PLDA_LDA import Ndx, fast_PLDA_scoring

        names = [np.array([f"{i:09d}" for i in range(len(x))], dtype=object) for x in (first, second)]
        one, other = (_statistics(self._ready(x), list(n)) for x, n in zip((first, second), names, strict=True))
        pairs = Ndx(models=names[0], testsegs=names[1])
        model = self.model
        found = fast_PLDA_scoring(one, other, pairs, model.mean, model.F, model.Sigma, check_missing=False)
        return np.asarray(found.scoremat)

    def _ready(self, vectors: Floats) -> Floats:
        return unit(np.asarray(vectors, np.float64) - self.centre)


def _statistics(x: Floats, names: list[str]) -> Any:
    """Vectors as SpeechBrain's container wants them."""
    from speechbrain.processing.PLDA_LDA import StatObject_SB

    models, none = np.array(names, dtype=object), np.array([None] * len(x))
    segments = np.array([str(i) for i in range(len(x))], dtype=object)
    return StatObject_SB(models, segments, none, none, np.ones((len(x), 1)), x.copy())


class Moments(NamedTuple):
    """Mean and deviation of the scores of vectors against those of the cohort that are closest, each (n,)."""

    mean: Floats
    deviation: Floats


def moments(vectors: Floats, cohort: Floats, compare: Compare, top: int, block: int = 512) -> Moments:
    """What adaptive s-norm knows of vectors (Matejka et al. 2017, Interspeech, equation 4).

    Args:
        vectors: (n, dims).
        cohort: (c, dims) vectors of other speakers.
        compare: as for the trials.
        top: number of closest cohort vectors.
        block: vectors compared at once.
    """
    top = min(top, len(cohort))
    parts = [compare(vectors[i : i + block], cohort) for i in range(0, len(vectors), block)]
    near = np.concatenate([np.partition(part, len(cohort) - top, axis=1)[:, -top:] for part in parts])
    return Moments(near.mean(1), near.std(1).clip(1e-6))


def normalised(scores: Floats, first: Places, second: Places, of_first: Moments, of_second: Moments) -> Floats:
    """Adaptive symmetric normalisation of scores (Matejka et al. 2017, Interspeech, equation 4).

    Args:
        scores: (trials,).
        first, second: places of what each trial compares, (trials,).
        of_first, of_second: moments of what may stand on either side.
    """
    by_first = (scores - of_first.mean[first]) / of_first.deviation[first]
    by_second = (scores - of_second.mean[second]) / of_second.deviation[second]
    return np.asarray((by_first + by_second) / 2)
