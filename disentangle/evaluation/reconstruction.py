"""Reconstruction error: how far pictures that went through a code are from the pictures."""

import torch
from torch import Tensor

from disentangle.evaluation.bootstrap import items_interval
from disentangle.evaluation.score import Score


def reconstruction_mse(pictures: Tensor, reconstructed: Tensor, seed: int = 0) -> Score:
    """Mean squared error over pixels, mean over pictures.

    Args:
        pictures: (samples, ...), in the unit that the error is to have (its square).
        reconstructed: the same shape.
        seed: of the interval, which is over pictures.

    Raises:
        ValueError: shapes that differ, no pictures, values not finite.
    """
    if pictures.shape != reconstructed.shape or pictures.ndim < 2 or not len(pictures):
        shapes = f"{tuple(pictures.shape)} and {tuple(reconstructed.shape)}"
        raise ValueError(f"pictures and reconstructions must be (samples, ...) alike, but the shapes are {shapes}")
    parts = zip(torch.split(pictures, 1000), torch.split(reconstructed, 1000), strict=True)
    errors = torch.cat([((a.double() - b.double()) ** 2).flatten(1).mean(1) for a, b in parts])
    if not errors.isfinite().all():
        raise ValueError(f"picture {int((~errors.isfinite()).nonzero()[0])} or its reconstruction is not finite")
    values = errors.detach().cpu().numpy()
    return Score(float(values.mean()), items_interval(values, seed), len(values))
