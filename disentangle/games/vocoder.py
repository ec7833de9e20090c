"""A GAN vocoder: a generator of waveforms from log-mels against critics of waveforms."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Protocol

import torch
from torch import Tensor, nn

from disentangle.adversarial.game import Game, Move
from disentangle.adversarial.objectives import LEAST_SQUARES, Loss, Objective, full


class Critics(Protocol):
    """Several critics of a wave, each with the features by which it judges."""

    def __call__(self, x: Tensor) -> tuple[Sequence[Tensor], Sequence[Tensor]]:
        """Waves (batch, samples) -> the logits of each critic, and the features of all their layers, any shapes."""


class HiFiGAN(Game[tuple[Tensor, Tensor]]):
    """HiFi-GAN (Kong et al. 2020), https://arxiv.org/abs/2010.05646, equations 1 to 6.

    With the objective of least squares, which is halved here, λ_features = 1 and λ_mel = 22.5 are the paper's 2 and 45.

    Args:
        G: log-mels (batch, frames, mels) -> waves (batch, samples).
        D: `Critics`.
        mel: made and real waves -> their distance in the log-mel, one number.
        objective: what critics and generator minimise.
        λ_features: weight of feature matching, equation 4.
        λ_mel: weight of the mel error, equation 3.
        begin: the round from which there are critics; before it the generator learns by the mel error alone, which is
            cheap. 0 in the paper.
    """

    players: ClassVar = {"critic": "D", "generator": "G"}

    def __init__(
        self,
        G: nn.Module,
        D: nn.Module,
        mel: nn.Module,
        objective: Objective = LEAST_SQUARES,
        *,
        λ_features: float = 1.0,
        λ_mel: float = 22.5,
        begin: int = 0,
    ) -> None:
        super().__init__()
        self.G, self.D, self.mel, self.objective = G, D, mel, objective
        self.λ_features, self.λ_mel, self.begin = λ_features, λ_mel, begin

    def round(self, batches: Iterator[tuple[Tensor, Tensor]]) -> Iterator[Move]:
        """The critics' move, then the generator's against the critics as they are now."""
        V, (s, x) = self.objective, next(batches)
        x_ = self.G(s)
        if self.step >= self.begin:
            (d, _), (d_, _) = self.D(x), self.D(x_)
            yield {"critic": {"real": total(V.real, d), "fake": total(V.fake, d_)}}
        yield {"generator": {**self.persuasion(x_, x), "mel": self.λ_mel * self.mel(x_, x)}}

    def persuasion(self, x_: Tensor, x: Tensor) -> dict[str, Tensor]:
        """What the critics make the generator pay, once there are any."""
        if self.step < self.begin:
            return {}
        (_, f), (d_, f_) = self.D(x), self.D(x_)
        return {"fool": total(self.objective.fool, d_), "features": self.λ_features * feature_error(f_, f)}


def total(loss: Loss, logits: Sequence[Tensor]) -> Tensor:
    """Sum over the critics, equations 5 and 6."""
    return torch.stack([loss(d) for d in logits]).sum()


def feature_error(f_: Sequence[Tensor], f: Sequence[Tensor]) -> Tensor:
    """Sum over layers of the mean absolute difference, equation 4."""
    return torch.stack([(full(a) - full(b)).abs().mean() for a, b in zip(f_, f, strict=True)]).sum()
