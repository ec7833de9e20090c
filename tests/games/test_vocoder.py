"""The GAN vocoder moves as a loop written by hand does, and its objectives and matching are the paper's."""

from collections.abc import Callable, Iterator, Mapping
from itertools import repeat
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from disentangle.adversarial.game import Engine
from disentangle.adversarial.objectives import HINGE, LEAST_SQUARES, Objective
from disentangle.games.vocoder import HiFiGAN, feature_error


class Critics(nn.Module):
    """Two critics of four samples, the features of each those of its hidden layer."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies = nn.ModuleList(nn.Sequential(nn.Linear(4, 6), nn.Tanh()) for _ in range(2))
        self.heads = nn.ModuleList(nn.Linear(6, 1) for _ in range(2))

    def forward(self, x: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        features = [body(x) for body in self.bodies]
        return [head(f) for head, f in zip(self.heads, features, strict=True)], features


class Gap(nn.Module):
    """A smooth stand-in for the mel error."""

    def forward(self, x_: Tensor, x: Tensor) -> Tensor:
        return (x_ - x).square().mean()


def game(objective: Objective = LEAST_SQUARES, begin: int = 0) -> HiFiGAN:
    torch.manual_seed(0)
    G = nn.Sequential(nn.Linear(3, 8, bias=False), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 4))
    return HiFiGAN(G, Critics(), Gap(), objective, λ_features=0.5, λ_mel=2.0, begin=begin)


def batches() -> Iterator[tuple[Tensor, Tensor]]:
    generator = torch.Generator().manual_seed(1)
    while True:
        x = torch.randn(16, 7, generator=generator, dtype=torch.float64)
        yield x[:, :3], x[:, 3:]


REAL = {LEAST_SQUARES: lambda d: 0.5 * ((d - 1) ** 2).mean(), HINGE: lambda d: (1 - d).clamp(min=0).mean()}
FAKE = {LEAST_SQUARES: lambda d: 0.5 * (d**2).mean(), HINGE: lambda d: (1 + d).clamp(min=0).mean()}
FOOL = {LEAST_SQUARES: REAL[LEAST_SQUARES], HINGE: lambda d: -d.mean()}


@pytest.mark.parametrize(("objective", "begin"), [(LEAST_SQUARES, 0), (HINGE, 0), (LEAST_SQUARES, 5)])
def test_equals_a_loop_by_hand(objective: Objective, begin: int, equals_by_hand: Callable[..., None]) -> None:
    def by_hand(g: Any, optimizers: Mapping[str, Optimizer], batches: Iterator[tuple[Tensor, Tensor]]) -> None:
        s, x = next(batches)
        x_ = g.G(s)
        loss = 2.0 * ((x_ - x) ** 2).mean()
        if g.step >= begin:
            (d, _), (d_, _) = g.D(x), g.D(x_.detach())
            optimizers["critic"].zero_grad()
            torch.autograd.backward(sum(REAL[objective](a) + FAKE[objective](b) for a, b in zip(d, d_, strict=True)))
            optimizers["critic"].step()
            (_, f), (d_, f_) = g.D(x), g.D(x_)
            loss = loss + sum(FOOL[objective](b) for b in d_)
            loss = loss + 0.5 * sum((a - b).abs().mean() for a, b in zip(f, f_, strict=True))
        optimizers["generator"].zero_grad()
        torch.autograd.backward(loss)
        optimizers["generator"].step()

    equals_by_hand(game(objective, begin), by_hand, batches())


def test_features_are_matched_layer_by_layer_whatever_their_size() -> None:
    f = [torch.zeros(2, 3), torch.zeros(2, 4, 5)]
    f_ = [torch.ones(2, 3), torch.full((2, 4, 5), -2.0)]
    assert feature_error(f_, f) == 3


def test_a_toy_of_one_tone_is_learnt() -> None:
    """The samples are three numbers times a fixed matrix: the generator finds it, with critics in the game."""
    torch.manual_seed(0)
    truth = torch.randn(3, 4)
    g = HiFiGAN(nn.Linear(3, 4), Critics(), Gap(), λ_mel=10.0)
    engine = Engine(g, {player: torch.optim.Adam(own, 1e-2) for player, own in g.owned().items()})
    for _ in range(400):
        s = torch.randn(32, 3)
        engine.play(repeat((s, s @ truth)))
    torch.testing.assert_close(g.G.weight.T, truth, rtol=0, atol=0.1)
