"""Auto-encoders, plain and variational: what a critic's part in learning a code is measured against."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from torch import Tensor, nn

from disentangle.adversarial.divergences import kl_normal
from disentangle.adversarial.game import Game, Move
from disentangle.adversarial.objectives import full
from disentangle.adversarial.priors import gaussian


class Autoencoder(Game[Tensor]):
    """The auto-encoder by absolute or squared error, a baseline of https://arxiv.org/abs/1605.09782, section 4.1.

    Args:
        E: samples -> codes.
        G: codes -> samples.
        error: ``l1`` or ``l2``, averaged over all numbers of a sample.
    """

    players: ClassVar = {"encoder": "E", "generator": "G"}

    def __init__(self, E: nn.Module, G: nn.Module, error: Literal["l1", "l2"] = "l2") -> None:
        super().__init__()
        self.E, self.G, self.error = E, G, error

    def round(self, batches: Iterator[Tensor]) -> Iterator[Move]:
        """Both on one error."""
        x = next(batches)
        gap = full(self.G(self.E(x))) - x
        error = gap.abs().mean() if self.error == "l1" else gap.square().mean()
        yield {"encoder": {"reconstruction": error}, "generator": {"reconstruction": error}}


class VAE(Game[Tensor]):
    """Auto-encoding variational Bayes (Kingma and Welling 2014), https://arxiv.org/abs/1312.6114, equation 10.

    Args:
        En: samples -> mean and log deviation of the code, each (batch, dims).
        De: codes (batch, dims) -> means of the samples.
        σ: deviation of the samples from their means, the same for every number; the prior is standard normal.
    """

    players: ClassVar = {"encoder": "En", "decoder": "De"}

    def __init__(self, En: nn.Module, De: nn.Module, σ: float = 1.0) -> None:
        super().__init__()
        self.En, self.De, self.σ = En, De, σ

    def round(self, batches: Iterator[Tensor]) -> Iterator[Move]:
        """Both on the bound, up to the likelihood's constant."""
        x = next(batches)
        mean, log_std = self.En(x)
        gap = full(self.De(gaussian(mean, log_std))) - x
        error = gap.square().flatten(1).sum(1).mean() / (2 * self.σ**2)
        kl = kl_normal(mean, log_std).mean()
        yield {"encoder": {"kl": kl, "reconstruction": error}, "decoder": {"reconstruction": error}}
