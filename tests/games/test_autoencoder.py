"""Auto-encoders move as loops written by hand do, and the variational one reaches its closed form."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import pytest
import torch
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

from disentangle.adversarial.game import Engine
from disentangle.games.autoencoder import VAE, Autoencoder


class Linear(nn.Module):
    """The posterior of a linear generator: a mean linear in x, one deviation for all."""

    def __init__(self) -> None:
        super().__init__()
        self.mean, self.log_std = nn.Linear(1, 1), nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.mean(x), self.log_std.expand(len(x), 1)


def batches() -> Iterator[Tensor]:
    generator = torch.Generator().manual_seed(1)
    while True:
        yield torch.randn(16, 3, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("error", ["l1", "l2"])
def test_the_autoencoder_equals_a_loop_by_hand(error: Literal["l1", "l2"], equals_by_hand: Callable[..., None]) -> None:
    def by_hand(g: Any, optimizers: Mapping[str, Optimizer], batches: Iterator[Tensor]) -> None:
        x = next(batches)
        gap = g.G(g.E(x)) - x
        g.zero_grad()
        torch.autograd.backward(gap.abs().mean() if error == "l1" else (gap**2).mean())
        for optimizer in optimizers.values():
            optimizer.step()

    torch.manual_seed(0)
    equals_by_hand(Autoencoder(nn.Linear(3, 2), nn.Linear(2, 3), error), by_hand, batches())


def test_the_variational_one_equals_a_loop_by_hand(equals_by_hand: Callable[..., None]) -> None:
    def by_hand(g: Any, optimizers: Mapping[str, Optimizer], batches: Iterator[Tensor]) -> None:
        x = next(batches)[:, :1]
        mean, log_std = g.En(x)
        z = mean + log_std.exp() * torch.randn_like(mean)
        likelihood = torch.distributions.Normal(g.De(z), 0.4).log_prob(x).sum(1)  # type: ignore[no-untyped-call]
        kl = -0.5 * (1 + 2 * log_std - mean**2 - (2 * log_std).exp()).sum(1)
        g.zero_grad()
        torch.autograd.backward((kl - likelihood).mean())
        for optimizer in optimizers.values():
            optimizer.step()

    torch.manual_seed(0)
    equals_by_hand(VAE(Linear(), nn.Linear(1, 1), 0.4), by_hand, (x[:, :1] for x in batches()))


def test_the_variational_one_finds_the_probabilistic_principal_component() -> None:
    """Of N(1, 1) with σ² = 0.36: decoder ±0.8 z + 1, posterior mean ±0.8 (x - 1) and variance 0.36, and the bound is
    the log-likelihood (Tipping and Bishop 1999, equations 7 and 8).
    """
    torch.manual_seed(0)
    g = VAE(Linear(), nn.Linear(1, 1), σ=0.6)
    engine = Engine(g, {player: Adam(own, 2e-2, (0.5, 0.9)) for player, own in g.owned().items()})
    grid = 1 + torch.special.ndtri((torch.arange(512) + 0.5) / 512)[:, None]
    kept = []
    for t in range(600):
        for optimizer in engine.optimizers.values():
            optimizer.param_groups[0]["lr"] = 2e-2 * (1 - t / 600)
        values = engine.play(iter([grid]))
        kept.append(values["encoder/kl"] + values["encoder/reconstruction"])
    w, b, v = g.De.weight.item(), g.De.bias.item(), g.En.log_std.exp().item()  # type: ignore[operator]
    assert [abs(w), b, v] == pytest.approx([0.8, 1.0, 0.6], abs=0.03)
    assert g.En.mean.weight.item() * w == pytest.approx(0.64, abs=0.03)  # type: ignore[union-attr, operator]
    bound = -sum(kept[-100:]) / 100 - math.log(0.6) - math.log(2 * math.pi) / 2
    assert bound == pytest.approx(-math.log(2 * math.pi * math.e) / 2, abs=0.02)
