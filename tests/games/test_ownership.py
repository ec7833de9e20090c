"""No game leaks: what one player minimises moves that player's tensors, and nobody else's statistics either."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from itertools import islice, repeat
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import disentangle.games
from disentangle.adversarial.game import Engine, Game, Move
from disentangle.adversarial.priors import Categorical, Joint, Normal, Uniform
from disentangle.adversarial.schedules import constant
from disentangle.adversarial.spectral import spectral_norm
from disentangle.adversarial.teacher import MeanTeacher
from disentangle.games.autoencoder import VAE, Autoencoder
from disentangle.games.bigan import BiGAN
from disentangle.games.classifier import Classifier, FewLabels
from disentangle.games.domain_adversarial import DomainAdversarial, DomainReversal
from disentangle.games.gan import GAN
from disentangle.games.infogan import InfoGAN, OnReal
from disentangle.games.latent_regressor import LatentRegressor
from disentangle.games.triplegan import TripleGAN
from disentangle.games.vada import VADA
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


class Pairs(nn.Module):
    """A network of two inputs side by side."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        logits: Tensor = self.body(torch.cat([x, y], 1))
        return logits


def normed(inputs: int, outputs: int) -> nn.Module:
    """With batch norm, whose running statistics are not to move with others."""
    return nn.Sequential(nn.Linear(inputs, 8, bias=False), nn.BatchNorm1d(8), nn.Tanh(), nn.Linear(8, outputs))


def spectral(inputs: int, outputs: int) -> nn.Module:
    """With spectral norm, whose vectors are not to move with others."""
    return spectral_norm(nn.Sequential(nn.Linear(inputs, 8), nn.Tanh(), nn.Linear(8, outputs)))


def samples() -> Tensor:
    return torch.randn(16, 4)


def few_labels() -> FewLabels:
    return FewLabels(samples()[:6], torch.arange(6) % 3, samples())


def wobble(x: Tensor) -> Tensor:
    return x + 0.1 * torch.randn_like(x)


def gan() -> tuple[Game[Any], Any]:
    return GAN(normed(3, 4), spectral(4, 1), Normal(3), steps=2), samples()


def simultaneous_gan() -> tuple[Game[Any], Any]:
    return GAN(normed(3, 4), normed(4, 1), Normal(3), simultaneous=True), samples()


def wgan() -> tuple[Game[Any], Any]:
    return WGAN(normed(3, 4), spectral(4, 1), Normal(3), n_critic=2), samples()


def infogan() -> tuple[Game[Any], Any]:
    return InfoGAN(normed(5, 4), Split(spectral(4, 3), [1, 2]), Normal(3), Categorical(2)), samples()


def infogan_on_real() -> tuple[Game[Any], Any]:
    code, real = Joint((Uniform(1), Categorical(2))), OnReal(wobble, constant(0.3), constant(0.2))
    return InfoGAN(normed(6, 4), Split(normed(4, 5), [1, 4]), Normal(3), code, λ_G=0.5, on_real=real), samples()


def bigan() -> tuple[Game[Any], Any]:
    return BiGAN(normed(4, 3), normed(3, 4), Pairs(spectral(7, 1)), Normal(3)), samples()


def latent_regressor() -> tuple[Game[Any], Any]:
    return LatentRegressor(normed(4, 3), normed(3, 4), spectral(4, 1), Normal(3)), samples()


def autoencoder() -> tuple[Game[Any], Any]:
    return Autoencoder(normed(4, 2), normed(2, 4), "l1"), samples()


def vae() -> tuple[Game[Any], Any]:
    return VAE(Split(normed(4, 4), [2, 2]), normed(2, 4), 0.5), samples()


def labels_only() -> tuple[Game[Any], Any]:
    return Classifier(normed(4, 3)), few_labels()


def classifier() -> tuple[Game[Any], Any]:
    C = normed(4, 3)
    return Classifier(C, MeanTeacher(C, wobble, constant(3.0))), few_labels()


def triplegan() -> tuple[Game[Any], Any]:
    C = normed(4, 3)
    networks, priors = (C, normed(5, 4), Pairs(spectral(7, 1))), (Normal(2), Categorical(3))
    teacher = MeanTeacher(C, wobble, constant(3.0))
    return TripleGAN(*networks, *priors, constant(0.1), teacher=teacher, confidence=constant(0.3)), few_labels()


def triplegan_of_the_box() -> tuple[Game[Any], Any]:
    networks, priors = (normed(4, 3), normed(5, 4), Pairs(normed(7, 1))), (Normal(2), Categorical(3))
    return TripleGAN(*networks, *priors, constant(0.1), every_label=False), few_labels()


def vaegan() -> tuple[Game[Any], Any]:
    En, Dis = Split(normed(4, 4), [2, 2]), Split(spectral(4, 6), [3, 3])
    return VAEGAN(En, normed(2, 4), Dis, Normal(2), verdicts=THREE), samples()


def domain_adversarial() -> tuple[Game[Any], Any]:
    networks = normed(4, 4), normed(4, 2), spectral(4, 2)
    return DomainAdversarial(*networks, constant(0.3)), (samples(), torch.arange(16) % 2, samples() + 1)


def alternating_domain_adversarial() -> tuple[Game[Any], Any]:
    networks = normed(4, 4), normed(4, 2), spectral(4, 2)
    game = DomainAdversarial(*networks, constant(0.3), alternating=True)
    return game, (samples(), torch.arange(16) % 2, samples() + 1)


def vada() -> tuple[Game[Any], Any]:
    networks = normed(4, 4), normed(4, 2), spectral(4, 2)
    game = VADA(*networks, constant(0.3), constant(0.2), constant(0.5), ε=0.5)
    return game, (samples(), torch.arange(16) % 2, samples() + 1)


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
        infogan_on_real,
        vaegan,
        bigan,
        latent_regressor,
        autoencoder,
        vae,
        labels_only,
        classifier,
        triplegan,
        triplegan_of_the_box,
        domain_adversarial,
        alternating_domain_adversarial,
        vada,
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


LONG = {"speech_disentanglement.py"}
"""No one paper's algorithm: the lecture's game with every term that its ablation switches on and off."""

ENGINE = {"detach", "detach_", "requires_grad_", "zero_grad", "no_grad", "backward", "retain_graph"}


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.__name__)
def test_a_game_is_the_mathematics_alone(kind: type[Game[Any]]) -> None:
    """One screen, its paper cited, and nothing that the engine owns."""
    name = Path(inspect.getfile(kind)).name
    source = Path(inspect.getfile(kind)).read_text(encoding="utf-8")
    tree = list(ast.walk(ast.parse(source)))
    words = {node.attr for node in tree if isinstance(node, ast.Attribute)}
    assert not ENGINE & (words | {node.arg for node in tree if isinstance(node, ast.keyword)})
    assert len(inspect.getsource(kind.round).splitlines()) <= 25
    assert len(source.splitlines()) <= (300 if name in LONG else 100)
    assert "https://" in source
