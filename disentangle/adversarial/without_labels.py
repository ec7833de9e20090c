"""All that a classifier is asked of samples without labels, as one part that a game can be given."""

from torch import Tensor, nn

from disentangle.adversarial.game import Terms
from disentangle.adversarial.schedules import Schedule
from disentangle.adversarial.teacher import MeanTeacher
from disentangle.adversarial.unlabelled import Transform, entropy, imbalance, virtual_adversarial


class WithoutLabels(nn.Module):
    """Terms of a classifier, each by a weight of its own; what has none is left out.

    Args:
        change: what samples are looked at through, drawn anew in every round, where smoothness or confidence is asked.
        teacher: agreement with the mean of the classifier's past (Tarvainen and Valpola 2017), or None.
        smooth: weight of predictions that no small change moves (Miyato et al. 2017), or None.
        length: ε, of that change.
        confidence: weight of sure predictions, all classes used alike (Li et al. 2017, section 3.3), or None.
    """

    def __init__(
        self,
        change: Transform,
        teacher: MeanTeacher | None = None,
        smooth: Schedule | None = None,
        length: float = 4.0,
        confidence: Schedule | None = None,
    ) -> None:
        super().__init__()
        self.change, self.teacher = change, teacher
        self.smooth, self.length, self.confidence = smooth, length, confidence

    def forward(self, C: nn.Module, u: Tensor, step: int) -> Terms:
        """The terms of classifier C for samples u (batch, ...)."""
        terms = {"consistency": self.teacher(C, u, step)} if self.teacher else {}
        if self.smooth or self.confidence:
            u = self.change(u)
            c = C(u)
        if self.smooth:
            terms["smooth"] = self.smooth(step) * virtual_adversarial(C, u, c, self.length)
        if self.confidence:
            weight = self.confidence(step)
            terms |= {"confidence": weight * entropy(c), "balance": weight * imbalance(c)}
        return terms

    def follow(self, C: nn.Module, step: int) -> None:
        """The teacher, if there is one, follows; for the end of a round."""
        if self.teacher:
            self.teacher.follow(C, step)
