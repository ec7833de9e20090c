"""GAN and WGAN move their weights exactly as loops written by hand do."""

from collections.abc import Callable, Iterator, Mapping
from itertools import repeat
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.optim import SGD, Optimizer

from disentangle.adversarial.game import Engine
from disentangle.adversarial.objectives import OBJECTIVES, Objective
from disentangle.adversarial.priors import Normal
from disentangle.games.gan import GAN
from disentangle.games.wgan import WGAN


def networks() -> tuple[nn.Module, nn.Module]:
    torch.manual_seed(0)
    G = nn.Sequential(nn.Linear(3, 8, bias=False), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
    return G, nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))


def rings() -> Iterator[Tensor]:
    generator = torch.Generator().manual_seed(1)
    while True:
        angle = torch.rand(16, 1, generator=generator, dtype=torch.float64) * 7
        yield torch.cat([angle.cos(), angle.sin()], 1)


def step(optimizer: Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad()
    torch.autograd.backward(loss)
    optimizer.step()


@pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES)
def test_alternating(objective: Objective, equals_by_hand: Callable[..., None]) -> None:
    def by_hand(g: Any, optimizers: Mapping[str, Optimizer], batches: Iterator[Tensor]) -> None:
        x = next(batches)
        x_ = g.G(torch.randn(len(x), 3, dtype=x.dtype))
        step(optimizers["critic"], objective.real(g.D(x)) + objective.fake(g.D(x_.detach())))
        step(optimizers["generator"], objective.fool(g.D(x_)))

    equals_by_hand(GAN(*networks(), Normal(3), objective), by_hand, rings())


def test_simultaneous(equals_by_hand: Callable[..., None]) -> None:
    def by_hand(g: Any, optimizers: Mapping[str, Optimizer], batches: Iterator[Tensor]) -> None:
        x = next(batches)
        x_ = g.G(torch.randn(len(x), 3, dtype=x.dtype))
        torch.autograd.backward(-nn.functional.logsigmoid(g.D(x_)).mean())
        optimizers["critic"].zero_grad()
        critic = nn.functional.logsigmoid(g.D(x)).mean() + nn.functional.logsigmoid(-g.D(x_.detach())).mean()
        torch.autograd.backward(-critic)
        for optimizer in optimizers.values():
            optimizer.step()
            optimizer.zero_grad()

    equals_by_hand(GAN(*networks(), Normal(3), simultaneous=True), by_hand, rings())


def test_simultaneous_moves_see_the_others_unmoved_and_alternating_ones_moved(
    equals_by_hand: Callable[..., None],
) -> None:
    def alternating(g: Any, optimizers: Mapping[str, Optimizer], batches: Iterator[Tensor]) -> None:
        x = next(batches)
        x_ = g.G(torch.randn(len(x), 3, dtype=x.dtype))
        step(optimizers["critic"], g.objective.real(g.D(x)) + g.objective.fake(g.D(x_.detach())))
        step(optimizers["generator"], g.objective.fool(g.D(x_)))

    with pytest.raises(AssertionError):
        equals_by_hand(GAN(*networks(), Normal(3), simultaneous=True), alternating, rings())


def test_wgan_with_five_critic_moves_and_gradient_penalty(equals_by_hand: Callable[..., None]) -> None:
    def by_hand(g: Any, optimizers: Mapping[str, Optimizer], batches: Iterator[Tensor]) -> None:
        for _ in range(5):
            x = next(batches)
            with torch.no_grad():
                x_ = g.G(torch.randn(len(x), 3, dtype=x.dtype))
            ε = torch.rand(len(x), 1, dtype=x.dtype)
            between = (ε * x + (1 - ε) * x_).requires_grad_()
            (slope,) = torch.autograd.grad(g.D(between).sum(), between, create_graph=True)
            penalty = ((slope.square().sum(1).sqrt() - 1) ** 2).mean()
            step(optimizers["critic"], g.D(x_).mean() - g.D(x).mean() + 10 * penalty)
        x_ = g.G(torch.randn(len(x), 3, dtype=x.dtype))
        step(optimizers["generator"], -g.D(x_).mean())

    equals_by_hand(WGAN(*networks(), Normal(3)), by_hand, rings())


class Quantiles(Normal):
    """The normal distribution's quantiles instead of draws."""

    def sample(self, n: int, like: Tensor | None = None) -> Tensor:
        z: Tensor = torch.special.ndtri((torch.arange(n) + 0.5) / n)[:, None].to(like)
        return z


class Quadratic(nn.Module):
    """A critic whose logits are a parabola, as are those that tell two normal distributions apart."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(2, 1)
        nn.init.zeros_(self.head.weight)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(torch.cat([x, x * x], 1))
        return logits


@pytest.mark.parametrize("simultaneous", [False, True])
def test_the_critics_optimum_is_the_share_of_the_data(simultaneous: bool) -> None:
    """D(x) = p(x) / (p(x) + q(x)) (proposition 1), for p = N(0.8, 1) and q = N(-0.2, 0.5²)."""
    x = 0.8 + Quantiles(1).sample(256)
    G, D = nn.Linear(1, 1), Quadratic()
    nn.init.constant_(G.weight, 0.5)
    nn.init.constant_(G.bias, -0.2)
    g = GAN(G, D, Quantiles(1), simultaneous=simultaneous)
    engine = Engine(g, {"critic": SGD(D.parameters(), 0.5), "generator": SGD(G.parameters(), 0.0)})
    for _ in range(600):
        engine.play(repeat(x))
    at = torch.linspace(-1, 1.5, 11)[:, None]
    p, q = (-((at - 0.8) ** 2) / 2).exp(), (-((at + 0.2) ** 2) / 0.5).exp() / 0.5
    torch.testing.assert_close(D(at).sigmoid().detach(), p / (p + q), rtol=0, atol=0.02)


def test_the_generator_ends_where_the_critic_is_undecided() -> None:
    """The data are N(0.8, 0.5²): so is what G makes, and D is 1/2 everywhere."""
    torch.manual_seed(0)
    x = 0.8 + 0.5 * Quantiles(1).sample(128)
    G, D = nn.Linear(1, 1), Quadratic()
    g = GAN(G, D, Quantiles(1))
    optimizers = {"critic": SGD(D.parameters(), 0.3, weight_decay=0.05), "generator": SGD(G.parameters(), 0.3)}
    engine = Engine(g, optimizers)
    for _ in range(500):
        engine.play(repeat(x))
    assert [abs(G.weight.item()), G.bias.item()] == pytest.approx([0.5, 0.8], abs=0.03)
    assert (D(x).sigmoid() - 0.5).abs().max() < 0.03
