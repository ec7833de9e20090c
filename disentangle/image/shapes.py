"""White shapes on black, made on the fly from known factors, in the manner of dSprites (Matthey et al. 2017).

A shape (square, ellipse, heart) of one of 6 sizes is turned to one of 40 angles and put at one of 32 x 32 places. All
five factors are independent, and at no value does a shape reach beyond the picture.

Places and lengths are in the picture's own unit: its middle is 0, its edges are -1 and 1.
"""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

FACTORS = ("shape", "scale", "rotation", "x", "y")
SHAPES = ("square", "ellipse", "heart")
VALUES = (len(SHAPES), 6, 40, 32, 32)
CATEGORICAL = (0,)  # places of factors whose values have no order

RADIUS = 0.45  # of the circle around a shape of the largest scale
REACH = 0.48  # of the shapes' middles to all sides; leaves the outermost pixels black, even of 32
SIDE = RADIUS / math.sqrt(2)  # half of a square's
ELLIPSE = (RADIUS, 0.55 * RADIUS)  # half axes
LOBE = RADIUS / 1.785  # radius of a heart's two discs, half the side of the square that they sit on
SINK = 0.262 * LOBE  # along both sides of that square, from its middle to that of the circle around the heart


class Shapes:
    """Batches of pictures of shapes, each a pure function of seed, step, draw and rank.

    Args:
        size: pictures in a batch.
        seed: of all draws.
        pixels: height and width of a picture.
    """

    def __init__(self, size: int, seed: int, pixels: int = 64) -> None:
        self.size, self.seed, self.pixels = size, seed, pixels

    def batch(self, step: int, draw: int, rank: int, ranks: int) -> Tensor:
        """This rank's pictures (size / ranks, 1, pixels, pixels)."""
        if self.size % ranks:
            raise ValueError(f"a batch of {self.size} cannot be shared by {ranks} processes. Make it a multiple.")
        share = self.size // ranks
        factors = draw_factors(self.size, (self.seed, step, draw))
        return render(factors[rank * share : (rank + 1) * share], self.pixels)


def draw_factors(count: int, seed: int | Sequence[int]) -> Tensor:
    """Independent and uniform factors (count, 5), int64, in the order of ``FACTORS``, each below its ``VALUES``."""
    return torch.from_numpy(np.random.default_rng(seed).integers(VALUES, size=(count, len(VALUES))))


def render(factors: Tensor, pixels: int = 64) -> Tensor:
    """Pictures of factors, smooth at the edges: a pixel's value is about the share of it that the shape covers.

    Args:
        factors: (batch, 5) whole numbers, as from `draw_factors`.
        pixels: height and width.

    Returns:
        (batch, 1, pixels, pixels) float32 in [-1, 1], black -1.

    Raises:
        ValueError: factors of another shape or out of range.
    """
    if factors.ndim != 2 or factors.shape[1] != len(VALUES):
        raise ValueError(f"factors must be (batch, {len(VALUES)}), but the shape is {tuple(factors.shape)}")
    if bool((factors < 0).any()) or bool((factors >= torch.tensor(VALUES, device=factors.device)).any()):
        raise ValueError(f"factors must be whole numbers from 0 to below {', '.join(map(str, VALUES))}")
    picture = factors.new_empty(len(factors), pixels, pixels, dtype=torch.float32)
    for number, distance in enumerate((_square, _ellipse, _heart)):
        here = factors[:, 0] == number
        u, v, scale = _own_frame(factors[here], pixels)
        picture[here] = distance(u, v).mul_(scale)
    return picture.mul_(-pixels / 2).add_(0.5).clamp_(0, 1).mul_(2).sub_(1).unsqueeze(1)


def _own_frame(factors: Tensor, pixels: int) -> tuple[Tensor, Tensor, Tensor]:
    """Where each pixel lies in the frame of its shape, (batch, pixels, pixels) twice, and the scale (batch, 1, 1)."""
    _, scale, angle, x, y = (column[:, None, None] for column in factors.float().T)
    scale = 0.5 + 0.5 * scale / (VALUES[1] - 1)
    angle = angle * (2 * math.pi / VALUES[2])
    x, y = (REACH * (2 * place / (count - 1) - 1) for place, count in ((x, VALUES[3]), (y, VALUES[4])))
    line = (2 * torch.arange(pixels, device=factors.device) + 1) / pixels - 1
    right, down = (line[None, None, :] - x) / scale, (line[None, :, None] - y) / scale
    return right * angle.cos() + down * angle.sin(), down * angle.cos() - right * angle.sin(), scale


def _square(u: Tensor, v: Tensor, side: float = SIDE) -> Tensor:
    """Distance to the edge of a square, negative inside."""
    a, b = u.abs() - side, v.abs() - side
    return torch.hypot(a.clamp(min=0), b.clamp(min=0)) + torch.maximum(a, b).clamp(max=0)


def _ellipse(u: Tensor, v: Tensor) -> Tensor:
    """The same of an ellipse to first order: f / |grad f| of f = |(u / a, v / b)| - 1, which is exact at the edge."""
    a, b = ELLIPSE
    norm = torch.hypot(u / a, v / b)
    return (norm - 1) * norm / torch.hypot(u / a**2, v / b**2).clamp(min=1e-6)


def _heart(u: Tensor, v: Tensor) -> Tensor:
    """The same of a heart: a square on its corner, and discs over its two upper sides."""
    half = math.sqrt(0.5)
    p, q = (u - v) * half + SINK, (-u - v) * half + SINK
    lobes = torch.minimum(torch.hypot(p - LOBE, q), torch.hypot(p, q - LOBE)) - LOBE
    return torch.minimum(_square(p, q, LOBE), lobes)
