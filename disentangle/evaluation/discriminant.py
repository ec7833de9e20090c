"""Closed-form speaker vectors: statistics of an utterance's frames under linear discriminant analysis."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from disentangle.evaluation.sequences import Features

Matrix = NDArray[np.float64]
DUST = 1e-4  # statistics of unit-deviation frames that vary less are rounding error


def statistics(x: NDArray[np.floating], leading: int = 20) -> Matrix:
    """Mean, log deviation, and covariance of the ``leading`` dims, of one utterance (frames, dims) -> (statistics,)."""
    x = np.asarray(x, np.float64)
    k = min(leading, x.shape[1])
    centred = x - x.mean(0)
    covariance = centred[:, :k].T @ centred[:, :k] / len(x)
    return np.concatenate([x.mean(0), np.log(x.std(0) + 1e-2), covariance[np.triu_indices(k)]])


class Discriminant:
    """Projection that spreads speakers and shrinks what varies within them (Fisher 1936), covariance shrunk by
    Ledoit and Wolf (2004).

    Args:
        dims: the most dims of the vectors.
    """

    def __init__(self, dims: int = 60) -> None:
        self.dims = dims

    def fit(self, vectors: Matrix, speakers: Sequence[str]) -> "Discriminant":
        """Estimate the projection from vectors (utterances, statistics) of at least two speakers."""
        from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

        self.mean, self.deviation = vectors.mean(0), vectors.std(0)
        self.deviation[self.deviation < DUST] = np.inf
        dims = min(self.dims, vectors.shape[1], len(set(speakers)) - 1)
        self.projection = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto", n_components=dims)
        self.projection.fit((vectors - self.mean) / self.deviation, list(speakers))
        return self

    def __call__(self, vectors: Matrix) -> Matrix:
        """(utterances, statistics) -> (utterances, dims)."""
        result: Matrix = self.projection.transform((vectors - self.mean) / self.deviation)
        return result


class PrincipalFrames:
    """Rotation of frames (frames, dims) to their principal components, so that leading dims lead."""

    def __init__(self, features: Features, dims: int = 60) -> None:
        together = np.concatenate([np.asarray(x, np.float64) for x in features])
        self.mean = together.mean(0)
        values, axes = np.linalg.eigh(np.cov(together.T).reshape(together.shape[1], -1))
        keep = values.argsort()[::-1][:dims]
        self.axes = axes[:, keep] / np.sqrt(values[keep].clip(1e-8 * max(values.max(), 1e-12)))

    def __call__(self, x: NDArray[np.floating]) -> Matrix:
        """(frames, dims) -> (frames, at most dims), each of unit deviation over the training frames."""
        result: Matrix = (np.asarray(x, np.float64) - self.mean) @ self.axes
        return result
