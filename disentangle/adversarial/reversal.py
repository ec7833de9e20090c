"""The gradient reversal layer: the fast path of a simultaneous move, one backward pass for all players."""

from typing import Any

import torch
from torch import Tensor


class _Reversal(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, strength: float) -> Tensor:
        ctx.strength = strength
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return -ctx.strength * gradients[0], None


def reverse(x: Tensor, strength: float = 1.0) -> Tensor:
    """The same x, whose gradient comes back times ``-strength`` (Ganin et al. 2016, equations 16 and 17)."""
    same: Tensor = _Reversal.apply(x, strength)  # type: ignore[no-untyped-call]
    return same
