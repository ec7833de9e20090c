"""Pictures in memory, as every reader gives them and every network takes them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Pictures:
    """Pictures with the class of each.

    Args:
        x: (samples, channels, height, width) float32 in [-1, 1], -1 black.
        y: (samples,) int64, places in ``classes``.
        classes: names of the classes; one empty name where nothing is known of any.
    """

    x: Tensor
    y: Tensor
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        assert self.x.ndim == 4 and self.y.shape == self.x.shape[:1], "one class for each picture"

    def __len__(self) -> int:
        return len(self.x)

    def part(self, indices: Sequence[int] | Tensor) -> "Pictures":
        """Those with these places, in this order."""
        chosen = torch.as_tensor(indices, dtype=torch.int64)
        return replace(self, x=self.x[chosen], y=self.y[chosen])

    def coloured(self) -> "Pictures":
        """The same in three channels, which for grey pictures are one and take no memory of their own."""
        return self if self.x.shape[1] == 3 else replace(self, x=self.x.expand(-1, 3, -1, -1))


def from_bytes(pixels: Bytes) -> Tensor:
    """Pixels (samples, channels, height, width) from 0 to 255 -> float32 in [-1, 1]."""
    return torch.from_numpy(pixels.astype(np.float32)).div_(127.5).sub_(1)


def to_bytes(x: Tensor) -> Bytes:
    """The other way round, rounded; what lies outside of [-1, 1] is cut off."""
    pixels: Bytes = x.detach().cpu().add(1).mul_(127.5).round_().clamp_(0, 255).to(torch.uint8).numpy()
    return pixels


def labelled(pixels: Bytes, labels: ArrayLike, classes: Sequence[str]) -> Pictures:
    """Pixels (samples, channels, height, width) from 0 to 255 with their labels (samples,)."""
    return Pictures(from_bytes(pixels), torch.from_numpy(np.asarray(labels, np.int64)), tuple(classes))
