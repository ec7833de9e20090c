"""Conversion by the nearest frames of the voice itself, which trains nothing: kNN-VC (Baas et al. 2023)."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import normalize

from disentangle.ranges import Positive

Array = NDArray[np.float32]
CHUNK = 500  # frames whose likeness to all frames of the voice is held at once


@dataclass(frozen=True)
class MatchingOptions:
    """Each frame of the source is replaced by those of the voice's own recordings that are most like it.

    Args:
        by: "none" (the decoder gets the source's own content), "content" (it gets the voice's content frames) or "mel"
            (log-mel frames, and neither encoder nor decoder has a part in it).
        k: so many nearest frames are averaged.
    """

    by: Literal["none", "content", "mel"] = "none"
    k: Positive = 4


def nearest_mean(frames: Array, among: Array, k: int) -> Array:
    """Each frame's k nearest by cosine, averaged (Baas et al. 2023, https://arxiv.org/abs/2305.18975, section 2).

    Args:
        frames: (frames, dims) of the source.
        among: (others, dims) of the voice.
        k: how many.

    Returns:
        (frames, dims).

    Raises:
        ValueError: fewer frames of the voice than k.

    Example:
        >>> voice = np.array([[2.0, 0.0], [4.0, 0.1], [0.0, 3.0]], np.float32)
        >>> nearest_mean(np.array([[1.0, 0.0]], np.float32), voice, 2).astype(float).round(2).tolist()
        [[3.0, 0.05]]
    """
    if len(among) < k:
        raise ValueError(
            f"{len(among)} frames of the voice where the {k} nearest are averaged. Give longer recordings."
        )
    x, y = (normalize(torch.from_numpy(np.ascontiguousarray(each, np.float32)), dim=1) for each in (frames, among))
    near = torch.cat([(part @ y.T).topk(k, 1).indices for part in torch.split(x, CHUNK)])
    return np.asarray(among[near.numpy()].mean(1), np.float32)
