"""InfoGAN moves its weights exactly as a loop written by hand does, and finds a code."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, logsigmoid
from torch.optim import Optimizer

from disentangle.adversarial.game import Engine
from disentangle.adversarial.options import PlayerOptions
from disentangle.adversarial.priors import Categorical, Joint, Normal, Uniform, classes
from disentangle.adversarial.schedules import linear
from disentangle.games.infogan import NO_CRITIC, InfoGAN, OnReal

CODE = Joint((Categorical(4), Uniform(1)))


class Critic(nn.Module):
    """A trunk with a head for the verdict and one for the code."""

    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 16), nn.LeakyReLU(0.2))
        self.verdict, self.guess = nn.Linear(16, 1), nn.Linear(16, outputs)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        f = self.trunk(x)
        return self.verdict(f), self.guess(f)


def game(λ: float, code: Joint = CODE, **options: Any) -> InfoGAN:
    torch.manual_seed(0)
    G = nn.Sequential(nn.Linear(2 + code.dims, 32, bias=False), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 2))
    return InfoGAN(G, Critic(code.outputs), Normal(2), code, λ, **options)


def clusters(dtype: torch.dtype = torch.float64) -> Iterator[Tensor]:
    """Four clusters at the corners of a square."""
    generator = torch.Generator().manual_seed(1)
    while True:
        corner = torch.randint(2, (64, 2), generator=generator) * 2.0 - 1
        yield (corner + 0.1 * torch.randn(64, 2, generator=generator)).to(dtype)


def test_equals_a_loop_by_hand(equals_by_hand: Callable[..., None]) -> None:
    def code_loss(q: Tensor, c: Tensor) -> Tensor:
        digit, mean, log_std = q[:, :4], q[:, 4:5], q[:, 5:6]
        normal = log_std + (c[:, 4:] - mean) ** 2 / (2 * torch.exp(2 * log_std)) + math.log(2 * math.pi) / 2
        return cross_entropy(digit, c[:, :4].argmax(1)) + normal.mean()

    def by_hand(g: Any, optimizers: Mapping[str, Optimizer], batches: Iterator[Tensor]) -> None:
        x = next(batches)
        z = torch.randn(len(x), 2, dtype=x.dtype)
        digit = nn.functional.one_hot(torch.randint(4, (len(x),)), 4)
        c = torch.cat([digit, -1 + 2 * torch.rand(len(x), 1, dtype=x.dtype)], 1)
        x_ = g.G(torch.cat([z, c], 1))
        optimizers["critic"].zero_grad()
        (d, _), (d_, q) = g.D(x), g.D(x_.detach())
        loss = -logsigmoid(d).mean() - logsigmoid(-d_).mean() + 0.5 * code_loss(q, c)
        torch.autograd.backward(loss)
        optimizers["critic"].step()
        optimizers["generator"].zero_grad()
        d_, q = g.D(x_)
        torch.autograd.backward(-logsigmoid(d_).mean() + 0.5 * code_loss(q, c))
        optimizers["generator"].step()

    equals_by_hand(game(0.5), by_hand, clusters())


def test_the_code_becomes_readable_only_if_it_is_asked_for() -> None:
    """The bound H(c) - E[-log Q(c|x)] on the mutual information rises to the class's entropy."""

    def information(λ: float) -> float:
        g, batches = game(λ), clusters(torch.float32)
        engine = Engine(g, {player: PlayerOptions(4e-3).optimize(own) for player, own in g.owned().items()})
        for _ in range(200):
            engine.play(batches)
        digit, c = Categorical(4), CODE.sample(512)
        with torch.no_grad():
            _, q = g.D(g.G(torch.cat([torch.randn(512, 2), c], 1)))
        return digit.entropy() - float(digit.surprise(q[:, :4], c[:, :4]).mean())

    assert information(1.0) > 0.8 > 0.3 > information(0.0)


def turned(x: Tensor) -> Tensor:
    """By a small angle of its own each, on the real clusters' circle."""
    a = 0.2 * torch.randn(len(x), 1, dtype=x.dtype)
    return torch.cat([x[:, :1] * a.cos() - x[:, 1:] * a.sin(), x[:, :1] * a.sin() + x[:, 1:] * a.cos()], 1)


def test_what_is_asked_on_real_samples_is_added_to_the_critic_alone(equals_by_hand: Callable[..., None]) -> None:
    """What classes of a sample and its change lack in common, a weight of the generator's own, and no verdicts."""

    def code_loss(q: Tensor, c: Tensor) -> Tensor:
        return CODE.surprise(q, c).mean()

    def by_hand(g: Any, optimizers: Mapping[str, Optimizer], batches: Iterator[Tensor]) -> None:
        x = next(batches)
        z, c = torch.randn(len(x), 2, dtype=x.dtype), CODE.sample(len(x), like=x)
        x_ = g.G(torch.cat([z, c], 1))
        p, p_ = g.D(x)[1][:, :4].softmax(1), g.D(turned(x))[1][:, :4].softmax(1)
        joint = torch.einsum("ni,nj->ij", p, p_) / len(x)
        joint = (joint + joint.T) / 2
        common = (joint * (joint / torch.outer(joint.sum(0), joint.sum(0))).log()).sum()
        optimizers["critic"].zero_grad()
        ramp = min(g.step / 10, 1)
        torch.autograd.backward(0.5 * code_loss(g.D(x_.detach())[1], c) + ramp * (math.log(4) - common))
        optimizers["critic"].step()
        optimizers["generator"].zero_grad()
        torch.autograd.backward(0.2 * code_loss(g.D(x_)[1], c))
        optimizers["generator"].step()

    on_real = OnReal(turned, linear(0.0, 1.0, 0, 10))
    equals_by_hand(game(0.5, objective=NO_CRITIC, λ_G=0.2, on_real=on_real), by_hand, clusters())


def test_changes_are_asked_apart_of_the_continuous_parts_and_the_generator_alone(
    equals_by_hand: Callable[..., None],
) -> None:
    code = Joint((Uniform(2), Categorical(4), Uniform(1)))

    def by_hand(g: Any, optimizers: Mapping[str, Optimizer], batches: Iterator[Tensor]) -> None:
        x = next(batches)
        z, c = torch.randn(len(x), 2, dtype=x.dtype), code.sample(len(x), like=x)
        x_ = g.G(torch.cat([z, c], 1))
        optimizers["critic"].zero_grad()
        d, (d_, q) = g.D(x)[0], g.D(x_.detach())
        torch.autograd.backward(-logsigmoid(d).mean() - logsigmoid(-d_).mean() + code.surprise(q, c).mean())
        optimizers["critic"].step()
        optimizers["generator"].zero_grad()
        d_, q = g.D(x_)
        shares = []
        for _ in range(2):
            signs = torch.randint(2, (len(x), 7)).double() * 0.2 - 0.1
            moved = c + torch.cat([signs[:, :2], torch.zeros(len(x), 4), signs[:, 6:]], 1)
            shares.append(((g.G(torch.cat([z, moved], 1)) - x_) ** 2).sum(1))
        apart = (((shares[0] - shares[1]) / (shares[0] + shares[1])) ** 2).mean()
        torch.autograd.backward(-logsigmoid(d_).mean() + code.surprise(q, c).mean() + 3 * apart)
        optimizers["generator"].step()

    equals_by_hand(game(1.0, code=code, apart=3.0), by_hand, clusters())


@pytest.mark.parametrize(("λ_G", "low", "high"), [(1.0, 0.98, 1.0), (0.0, -1.0, 0.5)])
def test_the_information_reaches_the_codes_entropy_where_it_is_asked_for(λ_G: float, low: float, high: float) -> None:
    """A code that G could show in one number: all of H(c) with the code term, not even half of it without."""
    torch.manual_seed(0)
    code = Categorical(4)
    G = nn.Linear(1 + 4, 1)
    nn.init.constant_(G.weight, 0.1)
    D = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 5))
    D.register_forward_hook(lambda _, __, y: (y[:, :1], y[:, 1:]))
    g = InfoGAN(G, D, Normal(1), code, objective=NO_CRITIC, λ_G=λ_G)
    nn.init.normal_(G.weight[:, 1:], std=0.05)
    engine = Engine(g, {player: PlayerOptions(2e-2).optimize(own) for player, own in g.owned().items()})
    x = torch.zeros(64, 1)
    for _ in range(300):
        engine.play(iter([x]))
    with torch.no_grad():
        share = float(g.information(2000, like=x)) / code.entropy()
    assert low <= share <= high


def test_the_classes_of_a_guess_are_its_categorical_parts() -> None:
    q = torch.arange(10.0)[None]
    code = Joint((Uniform(1), Categorical(3), Normal(1), Categorical(3)))
    assert [part.tolist() for part in classes(code, q)] == [[[2, 3, 4]], [[7, 8, 9]]]
    assert [part.tolist() for part in classes(Categorical(10), q)] == [q.tolist()]
