"""Statistics of networks that do not move: used, kept, and counted when their own network moves."""

from collections.abc import Iterator
from itertools import repeat
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.optim import SGD

from disentangle.adversarial.game import Engine, Move
from disentangle.adversarial.spectral import spectral_norm
from tests.adversarial.pair import Pair, one_move, rounds


def test_statistics_of_who_does_not_move_are_used_but_kept() -> None:
    """B moves through A: A normalises by its batch, and keeps the statistics of its own moves."""

    def moves(g: Any, _: Tensor) -> Iterator[Move]:
        outputs.append(g.A(torch.randn(64, 2) + 5).mean().item())
        yield {"second": {"t": g.B(g.A(torch.randn(64, 2) + 5)).square().sum()}}
        buffers.append([buffer.clone() for buffer in g.A.buffers()])
        yield {"first": {"t": g.A(torch.randn(64, 2) + 5).square().sum()}}

    torch.manual_seed(0)
    outputs: list[float] = []
    buffers: list[list[Tensor]] = []
    instance = nn.InstanceNorm1d(2, track_running_stats=True)
    norm = spectral_norm(nn.Sequential(nn.BatchNorm1d(2), nn.Linear(2, 4), nn.Unflatten(1, (2, 2)), instance))
    norm[0].register_buffer("reassigned", torch.zeros(1))
    norm[0].register_forward_hook(lambda layer, *_: setattr(layer, "reassigned", layer.reassigned + 1))
    game = Pair(moves, norm)
    start = {name: buffer.clone() for name, buffer in norm.named_buffers()}
    rounds(game)
    assert abs(outputs[0]) < 1
    assert all(map(torch.equal, buffers[0], start.values()))
    now = [buffer.clone() for buffer in norm.buffers()]
    assert [name for name, buffer in norm.named_buffers() if torch.equal(buffer, start[name])] == [
        "3.num_batches_tracked"
    ]
    assert now[2].item() == start["0.num_batches_tracked"] + 1
    rounds(game)
    assert all(map(torch.equal, buffers[1], now))


def test_statistics_of_a_pass_before_anothers_move_count_when_its_network_moves() -> None:
    """A generator moves on the samples that its critic moved on: without that its statistics would never be learnt."""

    def moves(g: Any, x: Tensor) -> Iterator[Move]:
        x_ = g.A(x + 5)
        yield {"second": {"t": g.B(x_).square().sum()}}
        between.append(g.A[0].num_batches_tracked.item())
        if g.step == 2:
            return
        x_ = g.A(x - 5) if g.step == 1 else x_
        yield {"first": {"t": g.B(x_).square().sum()}}

    between: list[int] = []
    game = Pair(moves, nn.Sequential(nn.BatchNorm1d(2), nn.Linear(2, 2)))
    engine = Engine(game, {player: SGD(own, 0.1) for player, own in game.owned().items()})
    means: list[list[float]] = []
    for game.step in range(4):
        engine.play(repeat(torch.ones(4, 2)))
        means.append(game.A[0].running_mean.tolist())  # type: ignore[index]
    first, anew = 0.1 * 6, 0.9 * 0.1 * 6 - 0.1 * 4
    last = 0.9 * anew + 0.1 * 6
    assert [mean for mean, _ in means] == pytest.approx([first, anew, anew, last])
    assert between == [0, 1, 2, 2]


def test_what_nobody_owns_keeps_its_statistics_and_may_be_changed_between_rounds() -> None:
    game = Pair(one_move(t=lambda g, x: g.A(g.frozen(x + torch.randn(4, 2))).sum()))
    game.frozen = nn.BatchNorm1d(2, affine=False)
    engine = Engine(game, {player: SGD(own, 0.1) for player, own in game.owned().items()})
    engine.play(repeat(torch.ones(4, 2)))
    assert game.frozen.running_mean.tolist() == [0, 0]  # type: ignore[union-attr]
    game.frozen.running_mean.fill_(3)  # type: ignore[union-attr]
    engine.play(repeat(torch.ones(4, 2)))
    assert game.frozen.running_mean.tolist() == [3, 3]  # type: ignore[union-attr]


def test_a_made_sample_is_used_again_although_its_batch_norm_was_put_back() -> None:
    def moves(g: Any, _: Tensor) -> Iterator[Move]:
        x_ = g.A(torch.randn(8, 2))
        yield {"second": {"t": g.B(x_).square().sum()}}
        yield {"first": {"t": g.B(x_).square().sum()}}

    rounds(Pair(moves, nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.BatchNorm1d(2))), 3)
