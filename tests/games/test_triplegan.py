"""Triple-GAN and its baselines move as loops written by hand do; its critic's optimum and a toy of two classes."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, logsigmoid, one_hot
from torch.optim import SGD, Optimizer

from disentangle.adversarial.game import Engine
from disentangle.adversarial.priors import Categorical, Normal
from disentangle.adversarial.schedules import constant, linear
from disentangle.adversarial.teacher import MeanTeacher
from disentangle.adversarial.without_labels import WithoutLabels
from disentangle.games.classifier import Classifier, FewLabels
from disentangle.games.triplegan import TripleGAN, drawn


class Labelled(nn.Module):
    """A critic of sample and label: a linear one of the sample's features for each label."""

    def __init__(self, features: int, labels: int) -> None:
        super().__init__()
        self.heads = nn.Linear(features, labels)
        nn.init.zeros_(self.heads.weight)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        x = torch.cat([x, x * x], 1) if x.shape[1] == 1 else x
        logits: Tensor = (self.heads(x) * y).sum(1, keepdim=True)
        return logits


def wobble(x: Tensor) -> Tensor:
    return x + 0.1 * torch.randn_like(x)


def networks() -> tuple[nn.Module, nn.Module, nn.Module]:
    torch.manual_seed(0)
    C = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3))
    G = nn.Sequential(nn.Linear(2 + 3, 8), nn.Tanh(), nn.Linear(8, 4))
    return C, G, Labelled(4, 3)


def batches() -> Iterator[FewLabels]:
    generator = torch.Generator().manual_seed(1)
    while True:
        x, u = torch.randn(2, 12, 4, generator=generator, dtype=torch.float64).unbind()
        yield FewLabels(x[:6], torch.arange(6) % 3, u)


def step(optimizer: Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad()
    torch.autograd.backward(loss)
    optimizer.step()


@pytest.mark.parametrize("every_label", [True, False])
def test_equals_a_loop_by_hand(every_label: bool, equals_by_hand: Callable[..., None]) -> None:
    """Algorithm 1 line by line."""

    def by_hand(g: Any, optimizers: Mapping[str, Optimizer], batches: Iterator[FewLabels]) -> None:
        x, y, u = next(batches)
        z, y_g = torch.randn(12, 2, dtype=x.dtype), one_hot(torch.randint(3, (12,)), 3).double()
        x_g, p = g.G(torch.cat([z, y_g], 1)), g.C(u).softmax(1)
        y_c = one_hot(torch.multinomial(p, 1)[:, 0], 3).double()
        real, classified = g.D(x, one_hot(y, 3).double()), g.D(u, y_c)
        critic = -logsigmoid(real).mean() - 0.3 * logsigmoid(-classified).mean()
        step(optimizers["critic"], critic - 0.7 * logsigmoid(-g.D(x_g.detach(), y_g)).mean())
        costs = [p[:, k] * logsigmoid(-g.D(u, torch.eye(3).double()[[k] * 12])[:, 0]) for k in range(3)]
        adversarial = torch.stack(costs).sum(0)
        if not every_label:
            adversarial = (p * y_c).sum(1) * logsigmoid(-g.D(u, y_c)[:, 0])
        label = cross_entropy(g.C(x), y)
        pseudo = min(g.step / 10, 1) * cross_entropy(g.C(x_g.detach()), y_g.argmax(1))
        step(optimizers["classifier"], 0.3 * adversarial.mean() + label + pseudo)
        step(optimizers["generator"], -0.7 * logsigmoid(g.D(x_g, y_g)).mean())

    priors, ramp = (Normal(2), Categorical(3)), linear(0.0, 1.0, 0, 10)
    equals_by_hand(TripleGAN(*networks(), *priors, ramp, 0.3, every_label=every_label), by_hand, batches())


def test_consistency_and_confidence_are_added_to_the_classifier_alone(equals_by_hand: Callable[..., None]) -> None:
    def by_hand(g: Any, optimizers: Mapping[str, Optimizer], batches: Iterator[FewLabels]) -> None:
        x, y, u = next(batches)
        z, y_g = torch.randn(12, 2, dtype=x.dtype), one_hot(torch.randint(3, (12,)), 3).double()
        x_g, p = g.G(torch.cat([z, y_g], 1)), g.C(u).softmax(1)
        y_c = one_hot(torch.multinomial(p, 1)[:, 0], 3).double()
        student = g.C(u + 0.1 * torch.randn_like(u)).softmax(1)
        taught = g.beside.teacher.network(u + 0.1 * torch.randn_like(u)).softmax(1)
        q = g.C(u + 0.1 * torch.randn_like(u)).softmax(1)
        critic = -logsigmoid(g.D(x, one_hot(y, 3).double())).mean() - 0.5 * logsigmoid(-g.D(u, y_c)).mean()
        step(optimizers["critic"], critic - 0.5 * logsigmoid(-g.D(x_g.detach(), y_g)).mean())
        adversarial = (p * y_c).sum(1) * logsigmoid(-g.D(u, y_c)[:, 0])
        loss = 0.5 * adversarial.mean() + cross_entropy(g.C(x), y) + 3 * ((student - taught) ** 2).sum(1).mean()
        marginal = q.mean(0)
        loss = loss + 0.2 * (-(q * q.log()).sum(1).mean() + (marginal * (3 * marginal).log()).sum())
        step(optimizers["classifier"], loss)
        step(optimizers["generator"], -0.5 * logsigmoid(g.D(x_g, y_g)).mean())
        weight = 1 - min(0.9, (1 + g.step) / (10 + g.step))
        for slow, fast in zip(g.beside.teacher.network.parameters(), g.C.parameters(), strict=True):
            slow.data += weight * (fast.data - slow.data)

    C, G, D = networks()
    beside = WithoutLabels(wobble, MeanTeacher(C, wobble, constant(3.0), 0.9), confidence=constant(0.2))
    game = TripleGAN(C, G, D, Normal(2), Categorical(3), constant(0.0), every_label=False, beside=beside)
    equals_by_hand(game, by_hand, batches())


@pytest.mark.parametrize("taught", [False, True], ids=["labels only", "with a teacher"])
def test_the_baselines_equal_a_loop_by_hand(taught: bool, equals_by_hand: Callable[..., None]) -> None:
    def by_hand(g: Any, optimizers: Mapping[str, Optimizer], batches: Iterator[FewLabels]) -> None:
        x, y, u = next(batches)
        loss = cross_entropy(g.C(x), y)
        if taught:
            student = g.C(u + 0.1 * torch.randn_like(u)).softmax(1)
            teacher = g.beside.teacher.network(u + 0.1 * torch.randn_like(u)).softmax(1)
            loss = loss + 3 * ((student - teacher) ** 2).sum(1).mean()
        step(optimizers["classifier"], loss)
        if taught:
            weight = 1 - min(0.9, (1 + g.step) / (10 + g.step))
            for slow, fast in zip(g.beside.teacher.network.parameters(), g.C.parameters(), strict=True):
                slow.data += weight * (fast.data - slow.data)

    C, _, _ = networks()
    beside = WithoutLabels(wobble, MeanTeacher(C, wobble, constant(3.0), 0.9)) if taught else None
    equals_by_hand(Classifier(C, beside), by_hand, batches())


class Alternate(Categorical):
    """Labels in turn instead of by chance."""

    def sample(self, n: int, like: Tensor | None = None) -> Tensor:
        return torch.eye(2)[torch.arange(n) % 2].to(like)


def test_the_critics_optimum_is_the_share_of_true_pairs() -> None:
    """D is p / (p + α p_c + (1 - α) p_g), on three samples with two labels."""
    x, y = torch.eye(3)[[0, 0, 1, 2]], torch.tensor([0, 0, 1, 1])
    C, G, D = nn.Linear(3, 2, bias=False), nn.Linear(1 + 2, 3, bias=False), Labelled(3, 2)
    C.weight.data = 99 * torch.tensor([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])  # takes the second sample for class 0
    G.weight.data = torch.tensor([[0.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 1.0]])  # never makes the second
    g = TripleGAN(C, G, D, Normal(1), Alternate(2), constant(0.0), α=0.3)
    rates = {"critic": 2.0, "classifier": 0.0, "generator": 0.0}
    engine = Engine(g, {player: SGD(own, rates[player]) for player, own in g.owned().items()})
    for _ in range(500):
        engine.play(iter([FewLabels(x, y, x)]))
    D_ = D(torch.eye(3).repeat(2, 1), torch.eye(2).repeat_interleave(3, 0)).sigmoid().detach().view(2, 3)
    assert D_[0, 0].item() == pytest.approx(0.5 / (0.5 + 0.3 * 0.5 + 0.7 * 0.5), abs=0.01)
    assert D_[1, 2].item() == pytest.approx(0.25 / (0.25 + 0.3 * 0.25 + 0.7 * 0.5), abs=0.01)
    assert D_[0, 1] < 0.05 < 0.95 < D_[1, 1]


def test_of_two_classes_it_makes_each_and_tells_them_apart() -> None:
    """Class k lies at 2k - 1, six labelled samples: G learns both places, and C the border between them."""
    torch.manual_seed(0)
    C, G = nn.Linear(1, 2), nn.Linear(1 + 2, 1)
    x, y = torch.tensor([-1.3, -1.0, -0.7, 0.7, 1.0, 1.3])[:, None], torch.arange(6) // 3
    g = TripleGAN(C, G, Labelled(2, 2), Normal(1), Categorical(2), linear(0.0, 0.5, 100, 300))
    rates = {"critic": (0.2, 0.05), "classifier": (0.2, 0.0), "generator": (0.2, 0.0)}
    own = g.owned()
    engine = Engine(g, {player: SGD(own[player], rate, weight_decay=d) for player, (rate, d) in rates.items()})

    def data() -> Iterator[FewLabels]:
        while True:
            u = torch.randint(2, (64, 1)) * 2.0 - 1 + 0.25 * torch.randn(64, 1)
            yield FewLabels(x, y, u)

    rounds = data()
    for g.step in range(600):
        engine.play(rounds)
    z = torch.randn(500, 1)
    with torch.no_grad():
        made = [G(torch.cat([z, torch.eye(2)[[k] * 500]], 1)) for k in range(2)]
        unlabelled = next(rounds).u
        assert [m.mean().item() for m in made] == pytest.approx([-1, 1], abs=0.15)
        assert (C(unlabelled).argmax(1) == (unlabelled[:, 0] > 0)).float().mean() == 1
        assert (C(torch.cat(made)).argmax(1) == torch.arange(2).repeat_interleave(500)).float().mean() > 0.98


def test_labels_are_drawn_from_the_prediction() -> None:
    torch.manual_seed(0)
    p = torch.tensor([0.1, 0.2, 0.7])
    found = drawn(p.log().expand(20_000, 3))
    assert found.sum(1).eq(1).all()
    assert found.mean(0).tolist() == pytest.approx(p.tolist(), abs=0.02)
