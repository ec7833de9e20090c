"""A classifier by few labels, alone or with a teacher on many samples without: what Triple-GAN is measured against."""

from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from disentangle.adversarial.game import Game, Move
from disentangle.adversarial.objectives import full
from disentangle.adversarial.teacher import MeanTeacher


class FewLabels(NamedTuple):
    """Labelled samples x with labels y (batch,), and samples u without, as many as a round makes of its own."""

    x: Tensor
    y: Tensor
    u: Tensor


class Classifier(Game[FewLabels]):
    """Cross-entropy on the labels, and agreement with a mean teacher (Tarvainen and Valpola 2017) where there is one.

    https://arxiv.org/abs/1703.01780, section 2.

    Args:
        C: samples -> logits (batch, classes).
        teacher: of C; None learns from the labels alone.
    """

    players: ClassVar = {"classifier": "C"}

    def __init__(self, C: nn.Module, teacher: MeanTeacher | None = None) -> None:
        super().__init__()
        self.C, self.teacher = C, teacher

    def round(self, batches: Iterator[FewLabels]) -> Iterator[Move]:
        """One move; then the teacher follows."""
        x, y, u = next(batches)
        terms = {"label": cross_entropy(full(self.C(x)), y)}
        if self.teacher:
            terms["consistency"] = self.teacher(self.C, u, self.step)
        yield {"classifier": terms}
        if self.teacher:
            self.teacher.follow(self.C, self.step)
