"""Schedules, learning rates and moving averages against their formulas."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.optim import Optimizer

from disentangle.adversarial.averages import MovingAverages
from disentangle.adversarial.options import PlayerOptions
from disentangle.adversarial.schedules import constant, cosine, dann_ramp, linear


def test_constant_and_linear() -> None:
    assert [constant(0.3)(step) for step in (0, 7)] == [0.3, 0.3]
    assert [linear(2.0, 1.0, 4, 8)(step) for step in (0, 4, 5, 8, 100)] == [2.0, 2.0, 1.75, 1.0, 1.0]


def test_cosine_falls_slowly_at_both_ends() -> None:
    schedule = cosine(1.0, 0.2, 0, 100)
    assert [schedule(step) for step in (0, 50, 100, 999)] == pytest.approx([1.0, 0.6, 0.2, 0.2])
    assert schedule(25) == pytest.approx(0.2 + 0.8 * (1 + math.cos(math.pi / 4)) / 2)


def test_dann_ramp_is_the_papers() -> None:
    schedule = dann_ramp(1000, peak=0.5)
    for step in (0, 1, 100, 999):
        assert schedule(step) == pytest.approx(0.5 * (2 / (1 + math.exp(-10 * step / 1000)) - 1))
    assert schedule(0) == 0
    assert schedule(5000) == schedule(1000)


def test_a_schedule_without_length_is_refused() -> None:
    for begin, end in ((5, 5), (-1, 5)):
        with pytest.raises(ValueError, match="step"):
            linear(0, 1, begin, end)
    with pytest.raises(ValueError, match="step"):
        dann_ramp(0)


def test_the_rate_rises_over_the_warm_up_and_falls_to_0() -> None:
    def rates(**options: object) -> list[float]:
        schedule = PlayerOptions(rate=1.0, **options).rates(10)  # type: ignore[arg-type]
        return [schedule(step) for step in range(11)]

    assert rates() == [1.0] * 11
    assert rates(warmup=4)[:5] == [0.25, 0.5, 0.75, 1.0, 1.0]
    assert rates(decay="linear") == pytest.approx([1 - step / 10 for step in range(11)])
    assert rates(decay="cosine")[5] == pytest.approx(0.5)
    assert rates(decay="linear", warmup=4)[3:8] == pytest.approx([1.0, 1.0, 5 / 6, 4 / 6, 0.5])
    assert rates(decay="linear", hold=5)[4:8] == pytest.approx([1.0, 1.0, 0.8, 0.6])
    assert rates(decay="linear", until=5)[3:7] == pytest.approx([0.4, 0.2, 0.0, 0.0])
    assert max(rates(decay="cosine", warmup=50)) == pytest.approx(0.2)


REFERENCES: dict[str, Callable[[list[nn.Parameter]], Optimizer]] = {
    "adam": lambda own: torch.optim.Adam(own, 1e-2, (0.5, 0.9), weight_decay=0.1, foreach=False),
    "adamw": lambda own: torch.optim.AdamW(own, 1e-2, (0.5, 0.9), weight_decay=0.1, foreach=False),
    "sgd": lambda own: torch.optim.SGD(own, 1e-2, momentum=0.5, weight_decay=0.1, foreach=False),
    "rmsprop": lambda own: torch.optim.RMSprop(own, 1e-2, alpha=0.9, weight_decay=0.1, foreach=False),
}


@pytest.mark.parametrize("name", REFERENCES)
def test_every_optimizer_equals_torchs_in_float64(name: str) -> None:
    options = PlayerOptions(1e-2, name, (0.5, 0.9), weight_decay=0.1)  # type: ignore[arg-type]
    ours, theirs = (nn.Parameter(torch.linspace(-1, 1, 7, dtype=torch.float64)) for _ in range(2))
    reference = REFERENCES[name]([theirs])
    optimizer = options.optimize([ours])
    for _ in range(20):
        ours.grad, theirs.grad = ours.detach().cos(), theirs.detach().cos()
        optimizer.step()
        reference.step()
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-13)


def test_moving_averages_follow_their_formula() -> None:
    network = nn.Linear(2, 1, bias=False).double()
    averages = MovingAverages(network, {"a": list(network.parameters())}, {"a": 0.5})
    expected = network.weight.detach().clone()
    for step in range(12):
        with torch.no_grad():
            network.weight += 1
        averages.update(step)
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * network.weight.detach()
    torch.testing.assert_close(averages.state(), {"weight": expected})
    averages.reset()
    assert torch.equal(averages.state()["weight"], network.weight)


def test_players_without_an_average_have_none() -> None:
    network = nn.Linear(2, 1)
    assert MovingAverages(network, {"a": list(network.parameters())}, {"a": None}).state() == {}
