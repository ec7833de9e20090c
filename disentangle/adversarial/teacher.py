"""A teacher: the moving average of a network, whose predictions on samples without labels the network is to meet."""

import copy

import torch
from torch import Tensor, nn

from disentangle.adversarial.objectives import full
from disentangle.adversarial.schedules import Schedule
from disentangle.adversarial.unlabelled import Transform


class MeanTeacher(nn.Module):
    """Mean teachers (Tarvainen and Valpola 2017), https://arxiv.org/abs/1703.01780, equation 1 and section 2.

    With decay 0 the teacher is the network itself: the Π-model of Laine and Aila 2017, https://arxiv.org/abs/1610.02242.

    Args:
        network: samples -> logits; the teacher begins as a copy of it.
        noise: what student and teacher each look through, by a draw of their own.
        weight: of the error, a function of the step.
        decay: of the average; in round t not above (1 + t) / (10 + t).
    """

    def __init__(self, network: nn.Module, noise: Transform, weight: Schedule, decay: float = 0.99) -> None:
        super().__init__()
        self.network = copy.deepcopy(network).requires_grad_(False)
        self.noise, self.weight, self.decay = noise, weight, decay

    def forward(self, student: nn.Module, x: Tensor, step: int) -> Tensor:
        """Weighted squared distance of the two predictions for samples x (batch, ...), averaged over the batch."""
        p, q = full(student(self.noise(x))).softmax(1), full(self.network(self.noise(x))).softmax(1)
        return self.weight(step) * (p - q).square().sum(1).mean()

    def follow(self, student: nn.Module, step: int) -> None:
        """A step of the average towards the student, whose buffers are copied; for the end of a round."""
        weight = 1 - min(self.decay, (1 + step) / (10 + step))
        torch._foreach_lerp_(
            [t.data for t in self.network.parameters()], [t.data for t in student.parameters()], weight
        )
        for mine, its in zip(self.network.buffers(), student.buffers(), strict=True):
            mine.data.copy_(its.data)
