"""The Wasserstein GAN with a gradient penalty."""

from collections.abc import Iterator
from typing import ClassVar

from torch import Tensor, nn

from disentangle.adversarial.game import Game, Move
from disentangle.adversarial.objectives import WASSERSTEIN
from disentangle.adversarial.penalties import gradient_penalty
from disentangle.adversarial.priors import Prior


class WGAN(Game[Tensor]):
    """Improved training of Wasserstein GANs (Gulrajani et al. 2017), https://arxiv.org/abs/1704.00028, algorithm 1.

    Args:
        G: codes (batch, dims) -> samples.
        D: samples -> scores (batch, 1), each sample on its own: no batch norm.
        prior: of the codes.
        n_critic: moves of the critic in a round, each on a batch of its own.
        λ: weight of the penalty.
    """

    players: ClassVar = {"critic": "D", "generator": "G"}

    def __init__(self, G: nn.Module, D: nn.Module, prior: Prior, n_critic: int = 5, λ: float = 10.0) -> None:
        super().__init__()
        self.G, self.D, self.prior, self.n_critic, self.λ = G, D, prior, n_critic, λ

    def round(self, batches: Iterator[Tensor]) -> Iterator[Move]:
        """Lines 2 to 12: the critic's moves, then the generator's on fresh codes."""
        W = WASSERSTEIN
        for _ in range(self.n_critic):
            x = next(batches)
            x_ = self.G(self.prior.sample(len(x), like=x))
            penalty = self.λ * gradient_penalty(self.D, x, x_)
            yield {"critic": {"real": W.real(self.D(x)), "fake": W.fake(self.D(x_)), "penalty": penalty}}
        x_ = self.G(self.prior.sample(len(x), like=x))
        yield {"generator": {"fool": W.fool(self.D(x_))}}
