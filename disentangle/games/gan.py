"""The generative adversarial network."""

from collections.abc import Iterator
from typing import ClassVar

from torch import Tensor, nn

from disentangle.adversarial.game import Game, Move
from disentangle.adversarial.objectives import NON_SATURATING, Objective
from disentangle.adversarial.penalties import r1
from disentangle.adversarial.priors import Prior


class GAN(Game[Tensor]):
    """Generative adversarial nets (Goodfellow et al. 2014), https://arxiv.org/abs/1406.2661, algorithm 1.

    Args:
        G: codes (batch, dims) -> samples.
        D: samples -> logits (batch, 1).
        prior: of the codes.
        objective: what the two minimise.
        steps: moves of the critic in a round, k in the paper.
        simultaneous: both move at once, each seeing the other as it was.
        γ: weight of R1, the critic's squared gradient at real samples, which keeps it from winning; 0 in the paper.
    """

    players: ClassVar = {"critic": "D", "generator": "G"}

    def __init__(
        self,
        G: nn.Module,
        D: nn.Module,
        prior: Prior,
        objective: Objective = NON_SATURATING,
        *,
        steps: int = 1,
        simultaneous: bool = False,
        γ: float = 0.0,
    ) -> None:
        super().__init__()
        self.G, self.D, self.prior, self.objective = G, D, prior, objective
        self.steps, self.simultaneous, self.γ = steps, simultaneous, γ

    def round(self, batches: Iterator[Tensor]) -> Iterator[Move]:
        """The critic's moves, then the generator's; or both in one."""
        V = self.objective
        for _ in range(self.steps):
            x = next(batches)
            x_ = self.G(self.prior.sample(len(x), like=x))
            d, d_ = self.D(x), self.D(x_)
            critic = {"real": V.real(d), "fake": V.fake(d_)}
            if self.γ:
                critic["r1"] = self.γ * r1(self.D, x)
            if self.simultaneous:
                yield {"critic": critic, "generator": {"fool": V.fool(d_)}}
            else:
                yield {"critic": critic}
        if not self.simultaneous:
            yield {"generator": {"fool": V.fool(self.D(x_))}}
