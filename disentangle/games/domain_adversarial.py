"""Domain-adversarial training: features that tell the label and not where they come from."""

from collections.abc import Iterator
from typing import ClassVar

from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from disentangle.adversarial.game import Game, Move
from disentangle.adversarial.objectives import full
from disentangle.adversarial.reversal import reverse
from disentangle.adversarial.schedules import Schedule

Batch = tuple[Tensor, Tensor, Tensor]
"""Source samples, their labels (batch,), target samples."""


class DomainAdversarial(Game[Batch]):
    """Domain-adversarial training (Ganin et al. 2016), https://arxiv.org/abs/1505.07818, equations 10 to 12.

    Args:
        E: samples -> features, the paper's feature extractor.
        C: features -> logits over the labels (batch, labels).
        D: features -> logits over the domains (batch, 2), source 0 and target 1.
        λ: how much the extractor cares to confuse D, a function of the step.
        alternating: D moves first, and the others see it moved.
    """

    players: ClassVar = {"extractor": "E", "classifier": "C", "domain": "D"}

    def __init__(self, E: nn.Module, C: nn.Module, D: nn.Module, λ: Schedule, *, alternating: bool = False) -> None:
        super().__init__()
        self.E, self.C, self.D, self.λ, self.alternating = E, C, D, λ, alternating

    def round(self, batches: Iterator[Batch]) -> Iterator[Move]:
        """One simultaneous move, or two."""
        x, y, x_target = next(batches)
        f, f_target = self.E(x), self.E(x_target)
        label, domain = cross_entropy(full(self.C(f)), y), domain_loss(self.D, f, f_target)
        tell: Move = {"domain": {"domain": domain}}
        if self.alternating:
            yield tell
            tell, domain = {}, domain_loss(self.D, f, f_target)
        confuse = -self.λ(self.step) * domain
        yield {"extractor": {"label": label, "confuse": confuse}, "classifier": {"label": label}, **tell}


class DomainReversal(Game[Batch]):
    """The same training by the paper's gradient reversal layer (equation 18): one player, one backward pass.

    Args:
        E, C, D, λ: as for `DomainAdversarial`.
    """

    players: ClassVar = {"all": ("E", "C", "D")}

    def __init__(self, E: nn.Module, C: nn.Module, D: nn.Module, λ: Schedule) -> None:
        super().__init__()
        self.E, self.C, self.D, self.λ = E, C, D, λ

    def round(self, batches: Iterator[Batch]) -> Iterator[Move]:
        """One move, in which D's gradient turns round on its way to E."""
        x, y, x_target = next(batches)
        f, f_target = self.E(x), self.E(x_target)
        λ = self.λ(self.step)
        domain = domain_loss(self.D, reverse(f, λ), reverse(f_target, λ))
        yield {"all": {"label": cross_entropy(full(self.C(f)), y), "domain": domain}}


def domain_loss(D: nn.Module, f: Tensor, f_target: Tensor) -> Tensor:
    """Cross-entropy of telling source features (0) from target features (1), each domain half of it."""
    d, d_target = full(D(f)).log_softmax(1), full(D(f_target)).log_softmax(1)
    return -(d[:, 0].mean() + d_target[:, 1].mean()) / 2
