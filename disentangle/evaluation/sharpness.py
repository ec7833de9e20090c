"""Sharpness of pictures by the variance of their Laplacian, as a share of real pictures'."""

import torch
from torch import Tensor

from disentangle.evaluation.bootstrap import items_interval
from disentangle.evaluation.score import Score

LAPLACIAN = ((0.0, 1.0, 0.0), (1.0, -4.0, 1.0), (0.0, 1.0, 0.0))


def sharpness(made: Tensor, real: Tensor, seed: int = 0) -> Score:
    """Mean variance of the Laplacian of made pictures, divided by that of real ones: below 1 they are blurred.

    Noise counts as sharp: read it beside a Frechet distance.

    Args:
        made: (samples, channels, height, width).
        real: the same in size and range of values.
        seed: of the interval, which is over the made pictures.

    Raises:
        ValueError: not pictures, of two sizes, values not finite, or real pictures without any edge.
    """
    if made.shape[1:] != real.shape[1:]:
        raise ValueError(f"pictures of {tuple(made.shape[1:])} and of {tuple(real.shape[1:])} cannot be compared")
    norm = float(laplacian_variance(real).mean())
    if norm <= 0:
        raise ValueError("the real pictures have no edge; their sharpness is no measure of others'")
    values = (laplacian_variance(made) / norm).cpu().numpy()
    return Score(float(values.mean()), items_interval(values, seed), len(values), None)


@torch.no_grad()
def laplacian_variance(pictures: Tensor) -> Tensor:
    """Variance over the picture of the Laplacian (Pech-Pacheco et al. 2000, ICPR, section 2.3), without a border.

    Args:
        pictures: (samples, channels, height, width), at least 3 x 3; of colours the mean is taken.

    Returns:
        (samples,) in float64.
    """
    if pictures.ndim != 4 or min(pictures.shape) < 1 or min(pictures.shape[2:]) < 3:
        shape = tuple(pictures.shape)
        raise ValueError(f"pictures must be (samples, channels, height, width), at least 3 x 3, but are {shape}")
    if not pictures.isfinite().all():
        raise ValueError("the pictures have values that are not finite")
    kernel = torch.tensor(LAPLACIAN, dtype=torch.float64, device=pictures.device)[None, None]
    grey = (part.double().mean(1, keepdim=True) for part in torch.split(pictures, 1000))
    return torch.cat([torch.nn.functional.conv2d(x, kernel).flatten(1).var(1, correction=0) for x in grey])
