"""No game leaks: what one player minimises moves that player's tensors, and nobody else's statistics either."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from itertools import islice, repeat
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import disentangle.games
from disentangle.adversarial.game import Engine, Game, Move
from disentangle.adversarial.priors import Categorical, Normal
from disentangle.adversarial.schedules import constant
from disentangle.adversarial.spectral import spectral_norm
from disentangle.games.domain_adversarial import DomainAdversarial, DomainReversal
from disentangle.games.gan import GAN
from disentangle.games.infogan import InfoGAN
from disentangle.games.vaegan import THREE, VAEGAN
from disentangle.games.wgan import WGAN
from tests.games import test_speech_disentanglement as speech

Case = Callable[[], tuple[Game[Any], Any]]


class Split(nn.Module):
    """A network with two outputs."""

    def __init__(self, body: nn.Module, sizes: list[int]) -> None:
        super().__init__()
        self.body, self.sizes = body, sizes

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        return torch.split(self.body(x), self.sizes, 1)


def normed(inputs: int, outputs: int) -> nn.Module:
    """With batch norm, whose running statistics are not to move with others."""
    return nn.Sequential(nn.Linear(inputs, 8, bias=False), nn.BatchNorm1d(8), nn.Tanh(), nn.Linear(8, outputs))


def spectral(inputs: int, outputs: int) -> nn.Module:
    """With spectral norm, whose vectors are not to move with others."""
    return spectral_norm(nn.Sequential(nn.Linear(inputs, 8), nn.Tanh(), nn.Linear(8, outputs)))


def samples() -> Tensor:
    return torch.randn(16, 4)


def gan() -> tuple[Game[Any], Any]:
    return GAN(normed(3, 4), spectral(4, 1), Normal(3), steps=2), samples()


def simultaneous_gan() -> tuple[Game[Any], Any]:
    return GAN(normed(3, 4), normed(4, 1), Normal(3), simultaneous=True), samples()


def wgan() -> tuple[Game[Any], Any]:
    return WGAN(normed(3, 4), spectral(4, 1), Normal(3), n_critic=2), samples()


def infogan() -> tuple[Game[Any], Any]:
    return InfoGAN(normed(5, 4), Split(spectral(4, 3), [1, 2]), Normal(3), Categorical(2)), samples()


def vaegan() -> tuple[Game[Any], Any]:
    En, Dis = Split(normed(4, 4), [2, 2]), Split(spectral(4, 6), [3, 3])
    return VAEGAN(En, normed(2, 4), Dis, Normal(2), verdicts=THREE), samples()


def domain_adversarial() -> tuple[Game[Any], Any]:
    networks = normed(4, 4), normed(4, 2), spectral(4, 2)
    return DomainAdversarial(*networks, constant(0.3)), (samples(), torch.arange(16) % 2, samples() + 1)


def domain_reversal() -> tuple[Game[Any], Any]:
    networks = normed(4, 4), normed(4, 2), spectral(4, 2)
    return DomainReversal(*networks, constant(0.3)), (samples(), torch.arange(16) % 2, samples() + 1)


def speech_disentanglement() -> tuple[Game[Any], Any]:
    return speech.game(), speech.batch()


GAMES: dict[str, Case] = {
    case.__name__: case
    for case in (
        gan,
        simultaneous_gan,
        wgan,
        infogan,
        vaegan,
        domain_adversarial,
        domain_reversal,
        speech_disentanglement,
    )
}
"""A new game needs one entry: a function that builds it, small, and a batch for it; chance is seeded outside."""

every_game = pytest.mark.parametrize("case", GAMES.values(), ids=GAMES)


def classes() -> list[type[Game[Any]]]:
    """All games of the project."""
    modules = [
        importlib.import_module(f"disentangle.games.{m.name}") for m in pkgutil.iter_modules(disentangle.games.__path__)
    ]
    found = {kind for module in modules for kind in vars(module).values() if inspect.isclass(kind)}
    return sorted((k for k in found if issubclass(k, Game) and k is not Game), key=lambda k: k.__name__)


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


def test_every_game_of_the_project_is_here() -> None:
    assert {kind.__name__ for kind in classes()} == {type(case()[0]).__name__ for case in GAMES.values()}


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


ENGINE = {"detach", "detach_", "requires_grad_", "zero_grad", "no_grad", "backward", "retain_graph"}


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.__name__)
def test_a_game_is_the_mathematics_alone(kind: type[Game[Any]]) -> None:
    """One screen, its paper cited, and nothing that the engine owns."""
    source = Path(inspect.getfile(kind)).read_text(encoding="utf-8")
    tree = list(ast.walk(ast.parse(source)))
    words = {node.attr for node in tree if isinstance(node, ast.Attribute)}
    assert not ENGINE & (words | {node.arg for node in tree if isinstance(node, ast.keyword)})
    assert len(inspect.getsource(kind.round).splitlines()) <= 25
    assert "https://" in source
