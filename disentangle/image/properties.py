"""Attributes that pictures have without anybody labelling them: how slanted, how thick what is bright in them is."""

import torch
from torch import Tensor

from disentangle.image.pictures import Pictures


def slant(x: Tensor) -> Tensor:
    """How far what is bright leans to the right, pixels across for each pixel up: pictures (n, ...) -> (n,).

    The shear by second moments, as in the deslanting of LeCun et al. 1998, section IX.
    """
    ink, down, across = _ink(x)
    covariance, variance = (ink * down * across).flatten(1).sum(1), (ink * down.square()).flatten(1).sum(1)
    return -covariance / variance.clamp(min=1e-6)


def thickness(x: Tensor) -> Tensor:
    """Width of the strokes in pixels: twice the bright area by the length of its border, (n,)."""
    ink, _, _ = _ink(x)
    padded = torch.nn.functional.pad(ink, (1, 1, 1, 1))
    border = (padded[:, 1:, :-1] - padded[:, :-1, :-1]).square() + (padded[:, :-1, 1:] - padded[:, :-1, :-1]).square()
    return 2 * ink.flatten(1).sum(1) / border.sqrt().flatten(1).sum(1).clamp(min=1e-6)


def _ink(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Brightness from 0 to 1 (n, height, width), and where each pixel lies from the middle of it, down and across."""
    ink = (x.mean(1) + 1) / 2
    whole = ink.flatten(1).sum(1).clamp(min=1e-6).view(-1, 1, 1)
    height, width = ink.shape[1:]
    down, across = torch.meshgrid(torch.arange(height).to(ink), torch.arange(width).to(ink), indexing="ij")
    middles = [(ink * place).flatten(1).sum(1).view(-1, 1, 1) / whole for place in (down, across)]
    return ink, down - middles[0], across - middles[1]


PROPERTIES = {"slanted": slant, "thick": thickness}
"""Attributes by name: pictures (n, channels, height, width) -> numbers (n,)."""


def having(attribute: str, pictures: Pictures, train: Pictures) -> Tensor:
    """Which pictures have an attribute, (n,) bool: more of a property than half of the training pictures, or a class.

    Raises:
        ValueError: neither a property nor a class.
    """
    if attribute in PROPERTIES:
        measure = PROPERTIES[attribute]
        return measure(pictures.x) > measure(train.x).median()
    if attribute not in train.classes:
        known = ", ".join((*PROPERTIES, *train.classes))
        raise ValueError(f"no attribute '{attribute}', latent.attribute. Choose of {known}.")
    return pictures.y == train.classes.index(attribute)
