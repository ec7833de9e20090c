"""No game leaks: what one player minimises moves that player's tensors, and nobody else's statistics either."""

from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import islice, repeat
from typing import Any

import torch
from torch import Tensor

from disentangle.adversarial.game import Engine, Game, Move
from tests.games.cases import Case, every_game


def play(case: Case, stop: int, perturbed: str = "") -> tuple[Game[Any], list[Move], dict[str, Tensor]]:
    """Play the first moves of a round by plain gradient steps, the loss of one player perturbed in the last of them.

    Returns:
        The game, its moves, and its state before the last of them.
    """
    torch.manual_seed(0)
    game, batch = case()
    moves: list[Move] = []
    before: dict[str, Tensor] = {}
    round_ = game.round

    def watched(batches: Iterator[Any]) -> Iterator[Move]:
        start = {name: tensor.clone() for name, tensor in game.state_dict().items()}
        for move in islice(round_(batches), stop):
            moves.append(move)
            before.update(start)
            last = len(moves) == stop
            yield {
                player: {name: -2 * term if last and player == perturbed else term for name, term in terms.items()}
                for player, terms in move.items()
            }
            start = {name: tensor.clone() for name, tensor in game.state_dict().items()}

    game.round = watched  # type: ignore[method-assign]
    optimizers = {player: torch.optim.SGD(own, 0.1) for player, own in game.owned().items()}
    torch.manual_seed(1)
    Engine(game, optimizers).play(repeat(batch))
    return game, moves, before


def moves_of(case: Case) -> list[Move]:
    return play(case, stop=99)[1]


def owned_names(game: Game[Any], player: str) -> set[str]:
    """The names, in the game's state, of everything that a player owns: weights and buffers."""
    parts = game.players[player]
    parts = (parts,) if isinstance(parts, str) else parts
    return {name for name in game.state_dict() for part in parts if name == part or name.startswith(part + ".")}


def changed(one: dict[str, Tensor], other: dict[str, Tensor]) -> set[str]:
    return {name for name in one if not torch.equal(one[name], other[name])}


@every_game
def test_a_perturbed_loss_moves_its_own_player_alone(case: Case) -> None:
    for stop, move in enumerate(moves_of(case), 1):
        expected = play(case, stop)[0].state_dict()
        for player in move:
            game, _, _ = play(case, stop, perturbed=player)
            different = changed(expected, game.state_dict())
            assert different, f"move {stop}: perturbing {player} changed nothing"
            assert different <= owned_names(game, player), f"move {stop}: {player} leaks"


@every_game
def test_who_does_not_move_keeps_weights_and_statistics_to_the_bit(case: Case) -> None:
    for stop, move in enumerate(moves_of(case), 1):
        game, _, before = play(case, stop)
        movers = {name for player in move for name in owned_names(game, player)}
        assert changed(before, game.state_dict()) <= movers, f"move {stop}"


@every_game
def test_every_player_moves_all_of_its_networks(case: Case) -> None:
    moves = moves_of(case)
    game, _, _ = play(case, stop=99)
    torch.manual_seed(0)
    start = case()[0].state_dict()
    assert {player for move in moves for player in move} == set(game.owned())
    for player, parts in game.players.items():
        for part in (parts,) if isinstance(parts, str) else parts:
            if getattr(game, part, None) is not None:
                names = {name for name in owned_names(game, player) if name.startswith(part)}
                assert changed(start, game.state_dict()) & names, f"{part} of {player} stays as it was"


@every_game
def test_every_tensor_has_one_owner(case: Case) -> None:
    game, _ = case()
    owned = [id(tensor) for tensors in game.owned().values() for tensor in tensors]
    assert sorted(owned) == sorted(id(tensor) for tensor in game.parameters() if tensor.requires_grad)


def descent(case: Case, stop: int, player: str) -> tuple[float, float]:
    """How much a step of one player in a move lowers its loss, all chance and everybody else held, and how much its
    gradient foretells to first order; in float64.
    """
    torch.manual_seed(0)
    game, batch = case()
    game, batch = game.double(), doubled(batch)
    start = {name: tensor.clone() for name, tensor in game.state_dict().items()}
    own = game.owned()

    def loss() -> Tensor:
        """Of the player in the move, nobody having stepped; leaves buffers as at the start."""
        moves: list[Move] = []
        round_ = type(game).round
        game.round = lambda batches: noted(round_(game, batches), moves, stop)  # type: ignore[method-assign]
        torch.manual_seed(1)
        Engine(game, {name: torch.optim.SGD(tensors, 0.0) for name, tensors in own.items()}).play(repeat(batch))
        buffers = dict(game.named_buffers())
        for name in buffers.keys() & start.keys():
            buffers[name].copy_(start[name])
        return torch.stack(list(moves[-1][player].values())).sum().detach()

    before = loss()
    slopes = [torch.zeros_like(t) if t.grad is None else t.grad.clone() for t in own[player]]
    foretold = RATE * float(sum(slope.square().sum() for slope in slopes))
    with torch.no_grad():
        for tensor, slope in zip(own[player], slopes, strict=True):
            tensor.sub_(RATE * slope)
    return float(before - loss()), foretold


RATE = 1e-5


def noted(round_: Iterator[Move], moves: list[Move], stop: int) -> Iterator[Move]:
    for move in islice(round_, stop):
        moves.append(move)
        yield move


def doubled(batch: Any) -> Any:
    """A batch in float64, labels as they are."""
    if isinstance(batch, Tensor):
        return batch.double() if batch.is_floating_point() else batch
    if isinstance(batch, tuple):
        return type(batch)(*map(doubled, batch)) if hasattr(batch, "_fields") else tuple(map(doubled, batch))
    return replace(batch, **{field.name: doubled(getattr(batch, field.name)) for field in fields(batch)})


CLIMBS = {"domain_reversal"}
"""One player whose extractor climbs the domain loss that its domain classifier descends."""


@every_game
def test_a_small_step_of_each_player_lowers_its_own_loss(case: Case) -> None:
    for stop, move in enumerate(moves_of(case), 1):
        for player in () if case.__name__ in CLIMBS else move:
            fallen, foretold = descent(case, stop, player)
            assert fallen > 0, f"move {stop}: {player} climbs"
            assert 0.5 < fallen / foretold < 2, f"move {stop}: the loss of {player} is not what its gradient is of"
