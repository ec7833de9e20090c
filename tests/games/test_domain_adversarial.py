"""Domain-adversarial training: the move, the reversal layer and a loop written by hand are one."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import SGD, Optimizer

from disentangle.adversarial.game import Engine, Game, Move
from disentangle.adversarial.schedules import constant, dann_ramp, linear
from disentangle.games.domain_adversarial import Batch, DomainAdversarial, DomainReversal, domain_loss
from disentangle.games.vada import VADA


def networks() -> tuple[nn.Module, nn.Module, nn.Module]:
    torch.manual_seed(0)
    E = nn.Sequential(nn.Linear(4, 8), nn.Tanh())
    D = nn.Sequential(nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 2))
    return E, nn.Linear(8, 3), D


def batches() -> Iterator[Batch]:
    generator = torch.Generator().manual_seed(1)
    while True:
        x, x_target = torch.randn(2, 16, 4, generator=generator, dtype=torch.float64).unbind()
        yield x, (x[:, 0] > 0).long() + (x[:, 1] > 0).long(), x_target + 1


def by_hand(g: Any, optimizers: Mapping[str, Optimizer], batches: Iterator[Batch]) -> None:
    """The domain classifier on detached features; then the features against it, its gradient thrown away."""
    x, y, x_target = next(batches)
    f, f_target = g.E(x), g.E(x_target)
    domains = torch.cat([torch.zeros(16), torch.ones(16)]).long()
    confused = cross_entropy(g.D(torch.cat([f, f_target])), domains)
    for network in (g.E, g.C, g.D):
        network.zero_grad()
    torch.autograd.backward(cross_entropy(g.C(f), y) - g.λ(g.step) * confused)
    g.D.zero_grad()
    torch.autograd.backward(cross_entropy(g.D(torch.cat([f.detach(), f_target.detach()])), domains))
    for optimizer in optimizers.values():
        optimizer.step()


def test_simultaneous_move_equals_a_loop_by_hand(equals_by_hand: Callable[..., None]) -> None:
    equals_by_hand(DomainAdversarial(*networks(), dann_ramp(20)), by_hand, batches())


def test_reversal_layer_equals_a_loop_by_hand(equals_by_hand: Callable[..., None]) -> None:
    equals_by_hand(DomainReversal(*networks(), dann_ramp(20)), by_hand, batches())


class Alternating(Game[Batch]):
    """The domain classifier moves last, but on the features as they were: the same by the mathematics."""

    players = DomainAdversarial.players

    def __init__(self, E: nn.Module, C: nn.Module, D: nn.Module) -> None:
        super().__init__()
        self.E, self.C, self.D, self.λ = E, C, D, dann_ramp(20)

    def round(self, batches: Iterator[Batch]) -> Iterator[Move]:
        x, y, x_target = next(batches)
        f, f_target = self.E(x), self.E(x_target)
        label = cross_entropy(self.C(f), y)
        confuse = -self.λ(self.step) * domain_loss(self.D, f, f_target)
        yield {"extractor": {"label": label, "confuse": confuse}, "classifier": {"label": label}}
        yield {"domain": {"domain": domain_loss(self.D, f, f_target)}}


def test_alternating_on_the_same_features_equals_a_loop_by_hand(equals_by_hand: Callable[..., None]) -> None:
    equals_by_hand(Alternating(*networks()), by_hand, batches())


def test_domain_loss_of_a_blind_classifier_is_log_2() -> None:
    f = torch.randn(5, 8)
    blind = nn.Linear(8, 2)
    nn.init.zeros_(blind.weight)
    nn.init.zeros_(blind.bias)
    loss: Tensor = domain_loss(blind, f, f)
    torch.testing.assert_close(loss, torch.tensor(2.0).log())


def test_alternating_equals_a_loop_by_hand(equals_by_hand: Callable[..., None]) -> None:
    """The domain classifier first, the others against what it has become."""

    def by_hand(g: Any, optimizers: Mapping[str, Optimizer], batches: Iterator[Batch]) -> None:
        x, y, x_target = next(batches)
        f, f_target = g.E(x), g.E(x_target)
        domains = torch.cat([torch.zeros(16), torch.ones(16)]).long()
        g.zero_grad()
        torch.autograd.backward(cross_entropy(g.D(torch.cat([f.detach(), f_target.detach()])), domains))
        optimizers["domain"].step()
        confused = cross_entropy(g.D(torch.cat([f, f_target])), domains)
        torch.autograd.backward(cross_entropy(g.C(f), y) - g.λ(g.step) * confused)
        optimizers["extractor"].step()
        optimizers["classifier"].step()

    equals_by_hand(DomainAdversarial(*networks(), dann_ramp(20), alternating=True), by_hand, batches())


def test_vada_adds_its_terms_to_extractor_and_classifier(equals_by_hand: Callable[..., None]) -> None:
    def prediction(g: Any, x: Tensor) -> Tensor:
        return g.C(g.E(x)).log_softmax(1)  # type: ignore[no-any-return]

    def smooth(g: Any, x: Tensor) -> Tensor:
        """The change in the direction of the gradient of the KL at a small step of chance."""
        fixed = prediction(g, x).detach()
        d = torch.randn_like(x)
        r = (1e-2 * d / d.norm(dim=1, keepdim=True)).requires_grad_()
        (d,) = torch.autograd.grad((fixed.exp() * (fixed - prediction(g, x + r))).sum(), r)
        changed = prediction(g, x + 0.5 * d / d.norm(dim=1, keepdim=True))
        return (fixed.exp() * (fixed - changed)).sum(1).mean()

    def hand(g: Any, optimizers: Mapping[str, Optimizer], batches: Iterator[Batch]) -> None:
        x, y, x_target = next(batches)
        domains = torch.cat([torch.zeros(16), torch.ones(16)]).long()
        f, log_p = torch.cat([g.E(x), g.E(x_target)]), prediction(g, x_target)
        sure = -(log_p.exp() * log_p).sum(1).mean()
        loss = (
            cross_entropy(g.C(g.E(x)), y) + min(g.step / 10, 1) * sure + 0.4 * smooth(g, x) + 0.4 * smooth(g, x_target)
        )
        g.zero_grad()
        torch.autograd.backward(loss - 0.3 * cross_entropy(g.D(f), domains))
        g.D.zero_grad()
        torch.autograd.backward(cross_entropy(g.D(f.detach()), domains))
        for optimizer in optimizers.values():
            optimizer.step()

    game = VADA(*networks(), constant(0.3), linear(0.0, 1.0, 0, 10), constant(0.4), ε=0.5)
    equals_by_hand(game, hand, batches())


def shifted() -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Of two numbers that tell the label, the second one is 4 further in the target."""
    while True:
        y = torch.randint(2, (2, 64))
        x, x_target = 2.0 * y[:, :, None] - 1 + 0.5 * torch.randn(2, 64, 2)
        yield x, y[0], x_target + torch.tensor([0.0, 4.0])


@pytest.mark.parametrize("form", ["simultaneous", "alternating", "reversal", "source only"])
def test_features_are_distributed_alike_on_a_constructed_shift(form: str) -> None:
    """What a linear extractor takes from the shifted number is all that tells the domains apart: it lets go of it."""
    torch.manual_seed(0)
    E, C, D = nn.Linear(2, 1), nn.Linear(1, 2), nn.Linear(1, 2)
    nn.init.constant_(E.weight, 0.5)
    if form == "reversal":
        game: Game[Any] = DomainReversal(E, C, D, constant(1.0))
    else:
        λ = constant(0.0 if form == "source only" else 1.0)
        game = DomainAdversarial(E, C, D, λ, alternating=form == "alternating")
    engine = Engine(game, {player: SGD(own, 0.1, weight_decay=0.01) for player, own in game.owned().items()})
    data = shifted()
    for _ in range(400):
        engine.play(data)
    x, y, x_target = next(data)
    with torch.no_grad():
        f, f_target = E(x), E(x_target)
        apart = float((f.mean() - f_target.mean()).abs() / f.std())
        right = float((C(f).argmax(1) == y).float().mean())
    assert right > 0.95
    assert apart > 1.0 if form == "source only" else apart < 0.3
