"""The yardstick of every game: a loop written by hand moves a copy of its networks to the same place."""

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import torch
from torch.optim import Adam, Optimizer

from disentangle.adversarial.game import Engine, Game
from disentangle.adversarial.options import PlayerOptions

Hand = Callable[[Any, Mapping[str, Optimizer], Iterator[Any]], None]
Check = Callable[..., None]


@pytest.fixture
def equals_by_hand() -> Check:
    """Plays 20 rounds in float64 by the engine and by hand: all weights agree to 1e-12."""

    def check(game: Game[Any], by_hand: Hand, batches: Iterator[Any], rate: float = 1e-2) -> None:
        hand, game = copy.deepcopy(game).double(), game.double()
        start = {player: [tensor.clone() for tensor in own] for player, own in game.owned().items()}
        engine = Engine(game, {player: PlayerOptions(rate).optimize(own) for player, own in game.owned().items()})
        optimizers = {player: Adam(own, rate) for player, own in hand.owned().items()}
        drawn = [next(batches) for _ in range(120)]
        one, other = iter(drawn), iter(drawn)
        for step in range(20):
            game.step = hand.step = step
            torch.manual_seed(step)
            engine.play(one)
            torch.manual_seed(step)
            by_hand(hand, optimizers, other)
        assert len(list(one)) == len(list(other))
        expected = dict(hand.named_parameters())
        for name, tensor in game.named_parameters():
            torch.testing.assert_close(tensor, expected[name], rtol=0, atol=1e-12)
        for player, own in game.owned().items():
            assert not all(map(torch.equal, own, start[player])), f"{player} never moved"

    return check
