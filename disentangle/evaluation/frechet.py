"""Frechet distance: how far the features of made pictures lie from those of real ones."""

import hashlib
from collections.abc import Callable, Mapping

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from disentangle.evaluation.arrays import Matrix, vectors
from disentangle.evaluation.score import Score


def frechet(
    real: Tensor, made: Tensor, features: Callable[[Tensor], Tensor], name: str, state: Mapping[str, Tensor]
) -> tuple[str, Score]:
    """Frechet distance of pictures (Heusel et al. 2017, https://arxiv.org/abs/1706.08500).

    A distance depends on its extractor and on nothing so much, and falls with the number of pictures; compare only
    those whose name and n are the same.

    Args:
        real: (samples, ...) as the extractor takes them.
        made: as many of the same.
        features: the extractor, (batch, ...) -> (batch, dims).
        name: of the extractor, "classifier" say.
        state: its tensors; their hash goes into the score's name.

    Returns:
        The score's name, ``frechet_NAME_HASH``, and the score; n is the lesser number of pictures.

    Raises:
        ValueError: features not finite or of two widths, or fewer pictures than dims.
    """
    distance = frechet_distance(features_of(real, features), features_of(made, features))
    return f"frechet_{name}_{fingerprint(state)}", Score(distance, None, min(len(real), len(made)))


def frechet_distance(a: ArrayLike, b: ArrayLike) -> float:
    """|m1 - m2|^2 + Tr(C1 + C2 - 2 (C1 C2)^(1/2)) of two sets of features, in float64.

    Args:
        a: (samples, dims).
        b: (samples, dims).

    Raises:
        ValueError: values not finite, widths that differ, fewer samples than dims + 1 (their covariance is singular).

    Example:
        >>> round(frechet_distance([[0.0], [2.0]], [[1.0], [3.0]]), 6)
        1.0
    """
    x, y = vectors(a, "features"), vectors(b, "features")
    if x.shape[1] != y.shape[1]:
        raise ValueError(f"features of {x.shape[1]} and of {y.shape[1]} dims have no distance")
    for features in (x, y):
        vectors(features, "features", at_least=features.shape[1] + 1)
    C1, C2 = (np.cov(features.T).reshape(x.shape[1], -1) for features in (x, y))
    between = ((x.mean(0) - y.mean(0)) ** 2).sum()
    return max(0.0, float(between + np.trace(C1) + np.trace(C2) - 2 * _trace_of_root(C1, C2)))


def _trace_of_root(C1: Matrix, C2: Matrix) -> float:
    """Tr (C1 C2)^(1/2), by the eigenvalues of the symmetric matrix C1^(1/2) C2 C1^(1/2), which are the same."""
    values, axes = np.linalg.eigh(C1)
    root = (axes * np.sqrt(values.clip(0))) @ axes.T
    return float(np.sqrt(np.linalg.eigvalsh(root @ C2 @ root).clip(0)).sum())


@torch.no_grad()
def features_of(samples: Tensor, features: Callable[[Tensor], Tensor], batch: int = 500) -> Matrix:
    """Features (samples, dims) of samples (samples, ...), a batch at a time."""
    parts = [features(part).flatten(1).double().cpu().numpy() for part in torch.split(samples, batch)]
    return np.concatenate(parts)


def fingerprint(state: Mapping[str, Tensor]) -> str:
    """The first 8 digits of the SHA-256 over names, shapes, types and values of tensors, in the order of the names."""
    digest = hashlib.sha256()
    for name in sorted(state):
        tensor = state[name].detach().cpu().contiguous()
        digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}\n".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()[:8]
