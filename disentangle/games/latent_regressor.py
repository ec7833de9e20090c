"""The latent regressor: an encoder that learns to read codes from a generator's samples, beside a GAN."""

from collections.abc import Iterator
from typing import ClassVar

from torch import Tensor, nn

from disentangle.adversarial.game import Game, Move
from disentangle.adversarial.objectives import NON_SATURATING, Objective, full
from disentangle.adversarial.penalties import r1
from disentangle.adversarial.priors import Prior


class LatentRegressor(Game[Tensor]):
    """The baseline of BiGAN (Donahue et al. 2017), https://arxiv.org/abs/1605.09782, section 4.1.

    The encoder never sees a real sample, and the generator does not learn to be read.

    Args:
        E: samples -> codes (batch, dims).
        G: codes (batch, dims) -> samples.
        D: samples -> logits (batch, 1).
        prior: of the codes.
        objective: what critic and generator minimise.
        γ: weight of R1, the critic's squared gradient at real samples, which keeps it from winning; 0 in the paper.
    """

    players: ClassVar = {"critic": "D", "generator": "G", "encoder": "E"}

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
        """The critic, then the generator, and the encoder on the same samples."""
        V, x = self.objective, next(batches)
        z = self.prior.sample(len(x), like=x)
        x_ = self.G(z)
        critic = {"real": V.real(self.D(x)), "fake": V.fake(self.D(x_))}
        if self.γ:
            critic["r1"] = self.γ * r1(self.D, x)
        yield {"critic": critic}
        error = (full(self.E(x_)) - z).square().mean()
        yield {"generator": {"fool": V.fool(self.D(x_))}, "encoder": {"error": error}}
