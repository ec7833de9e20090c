"""GAN and WGAN move their weights exactly as loops written by hand do."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

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
