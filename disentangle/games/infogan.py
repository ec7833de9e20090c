"""InfoGAN: the generator is made to keep a code readable in what it makes."""

from collections.abc import Iterator
from typing import ClassVar

import torch
from torch import Tensor, nn

from disentangle.adversarial.game import Game, Move
from disentangle.adversarial.objectives import NON_SATURATING, Objective
from disentangle.adversarial.priors import Prior


class InfoGAN(Game[Tensor]):
    """InfoGAN (Chen et al. 2016), https://arxiv.org/abs/1606.03657, equation 6, code classifier on the critic's trunk.

    The critic owns the trunk and both heads; both losses carry the code term, as in the authors' code.

    Args:
        G: noise and code side by side (batch, dims) -> samples.
        D: samples -> logits (batch, 1) and guesses of the code (batch, ``code.outputs``), from one trunk.
        noise: prior of z, what cannot be compressed.
        code: prior of c, what is to be found again.
        λ: weight of the code term -E log Q(c|x), which bounds the mutual information from below up to H(c).
        objective: what critic and generator minimise besides.
    """

    players: ClassVar = {"critic": "D", "generator": "G"}

    def __init__(
        self,
        G: nn.Module,
        D: nn.Module,
        noise: Prior,
        code: Prior,
        λ: float = 1.0,
        objective: Objective = NON_SATURATING,
    ) -> None:
        super().__init__()
        self.G, self.D, self.noise, self.code, self.λ, self.objective = G, D, noise, code, λ, objective

    def round(self, batches: Iterator[Tensor]) -> Iterator[Move]:
        """The critic on real and made samples, then the generator on the same ones."""
        V, x = self.objective, next(batches)
        z, c = self.noise.sample(len(x), like=x), self.code.sample(len(x), like=x)
        x_ = self.G(torch.cat([z, c], 1))
        (d, _), (d_, q) = self.D(x), self.D(x_)
        yield {"critic": {"real": V.real(d), "fake": V.fake(d_), "code": self.λ * self.code.surprise(q, c).mean()}}
        d_, q = self.D(x_)
        yield {"generator": {"fool": V.fool(d_), "code": self.λ * self.code.surprise(q, c).mean()}}
