"""Closed-form erasers: what can be taken out of a code at once, without training against an attacker."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from disentangle.evaluation.sequences import Features, check

Matrix = NDArray[np.float64]
RANK = 1e-10  # of the largest variance: directions below hold rounding error only
LINKED = 1e-9  # correlation below which a direction and the label are not linked


def _joined(features: Features) -> Matrix:
    return np.concatenate([np.asarray(x, np.float64) for x in features])


class SpeakerMeans:
    """Takes off each speaker's mean frame and puts everybody's in its place.

    It has to be told who speaks, so it is something to compare with: what is released may not know the true speaker.
    """

    def fit(self, features: Features, speakers: Sequence[str]) -> "SpeakerMeans":
        """Learn the means from utterances (frames, dims) and who said each."""
        check(features, speakers, "speaker means")
        self.mean = _joined(features).mean(0)
        self.of = {
            name: _joined([x for x, s in zip(features, speakers, strict=True) if s == name]).mean(0)
            for name in sorted(set(speakers))
        }
        return self

    def __call__(self, features: Features, speakers: Sequence[str]) -> list[Matrix]:
        """The same utterances without it.

        Raises:
            ValueError: a speaker whose mean was not learned.
        """
        unknown = sorted(set(speakers) - self.of.keys())
        if unknown:
            raise ValueError(f"no mean of the speakers {', '.join(unknown)}; fit on their speech as well")
        return [np.asarray(x, np.float64) - self.of[s] + self.mean for x, s in zip(features, speakers, strict=True)]


class Leace:
    """Least-squares concept erasure (Belrose et al. 2023, https://arxiv.org/abs/2306.03819, theorem 4.3).

    Of all affine maps after which no linear classifier of a frame does better than a constant, on the distribution that
    it was fitted to, this one changes the frames least, in mean square and in every inner product:
    r(x) = x - W⁺ P W (x - E x), where W = (Σ_xx^½)⁺ and P projects on the columns of W Σ_xz.
    """

    def fit(self, features: Features, labels: Sequence[str]) -> "Leace":
        """Learn the map from utterances (frames, dims), every frame with its utterance's label."""
        check(features, labels, "LEACE")
        x = _joined(features)
        classes = sorted(set(labels))
        index = np.repeat([classes.index(label) for label in labels], [len(f) for f in features])
        self.mean = x.mean(0)
        centred = x - self.mean
        z = np.eye(len(classes))[index]
        values, axes = np.linalg.eigh(centred.T @ centred / len(x))
        kept = values > RANK * max(float(values.max()), 1e-300)
        scale, axes = np.sqrt(values[kept]), axes[:, kept]
        whitened = (axes / scale).T @ (centred.T @ (z - z.mean(0)) / len(x))
        directions, strength, _ = np.linalg.svd(whitened, full_matrices=False)
        directions = directions[:, strength > LINKED]
        self.map: Matrix = (axes * scale) @ directions @ directions.T @ (axes / scale).T
        return self

    def __call__(self, features: Features) -> list[Matrix]:
        """The same utterances (frames, dims) without what a linear classifier knew the label by."""
        return [np.asarray(x, np.float64) - (x - self.mean) @ self.map.T for x in features]


def instance_normed(x: NDArray[np.floating]) -> Matrix:
    """An utterance (frames, dims) with mean 0 and deviation 1 over time in every dim; a constant dim becomes 0.

    Instance norm alone (Ulyanov et al. 2016, https://arxiv.org/abs/1607.08022), as AdaIN-VC's content encoder has it.
    """
    centred = np.asarray(x, np.float64) - np.mean(x, 0, np.float64)
    deviation = centred.std(0)
    deviation[deviation < 1e-6] = np.inf
    return np.asarray(centred / deviation)
