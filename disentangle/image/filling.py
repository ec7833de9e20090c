"""Holes in pictures: which there are, and what fills them without a generator."""

from typing import Literal

import numpy as np
import torch
from torch import Tensor

Hole = Literal["centre", "random"]
HIDDEN = 0.8  # share of the pixels that a random hole hides


def known(hole: Hole, count: int, size: int, seed: int) -> Tensor:
    """Masks of what is known, bool (count, 1, size, size): all but the middle, or a fifth of the pixels at random."""
    if hole == "centre":
        mask = torch.ones(count, 1, size, size, dtype=torch.bool)
        first = size // 4
        mask[..., first : first + size // 2, first : first + size // 2] = False
        return mask
    drawn = np.random.default_rng([seed, count]).random((count, 1, size, size))
    return torch.from_numpy(drawn >= HIDDEN)


def by_mean(x: Tensor, mask: Tensor, train: Tensor) -> Tensor:
    """Each hidden pixel is the mean of that pixel over training pictures."""
    return torch.where(mask, x, train.mean(0))


def by_nearest(x: Tensor, mask: Tensor, train: Tensor) -> Tensor:
    """The hole of each picture is that of the training picture with the smallest squared distance on known pixels."""
    m, y, t = mask.expand_as(x).flatten(1).float(), torch.where(mask, x, 0.0).flatten(1), train.flatten(1)
    some = zip(torch.split(m, 500), torch.split(y, 500), strict=True)
    nearest = torch.cat([(m_ @ t.square().T - 2 * y_ @ t.T).argmin(1) for m_, y_ in some])
    return torch.where(mask, x, train[nearest])


def by_biharmonic(x: Tensor, mask: Tensor, train: Tensor) -> Tensor:  # noqa: ARG001
    """The smoothest surface through the known pixels (Chui and Mhaskar 2010), scikit-image's."""
    from skimage.restoration import inpaint_biharmonic

    filled = [
        inpaint_biharmonic(np.moveaxis(picture.numpy(), 0, -1), ~m[0].numpy(), channel_axis=-1)
        for picture, m in zip(torch.where(mask, x, 0.0), mask, strict=True)
    ]
    return torch.from_numpy(np.moveaxis(np.stack(filled), -1, 1)).to(x).clamp(-1, 1)


FILLINGS = {"mean": by_mean, "nearest": by_nearest, "biharmonic": by_biharmonic}
"""Pictures (n, channels, height, width), masks of what is known (n, 1, height, width), training pictures -> filled."""
