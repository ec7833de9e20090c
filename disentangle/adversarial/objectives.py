"""What a critic and a generator minimise, as functions of the critic's logits; all return the mean over the batch."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import relu, softplus

Loss = Callable[[Tensor], Tensor]


def full(x: Tensor) -> Tensor:
    """At least float32: losses are never taken in half precision, whatever the networks ran in."""
    return x.float() if x.dtype in (torch.bfloat16, torch.float16) else x


def real(logits: Tensor) -> Tensor:
    """Cross-entropy of calling these real, -log σ(logits), averaged."""
    return softplus(-full(logits)).mean()


def fake(logits: Tensor) -> Tensor:
    """Cross-entropy of calling these fake, -log(1 - σ(logits)), averaged."""
    return softplus(full(logits)).mean()


def of_class(logits: Tensor, k: int) -> Tensor:
    """Cross-entropy of calling these class k, averaged; logits (batch, classes)."""
    return -full(logits).log_softmax(-1)[..., k].mean()


@dataclass(frozen=True)
class Objective:
    """The critic minimises ``real`` of the data's logits and ``fake`` of the generator's, the generator ``fool``.

    ``hide`` is for who has a hand in the data's own logits, as the encoder of BiGAN: it makes them look like a fake's.
    """

    real: Loss
    fake: Loss
    fool: Loss
    hide: Loss


SATURATING = Objective(real, fake, lambda logits: -fake(logits), lambda logits: -real(logits))
"""Goodfellow et al. 2014, https://arxiv.org/abs/1406.2661, equation 1: the minimax game."""

NON_SATURATING = Objective(real, fake, real, fake)
"""Goodfellow et al. 2014, section 3: the generator maximises log D(G(z)) instead, same fixed point."""

HINGE = Objective(
    lambda logits: relu(1 - full(logits)).mean(),
    lambda logits: relu(1 + full(logits)).mean(),
    lambda logits: -full(logits).mean(),
    lambda logits: full(logits).mean(),
)
"""Lim and Ye 2017, https://arxiv.org/abs/1705.02894, in the form of Miyato et al. 2018, equations 16 and 17."""

LEAST_SQUARES = Objective(
    lambda logits: (full(logits) - 1).square().mean() / 2,
    lambda logits: full(logits).square().mean() / 2,
    lambda logits: (full(logits) - 1).square().mean() / 2,
    lambda logits: full(logits).square().mean() / 2,
)
"""Mao et al. 2017, https://arxiv.org/abs/1611.04076, equation 9: fake is 0, real is 1."""

WASSERSTEIN = Objective(
    lambda logits: -full(logits).mean(),
    lambda logits: full(logits).mean(),
    lambda logits: -full(logits).mean(),
    lambda logits: full(logits).mean(),
)
"""Arjovsky et al. 2017, https://arxiv.org/abs/1701.07875, equations 2 and 3; the critic must be kept Lipschitz."""

OBJECTIVES = {
    "saturating": SATURATING,
    "non_saturating": NON_SATURATING,
    "hinge": HINGE,
    "least_squares": LEAST_SQUARES,
    "wasserstein": WASSERSTEIN,
}
