"""A classifier by few labels, alone or with many samples without: what Triple-GAN is measured against."""

from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from disentangle.adversarial.game import Game, Move
from disentangle.adversarial.objectives import full
from disentangle.adversarial.without_labels import WithoutLabels


class FewLabels(NamedTuple):
    """Labelled samples x with labels y (batch,), and samples u without, as many as a round makes of its own."""

    x: Tensor
    y: Tensor
    u: Tensor


class Classifier(Game[FewLabels]):
    """Cross-entropy on the labels, and what is asked of samples without: a teacher's agreement, smoothness, confidence.

    Tarvainen and Valpola 2017, https://arxiv.org/abs/1703.01780; Miyato et al. 2017, https://arxiv.org/abs/1704.03976.

    Args:
        C: samples -> logits (batch, classes).
        beside: what C is asked of samples without labels; None learns from the labels alone.
    """

    players: ClassVar = {"classifier": "C"}

    def __init__(self, C: nn.Module, beside: WithoutLabels | None = None) -> None:
        super().__init__()
        self.C, self.beside = C, beside

    def round(self, batches: Iterator[FewLabels]) -> Iterator[Move]:
        """One move; then a teacher follows."""
        x, y, u = next(batches)
        terms = {"label": cross_entropy(full(self.C(x)), y)}
        if self.beside:
            terms |= self.beside(self.C, u, self.step)
        yield {"classifier": terms}
        if self.beside:
            self.beside.follow(self.C, self.step)
