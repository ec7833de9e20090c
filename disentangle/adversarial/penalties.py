"""Penalties on the slope of a critic or a generator by its input; the weight of each stands where the game uses it."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from disentangle.adversarial.objectives import full

Critic = Callable[..., Tensor | tuple[Tensor, ...]]
"""Samples, and codes or labels where it judges pairs -> logits (batch, 1), alone or before what else it says."""


def _norms(D: Critic, *x: Tensor) -> Tensor:
    """‖∇D(x)‖ for each sample, (batch,); in full precision, and D takes the samples one by one (no batch norm)."""
    x = tuple(part.detach().requires_grad_() for part in x)
    with torch.autocast(x[0].device.type, enabled=False):
        d = D(*x)
        slopes = torch.autograd.grad((d if isinstance(d, Tensor) else d[0]).sum(), x, create_graph=True)
    norms: Tensor = torch.linalg.vector_norm(torch.cat([slope.flatten(1) for slope in slopes], 1), dim=1)
    return norms


def r1(D: Critic, *x: Tensor) -> Tensor:
    """E‖∇D(x)‖² / 2 on the data x (batch, ...): Mescheder et al. 2018, https://arxiv.org/abs/1801.04406, equation 9.

    Where D judges pairs, by both.

    Example:
        >>> x = torch.zeros(4, 2)
        >>> float(r1(lambda x: x @ torch.tensor([3.0, 4.0]), x))
        12.5
    """
    return _norms(D, *x).square().mean() / 2


def r2(D: Critic, x_: Tensor) -> Tensor:
    """E‖∇D(x_)‖² / 2 on what the generator makes, x_ (batch, ...): Mescheder et al. 2018, equation 10."""
    return r1(D, x_)


def gradient_penalty(D: Critic, x: Tensor, x_: Tensor) -> Tensor:
    """E(‖∇D(x̂)‖ - 1)² with x̂ between x and x_ (both batch, ...), a point per pair drawn uniformly.

    Gulrajani et al. 2017, https://arxiv.org/abs/1704.00028, equation 3.
    """
    ε = torch.rand(len(x), *[1] * (x.dim() - 1), dtype=x.dtype, device=x.device)
    return (_norms(D, ε * x + (1 - ε) * x_) - 1).square().mean()


def overlap(G: Callable[[Tensor], Tensor], z: Tensor, x_: Tensor, which: Tensor, step: float = 0.1) -> Tensor:
    """How far from orthogonal the changes are that the numbers of a code make in a sample: 0 if they are, below 1.

    Orthogonal Jacobian regularization (Wei et al. 2021, https://arxiv.org/abs/2108.07668) wants JᵀJ diagonal. |Jv|² is
    then the same for all v of signs, so two random ones are compared, by differences: ((|Jv|² - |Jw|²) / (|Jv|² +
    |Jw|²))², a share, lest the generator answer to no code at all.

    Args:
        G: codes (batch, dims) -> samples.
        z: codes.
        x_: the samples ``G(z)``.
        which: of the last numbers of a code are meant (numbers,).
        step: of the differences.

    Example:
        >>> z = torch.randn(100, 2)
        >>> turn, shear = torch.tensor([[3.0, 4.0], [-4.0, 3.0]]), torch.tensor([[1.0, 1.0], [0.0, 1.0]])
        >>> round(float(overlap(lambda z: z @ turn, z, z @ turn, torch.ones(2))), 4)
        0.0
        >>> bool(overlap(lambda z: z @ shear, z, z @ shear, torch.ones(2)) > 0.1)
        True
    """
    lengths = []
    for _ in range(2):
        signs = torch.randint(2, (len(z), len(which)), device=z.device).to(z.dtype) * 2 - 1
        v = nn.functional.pad(signs * which.to(z), (z.shape[1] - len(which), 0))
        lengths.append(full(G(z + step * v) - x_).flatten(1).square().sum(1))
    a, b = lengths
    return ((a - b) / (a + b).clamp(min=1e-6)).square().mean()
