"""Random changes of pictures that leave their class as it is: small turns and shifts, negatives, colours."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

from disentangle.image.options import ChangeOptions


@dataclass(frozen=True)
class Change:
    """Pictures (batch, channels, height, width) in [-1, 1] -> as many changed, each by a draw of its own.

    Args:
        options: how much of what.
    """

    options: ChangeOptions

    def __bool__(self) -> bool:
        """Whether anything is changed at all."""
        return self.options != ChangeOptions()

    def __call__(self, x: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Changed pictures; by torch's own chance where no generator is given."""
        o = self.options
        if o.degrees or o.shift or o.scale:
            x = moved(x, o.degrees, o.shift, o.scale, generator)
        if o.invert:
            flipped = torch.rand(len(x), 1, 1, 1, generator=generator, device=x.device) < o.invert
            x = torch.where(flipped, -x, x)
        if o.colour:
            gain, offset = (_between(x, o.colour, x.shape[1], generator)[..., None, None] for _ in range(2))
            x = (x * (1 + gain) + offset).clamp(-1, 1)
        return x


def moved(x: Tensor, degrees: float, shift: float, scale: float, generator: torch.Generator | None = None) -> Tensor:
    """Each picture turned by up to so many degrees, shifted by up to so many pixels, scaled by up to such a share."""
    angle = _between(x, math.radians(degrees), 1, generator)[:, 0]
    size = 1 + _between(x, scale, 1, generator)[:, 0]
    places = _between(x, 2 * shift / x.shape[-1], 2, generator)
    cos, sin = angle.cos() / size, angle.sin() / size
    rows = torch.stack([cos, -sin, places[:, 0], sin, cos, places[:, 1]], 1).view(-1, 2, 3)
    grid = affine_grid(rows, list(x.shape), align_corners=False)
    return grid_sample(x, grid, padding_mode="border", align_corners=False)


def _between(x: Tensor, most: float, count: int, generator: torch.Generator | None) -> Tensor:
    """Uniform numbers from -most to most, (batch, count)."""
    return (2 * torch.rand(len(x), count, generator=generator, device=x.device) - 1) * most
