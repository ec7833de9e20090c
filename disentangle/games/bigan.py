"""BiGAN: a critic of pairs of sample and code makes an encoder and a generator inverses of each other."""

from collections.abc import Iterator
from typing import ClassVar

from torch import Tensor, nn

from disentangle.adversarial.game import Game, Move
from disentangle.adversarial.objectives import NON_SATURATING, Objective
from disentangle.adversarial.penalties import r1
from disentangle.adversarial.priors import Prior


class BiGAN(Game[Tensor]):
    """Adversarial feature learning (Donahue et al. 2017), https://arxiv.org/abs/1605.09782, equation 3, section 3.4.

    Args:
        E: samples -> codes (batch, dims).
        G: codes (batch, dims) -> samples.
        D: samples, codes -> logits (batch, 1); real is what E encoded.
        prior: of the codes.
        objective: what the three minimise; the default is the paper's inverse objective for E and G.
        γ: weight of R1, the critic's squared gradient at encoded pairs, which keeps it from winning; 0 in the paper.
    """

    players: ClassVar = {"critic": "D", "encoder": "E", "generator": "G"}

    def __init__(
        self,
        E: nn.Module,
        G: nn.Module,
        D: nn.Module,
        prior: Prior,
        objective: Objective = NON_SATURATING,
        *,
        γ: float = 0.0,
    ) -> None:
        super().__init__()
        self.E, self.G, self.D, self.prior, self.objective, self.γ = E, G, D, prior, objective, γ

    def round(self, batches: Iterator[Tensor]) -> Iterator[Move]:
        """The critic, then encoder and generator together."""
        V, x = self.objective, next(batches)
        z = self.prior.sample(len(x), like=x)
        z_, x_ = self.E(x), self.G(z)
        critic = {"encoded": V.real(self.D(x, z_)), "generated": V.fake(self.D(x_, z))}
        if self.γ:
            critic["r1"] = self.γ * r1(self.D, x, z_)
        yield {"critic": critic}
        yield {"encoder": {"hide": V.hide(self.D(x, z_))}, "generator": {"fool": V.fool(self.D(x_, z))}}
