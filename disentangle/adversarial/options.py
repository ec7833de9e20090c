"""What a player and a training run can be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from annotated_types import Ge, Gt, Le, Lt
from torch import nn
from torch.optim import Optimizer

from disentangle.adversarial import schedules
from disentangle.adversarial.precision import Precision
from disentangle.adversarial.schedules import Schedule

Share = Annotated[float, Ge(0), Lt(1)]


@dataclass(frozen=True)
class PlayerOptions:
    """How one player learns.

    Args:
        rate: learning rate after the warm-up.
        optimizer: Adam, AdamW, SGD (momentum ``betas[0]``) or RMSprop (memory ``betas[1]``).
        betas: memories of the mean and of the squares.
        weight_decay: the optimizer's own, decoupled in AdamW alone.
        clip: largest norm of the player's gradient.
        ema: decay of the moving average of its weights; in round t not above (1 + t) / (10 + t).
        warmup: rounds over which the rate rises from 0.
        decay: how the rate falls; "inverse" as 1 / (1 + 10 p)^0.75 over the share p of the run
            (https://arxiv.org/abs/1505.07818, section 5.2.2).
        hold: the round at which it begins to fall, if that comes after the warm-up.
        until: the round at which it has fallen; None: the last.
    """

    rate: Annotated[float, Gt(0)] = 1e-3
    optimizer: Literal["adam", "adamw", "sgd", "rmsprop"] = "adam"
    betas: tuple[Share, Share] = (0.9, 0.999)
    weight_decay: Annotated[float, Ge(0)] = 0.0
    clip: Annotated[float, Gt(0)] | None = None
    ema: Annotated[float, Gt(0), Lt(1)] | None = None
    warmup: Annotated[int, Ge(0)] = 0
    decay: Literal["constant", "cosine", "linear", "inverse"] = "constant"
    hold: Annotated[int, Ge(0)] = 0
    until: Annotated[int, Gt(0)] | None = None

    def optimize(self, tensors: Sequence[nn.Parameter]) -> Optimizer:
        """The optimizer of these tensors."""
        decay, (memory, squares) = self.weight_decay, self.betas
        match self.optimizer:
            case "adam":
                return torch.optim.Adam(tensors, self.rate, self.betas, weight_decay=decay, fused=True)
            case "adamw":
                return torch.optim.AdamW(tensors, self.rate, self.betas, weight_decay=decay, fused=True)
            case "sgd":
                return torch.optim.SGD(tensors, self.rate, momentum=memory, weight_decay=decay, fused=True)
            case "rmsprop":
                return torch.optim.RMSprop(tensors, self.rate, alpha=squares, weight_decay=decay)

    def rates(self, steps: int) -> Schedule:
        """The learning rate at every step of a run of so many."""
        end = min(self.until or steps, steps)
        begin = min(max(self.warmup, self.hold), end - 1)
        fall = {
            "constant": schedules.constant(self.rate),
            "cosine": schedules.cosine(self.rate, 0.0, begin, end),
            "linear": schedules.linear(self.rate, 0.0, begin, end),
            "inverse": schedules.inverse(self.rate, begin, end),
        }[self.decay]
        return lambda step: fall(step) * min(1.0, (step + 1) / max(self.warmup, 1))


@dataclass(frozen=True)
class TrainingOptions:
    """How a run goes.

    Args:
        steps: rounds to play.
        seed: with the step and the rank the only source of chance.
        log_every, save_every: rounds between lines of the log, between checkpoints; the last round has both.
        keep: how many checkpoints to keep, the newest ones.
        best: a watched value; the checkpoint at which it was lowest is kept besides.
        precision: ``bf16`` computes the networks, not the losses, in bfloat16 where that is safe; ``auto`` does where
            the device has instructions for it, which is faster there and much slower elsewhere.
        tensorboard: write event files beside the log.
        show_every: rounds between sounds and pictures of the present networks in TensorBoard; 0: never.
        accumulate: parts that a process's batch is played in, one after the other, their gradients averaged: the same
            step in less memory, but for the statistics of batch normalisation.
    """

    steps: Annotated[int, Gt(0)]
    seed: Annotated[int, Ge(0), Le(2**63 - 1)] = 0
    log_every: Annotated[int, Gt(0)] = 10
    save_every: Annotated[int, Gt(0)] = 500
    keep: Annotated[int, Gt(0)] = 2
    best: str | None = None
    precision: Precision = "float32"
    tensorboard: bool = True
    show_every: Annotated[int, Ge(0)] = 500
    accumulate: Annotated[int, Gt(0)] = 1
