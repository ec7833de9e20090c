"""BiGAN and the latent regressor move as loops written by hand do; at BiGAN's optimum E and G are inverses."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid
from torch.optim import SGD, Optimizer

from disentangle.adversarial.game import Engine
from disentangle.adversarial.objectives import LEAST_SQUARES, NON_SATURATING, SATURATING, Objective
from disentangle.adversarial.priors import Normal
from disentangle.games.bigan import BiGAN
from disentangle.games.latent_regressor import LatentRegressor

Costs = dict[str, Callable[[Tensor], Tensor]]


class Pairs(nn.Module):
    """A critic of sample and code."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 1))

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        logits: Tensor = self.body(torch.cat([x, z], 1))
        return logits


class Moments(nn.Module):
    """Linear in first and second moments of one-dimensional pairs, which tell two lines apart."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(5, 1)
        nn.init.zeros_(self.head.weight)

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        logits: Tensor = self.head(torch.cat([x, z, x * x, x * z, z * z], 1))
        return logits


def networks() -> tuple[nn.Module, nn.Module]:
    torch.manual_seed(0)
    E = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 2))
    return E, nn.Sequential(nn.Linear(2, 8, bias=False), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3))


def batches() -> Iterator[Tensor]:
    generator = torch.Generator().manual_seed(1)
    while True:
        yield torch.randn(16, 3, generator=generator, dtype=torch.float64)


def step(loss: Tensor, *optimizers: Optimizer) -> None:
    for optimizer in optimizers:
        optimizer.zero_grad()
    torch.autograd.backward(loss)
    for optimizer in optimizers:
        optimizer.step()


CASES: dict[str, tuple[Objective, Costs]] = {
    "inverse": (
        NON_SATURATING,
        {
            "real": lambda d: -logsigmoid(d).mean(),
            "fake": lambda d: -logsigmoid(-d).mean(),
            "fool": lambda d: -logsigmoid(d).mean(),
            "hide": lambda d: -logsigmoid(-d).mean(),
        },
    ),
    "minimax": (
        SATURATING,
        {
            "real": lambda d: -logsigmoid(d).mean(),
            "fake": lambda d: -logsigmoid(-d).mean(),
            "fool": lambda d: logsigmoid(-d).mean(),
            "hide": lambda d: logsigmoid(d).mean(),
        },
    ),
    "least squares": (
        LEAST_SQUARES,
        {
            "real": lambda d: ((d - 1) ** 2).mean() / 2,
            "fake": lambda d: (d**2).mean() / 2,
            "fool": lambda d: ((d - 1) ** 2).mean() / 2,
            "hide": lambda d: (d**2).mean() / 2,
        },
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_bigan_equals_a_loop_by_hand(name: str, equals_by_hand: Callable[..., None]) -> None:
    """Equation 3 and, for encoder and generator together, its minimax or inverse form."""
    objective, cost = CASES[name]

    def by_hand(g: Any, optimizers: Mapping[str, Optimizer], batches: Iterator[Tensor]) -> None:
        x = next(batches)
        z = torch.randn(len(x), 2, dtype=x.dtype)
        z_, x_ = g.E(x), g.G(z)
        step(cost["real"](g.D(x, z_.detach())) + cost["fake"](g.D(x_.detach(), z)), optimizers["critic"])
        both = cost["hide"](g.D(x, z_)) + cost["fool"](g.D(x_, z))
        step(both, optimizers["encoder"], optimizers["generator"])

    equals_by_hand(BiGAN(*networks(), Pairs(), Normal(2), objective), by_hand, batches())


def test_the_latent_regressor_equals_a_loop_by_hand(equals_by_hand: Callable[..., None]) -> None:
    def by_hand(g: Any, optimizers: Mapping[str, Optimizer], batches: Iterator[Tensor]) -> None:
        x = next(batches)
        z = torch.randn(len(x), 2, dtype=x.dtype)
        x_ = g.G(z)
        step(-logsigmoid(g.D(x)).mean() - logsigmoid(-g.D(x_.detach())).mean(), optimizers["critic"])
        step(((g.E(x_.detach()) - z) ** 2).mean(), optimizers["encoder"])
        step(-logsigmoid(g.D(x_)).mean(), optimizers["generator"])

    D = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
    equals_by_hand(LatentRegressor(*networks(), D, Normal(2)), by_hand, batches())


@pytest.mark.parametrize("seed", range(2))
def test_at_the_optimum_encoder_and_generator_are_inverses(seed: int) -> None:
    """Data from N(0.7, 0.5²): G is 0.7 ± 0.5 z, E its inverse, and no term ever compared E(G(z)) with z."""
    torch.manual_seed(seed)
    g = BiGAN(nn.Linear(1, 1), nn.Linear(1, 1), Moments(), Normal(1))
    rates = {"critic": (0.1, 0.1), "encoder": (0.3, 0.0), "generator": (0.3, 0.0)}
    own = g.owned()
    engine = Engine(g, {player: SGD(own[player], rate, weight_decay=d) for player, (rate, d) in rates.items()})
    data = iter(lambda: 0.7 + 0.5 * torch.randn(256, 1), None)

    def gaps() -> tuple[float, float]:
        z = torch.linspace(-2, 2, 9)[:, None]
        x = 0.7 + 0.5 * z
        with torch.no_grad():
            return float((g.E(g.G(z)) - z).abs().mean()), float((g.G(g.E(x)) - x).abs().mean())

    before = gaps()
    for _ in range(500):
        engine.play(data)
    after = gaps()
    assert min(before) > 0.3
    assert after[0] < 0.1
    assert after[1] < 0.05
    generator = [abs(g.G.weight.item()), g.G.bias.item()]  # type: ignore[operator]
    assert generator == pytest.approx([0.5, 0.7], abs=0.05)
