"""Domain-adversarial training: the move, the reversal layer and a loop written by hand are one."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import Optimizer

from disentangle.adversarial.game import Game, Move
from disentangle.adversarial.schedules import dann_ramp
from disentangle.games.domain_adversarial import Batch, DomainAdversarial, DomainReversal, domain_loss


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
