"""Attributes as directions of a code space: with and without labels, kept apart from each other, moved along."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Direction:
    """A way through code space.

    Args:
        axis: of length 1, (dims,).
        deviation: of codes along it, which is the unit of strength.
        separation: how far apart the means of those with and without lie along it, in deviations; 0 where nothing is
            known of either.
    """

    axis: Tensor
    deviation: float
    separation: float = 0.0

    def moved(self, z: Tensor, strength: float | Tensor) -> Tensor:
        """Codes (n, dims) further along by so many deviations, one number or (n, 1)."""
        return z + strength * self.deviation * self.axis.to(z)

    def place(self, z: Tensor) -> Tensor:
        """Where codes (n, dims) lie along it, in deviations, (n,)."""
        return z @ self.axis.to(z) / self.deviation


def mean_difference(codes: Tensor, has: Tensor, apart_from: Sequence[Direction] = ()) -> Direction:
    """The mean code of those with an attribute minus that of those without.

    Larsen et al. 2016, https://arxiv.org/abs/1512.09300, section 4.2.1.

    Args:
        codes: (n, dims).
        has: whether each has the attribute, (n,) bool.
        apart_from: directions along which the attribute is to stay where it is.

    Raises:
        ValueError: nobody has it, or nobody lacks it, or nothing of it is left.

    Example:
        >>> codes = torch.tensor([[0.0, 0.0], [0.0, 2.0], [3.0, 0.0], [3.0, 2.0]])
        >>> mean_difference(codes, torch.tensor([False, False, True, True])).axis.tolist()
        [1.0, 0.0]
    """
    _two_sides(has)
    axis = codes[has].mean(0) - codes[~has].mean(0)
    return _direction(axis, codes, has, apart_from)


def boundary(codes: Tensor, has: Tensor, apart_from: Sequence[Direction] = ()) -> Direction:
    """The normal of the plane by which a linear classifier tells those with an attribute from those without.

    Shen et al. 2020, https://arxiv.org/abs/1907.10786, section 3.2, by logistic regression. The plane's normal is that
    among codes scaled to deviation 1 and is scaled back, so that numbers which hardly differ are hardly moved.

    Args:
        codes: (n, dims).
        has: whether each has the attribute, (n,) bool.
        apart_from: directions along which the attribute is to stay where it is: conditional manipulation there.

    Raises:
        ValueError: nobody has it, or nobody lacks it, or nothing of it is left.
    """
    from sklearn.linear_model import LogisticRegression

    _two_sides(has)
    deviations = codes.std(0).clamp(min=1e-6)
    found = LogisticRegression(max_iter=1000).fit((codes / deviations).cpu().numpy(), has.cpu().numpy())
    axis = torch.from_numpy(found.coef_[0]).to(codes) * deviations
    return _direction(axis, codes, has, apart_from)


def principal(layer: nn.Module, codes: Tensor, count: int) -> list[Direction]:
    """Directions that move a generator's first layer most, found without any label, the strongest first.

    Principal components of what the layer makes of codes, brought back to codes by least squares (GANSpace, Härkönen et
    al. 2020, https://arxiv.org/abs/2004.02546, section 2.2). Of a linear layer and independent codes they are the
    eigenvectors of its weights (SeFa, Shen and Zhou 2021, https://arxiv.org/abs/2007.06600, equation 4).

    Args:
        layer: codes (n, dims) -> numbers (n, ...).
        codes: drawn from the prior (n, dims), more than dims of them.
        count: at most dims.

    Raises:
        ValueError: too few codes, or more directions than a code has numbers.
    """
    n, dims = codes.shape
    if n <= dims or not 0 < count <= dims:
        raise ValueError(f"{count} directions by {n} codes of {dims} numbers. Take 1 to {dims}, by more than {dims}.")
    with torch.no_grad():
        made = layer(codes).flatten(1).double()
    made, centred = made - made.mean(0), codes.double() - codes.double().mean(0)
    _, _, components = torch.linalg.svd(made, full_matrices=False)
    axes = torch.linalg.lstsq(made @ components[:count].T, centred).solution
    return [_direction(axis.to(codes), codes) for axis in axes]


def _two_sides(has: Tensor) -> None:
    if not bool(has.any()) or bool(has.all()):
        side = "has" if not bool(has.any()) else "lacks"
        raise ValueError(f"nobody {side} the attribute, of {len(has)}. Give examples with it and without it.")


def _direction(
    axis: Tensor, codes: Tensor, has: Tensor | None = None, apart_from: Sequence[Direction] = ()
) -> Direction:
    """An axis, less what it shares with others, as a direction among these codes."""
    length = axis.norm()
    if apart_from:
        others = torch.linalg.qr(torch.stack([other.axis.to(axis) for other in apart_from], 1)).Q
        axis = axis - others @ (others.T @ axis)
    if axis.norm() <= 1e-6 * length or not bool(length):
        raise ValueError("nothing is left of a direction that the others span. Keep it apart from fewer.")
    axis = axis / axis.norm()
    places = codes @ axis
    deviation = float(places.std())
    if not deviation > 0:
        raise ValueError("codes do not differ along a direction. Give more, or different ones.")
    separation = 0.0 if has is None else float((places[has].mean() - places[~has].mean()) / deviation)
    return Direction(axis, deviation, separation)
