"""Editing in code space: the code that satisfies what the user asks for and stays near the one it began at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from disentangle.latent.attributes import Direction
from disentangle.latent.descent import Descent, Told, descend, reporting
from disentangle.latent.frozen import frozen

Constraint = Callable[[Tensor, Tensor], Tensor]
"""Codes (n, dims) and their pictures (n, ...) -> what is left of the edit to do, (n,)."""
Realism = Callable[[Tensor, Tensor], Tensor]
"""Codes (n, dims) and their pictures (n, ...) -> how little a critic believes them, (n,)."""


@dataclass(frozen=True)
class Edit:
    """A picture on its way.

    Args:
        z: the edited codes (n, dims).
        images: their pictures (n, ...).
        left: what the constraints still cost, (n,), and what they cost at the start.
        left_before: the same at the start, (n,).
        path: codes from the first to the edited one (frames, n, dims), for a slider.
    """

    z: Tensor
    images: Tensor
    left: Tensor
    left_before: Tensor
    path: Tensor


def looks(wanted: Tensor, where: Tensor, weight: float = 1.0) -> Constraint:
    """Pictures shall look like this there: colour strokes, a patch pasted, a part that is to be kept.

    Args:
        wanted: pictures (n or 1, channels, height, width).
        where: mask (height, width), or (n, 1, height, width); numbers from 0 to 1 weigh.
        weight: of the mean squared error there, beside other constraints.

    Raises:
        ValueError: a mask of another size, or one that is empty.
    """
    if where.shape[-2:] != wanted.shape[-2:]:
        raise ValueError(f"a mask of {_size(where)} for pictures of {_size(wanted)}. Give one of their size.")
    if not bool(where.any()):
        raise ValueError("an empty mask asks for nothing. Mark some pixels.")
    share = where.to(wanted).expand(len(wanted), wanted.shape[1], *where.shape[-2:])
    wanted = torch.where(share > 0, wanted, torch.zeros_like(wanted))

    def cost(_: Tensor, made: Tensor) -> Tensor:
        return weight * (share * (made - wanted).square()).flatten(1).sum(1) / share.flatten(1).sum(1)

    return cost


def _size(picture: Tensor) -> str:
    return f"{picture.shape[-1]} x {picture.shape[-2]}"


def more_of(direction: Direction, strength: float, begun: Tensor) -> Constraint:
    """Codes shall lie further along a direction than those begun at (n, dims), by so many deviations."""
    wanted = direction.place(begun) + strength

    def cost(z: Tensor, _: Tensor) -> Tensor:
        return (direction.place(z) - wanted).square()

    return cost


def edit(
    z: Tensor,
    generator: nn.Module,
    constraints: Sequence[Constraint],
    *,
    closeness: float = 1e-3,
    realism: Realism | None = None,
    realism_weight: float = 1e-2,
    descent: Descent | None = None,
    told: Told | None = None,
) -> Edit:
    """z* = argmin Σ U(G(z)) + λ₁ ‖z - z₀‖² + λ₂ R(G(z)), by descent from z₀; the generator stays as it is.

    Zhu et al. 2016, https://arxiv.org/abs/1609.03552, equation 5.

    Args:
        z: codes to begin at, z₀ (n, dims), of pictures that were inverted.
        generator: codes (n, dims) -> pictures (n, ...).
        constraints: U; each costs 0 where it is satisfied.
        closeness: λ₁.
        realism: R; None: closeness alone keeps the picture believable.
        realism_weight: λ₂.
        descent: how codes are searched.
        told: is told how far the search is, or None.

    Raises:
        ValueError: nothing is asked for.

    Example:
        >>> G = nn.Identity()
        >>> up = Direction(torch.tensor([1.0, 0.0]), 2.0)
        >>> z = torch.zeros(1, 2)
        >>> found = edit(z, G, [more_of(up, 1.5, z)], closeness=0, descent=Descent(300, tolerance=0))
        >>> [round(number, 3) for number in found.z[0].tolist()]
        [3.0, 0.0]
    """
    if not constraints:
        raise ValueError("an edit that asks for nothing. Give a stroke, a part to keep, a patch or an attribute.")

    def left(codes: Tensor, made: Tensor) -> Tensor:
        return torch.stack([constraint(codes, made) for constraint in constraints]).sum(0)

    how = descent or Descent()
    with frozen(generator) as G, reporting(told, len(z) * (how.steps + 1)) as report:

        def loss(codes: Tensor) -> Tensor:
            made = G(codes)
            total = left(codes, made) + closeness * (codes - z).square().sum(1)
            return total if realism is None else total + realism_weight * realism(codes, made)

        found = descend(loss, z, how, report=report)
        with torch.no_grad():
            before, after = generator(z), generator(found.z)
            return Edit(found.z, after, left(found.z, after), left(z, before), found.path)
