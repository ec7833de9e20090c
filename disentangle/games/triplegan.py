"""Triple-GAN: classifier and conditional generator draw pairs of sample and label, a critic knows the true ones."""

from collections.abc import Iterator
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, one_hot, softplus

from disentangle.adversarial.game import Game, Move
from disentangle.adversarial.objectives import NON_SATURATING, Objective, full
from disentangle.adversarial.priors import Categorical, Prior
from disentangle.adversarial.schedules import Schedule
from disentangle.adversarial.without_labels import WithoutLabels
from disentangle.games.classifier import FewLabels


class TripleGAN(Game[FewLabels]):
    """Triple generative adversarial nets (Li et al. 2017), https://arxiv.org/abs/1703.02291, algorithm 1.

    Args:
        C: samples -> logits (batch, classes).
        G: noise and one-hot label side by side (batch, dims) -> samples.
        D: samples, one-hot labels -> logits (batch, 1).
        noise: prior of z.
        labels: prior of y.
        α_P: weight of the classifier's error on generated pairs, a function of the step: they are no use at first.
        α: the classifier's share of the false pairs, the generator's is 1 - α.
        objective: what critic and generator minimise; the classifier's term is the paper's.
        every_label: the classifier's term is the sum over all labels; if not, the algorithm box's one drawn label.
        beside: what the classifier is asked of unlabelled samples besides (section 3.3), or None.
    """

    players: ClassVar = {"critic": "D", "classifier": "C", "generator": "G"}

    def __init__(
        self,
        C: nn.Module,
        G: nn.Module,
        D: nn.Module,
        noise: Prior,
        labels: Categorical,
        α_P: Schedule,
        α: float = 0.5,
        objective: Objective = NON_SATURATING,
        *,
        every_label: bool = True,
        beside: WithoutLabels | None = None,
    ) -> None:
        super().__init__()
        self.C, self.G, self.D, self.noise, self.labels, self.α_P, self.α = C, G, D, noise, labels, α_P, α
        self.objective, self.every_label, self.beside = objective, every_label, beside

    def round(self, batches: Iterator[FewLabels]) -> Iterator[Move]:
        """The critic on true, classified and generated pairs; then classifier and generator, which share no term."""
        V, α, (x, y, u) = self.objective, self.α, next(batches)
        z, y_g = self.noise.sample(len(u), like=u), self.labels.sample(len(u), like=u)
        x_g = self.G(torch.cat([z, y_g], 1))
        c_g, c, c_u = self.C(x_g), self.C(x), self.C(u)
        y_c, beside = drawn(c_u), self.beside(self.C, u, self.step) if self.beside else {}
        yield {
            "critic": {
                "real": V.real(self.D(x, one_hot(y, self.labels.classes).to(y_c.dtype))),
                "classified": α * V.fake(self.D(u, y_c)),
                "generated": (1 - α) * V.fake(self.D(x_g, y_g)),
            }
        }
        label, adversarial = cross_entropy(full(c), y), α * self.against(u, c_u, y_c)
        pseudo = self.α_P(self.step) * self.labels.surprise(c_g, y_g).mean()
        yield {
            "classifier": {"label": label, "adversarial": adversarial, "pseudo": pseudo, **beside},
            "generator": {"fool": (1 - α) * V.fool(self.D(x_g, y_g))},
        }
        if self.beside:
            self.beside.follow(self.C, self.step)

    def against(self, u: Tensor, c: Tensor, y_c: Tensor) -> Tensor:
        """Σ p_C(y|u) log(1 - D(u, y)) over the labels, averaged; a gradient to p needs no draw."""
        p, K = full(c).softmax(1), self.labels.classes
        if not self.every_label:
            return -((p * y_c).sum(1, keepdim=True) * softplus(full(self.D(u, y_c)))).mean()
        d = self.D(u.repeat_interleave(K, 0), torch.eye(K, dtype=y_c.dtype, device=u.device).repeat(len(u), 1))
        return -(p * softplus(full(d)).view(-1, K)).sum(1).mean()


def drawn(logits: Tensor) -> Tensor:
    """A label for each sample from its predicted distribution, one-hot (batch, classes)."""
    p = full(logits).softmax(1)
    return one_hot(torch.multinomial(p, 1)[:, 0], p.shape[1]).to(p.dtype)
