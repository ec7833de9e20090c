"""VADA: domain-adversarial training whose classifier is also sure and smooth where the target's samples lie."""

from collections.abc import Iterator
from typing import ClassVar

from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from disentangle.adversarial.game import Game, Move
from disentangle.adversarial.objectives import full
from disentangle.adversarial.schedules import Schedule
from disentangle.adversarial.unlabelled import entropy, virtual_adversarial
from disentangle.games.domain_adversarial import Batch, domain_loss


class VADA(Game[Batch]):
    """VADA (Shu et al. 2018, A DIRT-T approach to ...), https://arxiv.org/abs/1802.08735, section 4.

    Args:
        E, C, D: as for `DomainAdversarial`.
        λ_d: how much the extractor cares to confuse D; this and the other weights are functions of the step.
        λ_t: weight of sure predictions on the target.
        λ_v: weight of smooth predictions, on source and target each; None does without their four passes.
        ε: length of the change of a sample that is to leave its prediction as it is.
    """

    players: ClassVar = {"extractor": "E", "classifier": "C", "domain": "D"}

    def __init__(
        self,
        E: nn.Module,
        C: nn.Module,
        D: nn.Module,
        λ_d: Schedule,
        λ_t: Schedule,
        λ_v: Schedule | None = None,
        ε: float = 1.0,
    ) -> None:
        super().__init__()
        self.E, self.C, self.D, self.λ_d, self.λ_t, self.λ_v, self.ε = E, C, D, λ_d, λ_t, λ_v, ε

    def round(self, batches: Iterator[Batch]) -> Iterator[Move]:
        """One simultaneous move."""
        x, y, x_target = next(batches)
        f, f_target = self.E(x), self.E(x_target)
        q, q_target = self.C(f), self.C(f_target)
        domain = domain_loss(self.D, f, f_target)
        terms = {"label": cross_entropy(full(q), y), "entropy": self.λ_t(self.step) * entropy(q_target)}
        if self.λ_v:
            λ_v = self.λ_v(self.step)
            terms["smooth_source"] = λ_v * virtual_adversarial(self.predict, x, q, self.ε)
            terms["smooth_target"] = λ_v * virtual_adversarial(self.predict, x_target, q_target, self.ε)
        yield {
            "extractor": {**terms, "confuse": -self.λ_d(self.step) * domain},
            "classifier": terms,
            "domain": {"domain": domain},
        }

    def predict(self, x: Tensor) -> Tensor:
        """Samples -> logits (batch, labels)."""
        logits: Tensor = self.C(self.E(x))
        return logits
