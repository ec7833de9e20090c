"""VAE-GAN: an auto-encoder whose error is measured in the features of its critic."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Protocol

from torch import Tensor, nn

from disentangle.adversarial.divergences import kl_normal
from disentangle.adversarial.game import Game, Move
from disentangle.adversarial.objectives import fake, of_class, real
from disentangle.adversarial.priors import Normal, gaussian


class Critic(Protocol):
    """Judges samples, and shows the features by which it does."""

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (batch, 1 or 3) and the features of one layer (batch, ...)."""


@dataclass(frozen=True)
class Verdicts:
    """What the critic's logits cost if the sample is real, reconstructed, generated."""

    real: Callable[[Tensor], Tensor]
    reconstructed: Callable[[Tensor], Tensor]
    generated: Callable[[Tensor], Tensor]


TWO = Verdicts(real, fake, fake)
"""Real against both, as in the paper; logits (batch, 1)."""

THREE = Verdicts(lambda d: of_class(d, 0), lambda d: of_class(d, 1), lambda d: of_class(d, 2))
"""Real, reconstructed and generated are three classes; logits (batch, 3)."""


class VAEGAN(Game[Tensor]):
    """Autoencoding beyond pixels (Larsen et al. 2016), https://arxiv.org/abs/1512.09300, algorithm 1.

    The decoder fools the critic by the non-saturating loss, same fixed point as the paper's.

    Args:
        En: samples -> mean and log deviation of the code, each (batch, dims).
        De: codes (batch, dims) -> samples.
        Dis: samples -> logits and features.
        prior: of the codes.
        γ: weight of the reconstruction against fooling the critic, for the decoder.
        verdicts: `TWO` classes or `THREE`.
    """

    players: ClassVar = {"encoder": "En", "decoder": "De", "critic": "Dis"}

    def __init__(
        self, En: nn.Module, De: nn.Module, Dis: nn.Module, prior: Normal, γ: float = 1e-2, verdicts: Verdicts = TWO
    ) -> None:
        super().__init__()
        self.En, self.De, self.Dis, self.prior, self.γ, self.verdicts = En, De, Dis, prior, γ, verdicts

    def round(self, batches: Iterator[Tensor]) -> Iterator[Move]:
        """All three at once."""
        V, x = self.verdicts, next(batches)
        mean, log_std = self.En(x)
        x_rec, x_gen = self.De(gaussian(mean, log_std)), self.De(self.prior.sample(len(x), like=x))
        (d, f), (d_rec, f_rec), (d_gen, _) = self.Dis(x), self.Dis(x_rec), self.Dis(x_gen)
        error = (f_rec - f).square().flatten(1).sum(1).mean() / 2
        yield {
            "encoder": {"kl": kl_normal(mean, log_std).mean(), "reconstruction": error},
            "decoder": {"reconstruction": self.γ * error, "fool": V.real(d_rec) + V.real(d_gen)},
            "critic": {"real": V.real(d), "reconstructed": V.reconstructed(d_rec), "generated": V.generated(d_gen)},
        }
