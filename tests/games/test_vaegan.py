"""VAE-GAN moves its weights exactly as a loop written by hand with ``detach`` does."""

import copy
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, logsigmoid
from torch.optim import SGD, Adam, Optimizer

from disentangle.adversarial.game import Engine
from disentangle.adversarial.priors import Normal
from disentangle.games.vaegan import THREE, TWO, VAEGAN, Verdicts


class Encoder(nn.Module):
    """Mean and log deviation of two dims."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 4))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_std = self.body(x).chunk(2, 1)
        return mean, log_std


class Critic(nn.Module):
    """The features are those of its one hidden layer."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.body, self.head = nn.Sequential(nn.Linear(5, 8), nn.Tanh()), nn.Linear(8, classes)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        f = self.body(x)
        return self.head(f), f


def game(verdicts: Verdicts) -> VAEGAN:
    torch.manual_seed(0)
    De = nn.Sequential(nn.Linear(2, 8, bias=False), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 5))
    return VAEGAN(Encoder(), De, Critic(3 if verdicts is THREE else 1), Normal(2), 0.3, verdicts)


def batches() -> Iterator[Tensor]:
    generator = torch.Generator().manual_seed(1)
    while True:
        yield torch.randn(16, 5, generator=generator, dtype=torch.float64)


def cost(d: Tensor, kind: int) -> Tensor:
    """Of the verdict that a sample is real (0), reconstructed (1) or generated (2)."""
    if d.shape[1] == 3:
        return cross_entropy(d, torch.full((len(d),), kind))
    return -logsigmoid(-d if kind else d).mean()


def by_hand(g: Any, optimizers: Mapping[str, Optimizer], batches: Iterator[Tensor]) -> None:
    """Each gradient on a copy of the networks, all of them before any step."""
    x = next(batches)
    ε, z = torch.randn(2, len(x), 2, dtype=x.dtype).unbind()
    for player, name in g.players.items():
        own = copy.deepcopy(g)
        mean, log_std = own.En(x)
        code = mean + log_std.exp() * ε
        x_rec, x_gen = own.De(code if player == "encoder" else code.detach()), own.De(z)
        if player == "critic":
            x_rec, x_gen = x_rec.detach(), x_gen.detach()
        (d, f), (d_rec, f_rec), (d_gen, _) = own.Dis(x), own.Dis(x_rec), own.Dis(x_gen)
        error = 0.5 * ((f_rec - f) ** 2).sum(1).mean()
        kl = -0.5 * (1 + 2 * log_std - mean**2 - (2 * log_std).exp()).sum(1).mean()
        loss = {
            "encoder": kl + error,
            "decoder": 0.3 * error + cost(d_rec, 0) + cost(d_gen, 0),
            "critic": cost(d, 0) + cost(d_rec, 1) + cost(d_gen, 2),
        }[player]
        torch.autograd.backward(loss)
        for mine, copied in zip(getattr(g, name).parameters(), getattr(own, name).parameters(), strict=True):
            mine.grad = copied.grad
    for optimizer in optimizers.values():
        optimizer.step()


@pytest.mark.parametrize("verdicts", [TWO, THREE], ids=["two classes", "three classes"])
def test_equals_a_loop_by_hand(verdicts: Verdicts, equals_by_hand: Callable[..., None]) -> None:
    equals_by_hand(game(verdicts), by_hand, batches())


class Posterior(nn.Module):
    """A mean linear in x, one deviation for all."""

    def __init__(self) -> None:
        super().__init__()
        self.mean, self.log_std = nn.Linear(1, 1), nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.mean(x), self.log_std.expand(len(x), 1)


class Plain(nn.Module):
    """A critic whose features are the samples themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(1, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.head(x), x


def test_the_encoder_finds_the_posterior_of_a_gaussian_and_its_terms_their_closed_form() -> None:
    """For a decoder 2z with unit error it is N(2x / 5, 1 / 5); KL and error are averaged over x ~ N(0, 1)."""
    torch.manual_seed(0)
    De = nn.Linear(1, 1)
    nn.init.constant_(De.weight, 2.0)
    nn.init.zeros_(De.bias)
    g = VAEGAN(Posterior(), De, Plain(), Normal(1))
    rest = {player: SGD(own, 0.0) for player, own in g.owned().items() if player != "encoder"}
    encoder = Adam(g.En.parameters(), 3e-2, (0.5, 0.9))
    engine = Engine(g, rest | {"encoder": encoder})
    x = torch.special.ndtri((torch.arange(1024) + 0.5) / 1024)[:, None]
    kept = []
    for t in range(400):
        encoder.param_groups[0]["lr"] = 3e-2 * (1 - t / 400)
        kept.append(engine.play(iter([x])))
    mean, log_std = g.En(torch.tensor([[1.0]]))
    assert [mean.item(), log_std.exp().square().item()] == pytest.approx([2 / 5, 1 / 5], abs=0.02)
    kl = (1 / 5 + 4 / 25 - 1 + math.log(5)) / 2
    error = ((1 - 4 / 5) ** 2 + 4 / 5) / 2
    for term, expected in (("kl", kl), ("reconstruction", error)):
        found = sum(values[f"encoder/{term}"] for values in kept[-100:]) / 100
        assert found == pytest.approx(expected, abs=0.02)
