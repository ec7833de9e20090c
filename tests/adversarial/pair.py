"""A game of two networks whose round a test gives."""

from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import SGD

from disentangle.adversarial.game import Engine, Game, Move

Round = Callable[[Any, Tensor], Iterator[Move]]


class Pair(Game[Tensor]):
    """Two networks whose round is given."""

    players = {"first": "A", "second": "B"}  # noqa: RUF012

    def __init__(self, moves: Round, A: nn.Module | None = None, B: nn.Module | None = None) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.A, self.B, self.moves = A or nn.Linear(2, 2), B or nn.Linear(2, 2), moves

    def round(self, batches: Iterator[Tensor]) -> Iterator[Move]:
        return self.moves(self, next(batches))


def rounds(game: Game[Any], number: int = 1, **options: Any) -> dict[str, float]:
    """Play with a batch of ones and plain gradient steps."""
    engine = Engine(game, {player: SGD(own, 0.1) for player, own in game.owned().items()}, **options)
    return [engine.play(repeat(torch.ones(4, 2))) for _ in range(number)][-1]


def one_move(**terms: Callable[[Any, Tensor], Tensor]) -> Round:
    def moves(g: Any, x: Tensor) -> Iterator[Move]:
        yield {"first": {name: term(g, x) for name, term in terms.items()}}

    return moves
