"""InfoGAN: the generator is made to keep a code readable in what it makes."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from disentangle.adversarial.game import Game, Move, Terms
from disentangle.adversarial.objectives import NON_SATURATING, Objective, full
from disentangle.adversarial.penalties import overlap, r1
from disentangle.adversarial.priors import Prior, classes, continuous
from disentangle.adversarial.schedules import Schedule
from disentangle.adversarial.unlabelled import Transform, invariant_information

NO_CRITIC = Objective(*[lambda logits: 0 * full(logits).mean()] * 4)
"""Nobody judges the samples, for the row that shows what the critic is for."""


@dataclass(frozen=True)
class OnReal:
    """What the code's classes are asked about real samples, which in the paper is nothing.

    Args:
        change: what is not to change a class, such as a small shift or turn.
        λ: weight of what the classes of a sample and of its change lack in common information, by the step.
    """

    change: Transform
    λ: Schedule


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
        λ_G: the generator's weight where it is not λ; at 0 the code is read but not asked for.
        on_real: what the code head is asked about real samples, or None.
        apart: weight of the `overlap` of the changes that the code's continuous parts make; 0 in the paper.
        γ: weight of R1, the critic's squared gradient at real samples, which keeps it from winning; 0 in the paper.
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
        *,
        λ_G: float | None = None,
        on_real: OnReal | None = None,
        apart: float = 0.0,
        γ: float = 0.0,
    ) -> None:
        super().__init__()
        self.G, self.D, self.noise, self.code, self.objective, self.on_real = G, D, noise, code, objective, on_real
        self.λ, self.λ_G, self.apart, self.γ = λ, λ if λ_G is None else λ_G, apart, γ

    def round(self, batches: Iterator[Tensor]) -> Iterator[Move]:
        """The critic on real and made samples, then the generator on the same ones."""
        V, S, x = self.objective, self.code.surprise, next(batches)
        z, c = self.noise.sample(len(x), like=x), self.code.sample(len(x), like=x)
        x_ = self.G(zc := torch.cat([z, c], 1))
        (d, q_x), (d_, q) = self.D(x), self.D(x_)
        critic = {"real": V.real(d), "fake": V.fake(d_), "code": self.λ * S(q, c).mean()}
        if self.γ:
            critic["r1"] = self.γ * r1(self.D, x)
        yield {"critic": critic | self.beside(x, q_x)}
        d_, q = self.D(x_)
        apart = {"apart": self.apart * overlap(self.G, zc, x_, continuous(self.code))} if self.apart else {}
        yield {"generator": {"fool": V.fool(d_), "code": self.λ_G * S(q, c).mean(), **apart}}

    def beside(self, x: Tensor, q: Tensor) -> Terms:
        """The terms on real samples x with guesses q, for the categorical parts of the code."""
        if self.on_real is None:
            return {}
        changed = classes(self.code, self.D(self.on_real.change(x))[1])
        pairs = zip(classes(self.code, q), changed, strict=True)
        lacking = [math.log(p.shape[1]) - invariant_information(p, p_) for p, p_ in pairs]
        return {"invariance": self.on_real.λ(self.step) * torch.stack(lacking).sum()}

    def information(self, n: int, like: Tensor) -> Tensor:
        """The lower bound H(c) - E[-log Q(c|x)] of I(c; G(z, c)), in nats, from n draws (equation 4)."""
        z, c = self.noise.sample(n, like=like), self.code.sample(n, like=like)
        _, q = self.D(self.G(torch.cat([z, c], 1)))
        return self.code.entropy() - self.code.surprise(q, c).mean()
