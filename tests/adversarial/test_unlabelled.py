"""What is asked of samples without labels, against closed forms; the teacher and the noise against their formulas."""

import math

import pytest
import torch
from torch import Tensor, nn

from disentangle.adversarial.game import Game
from disentangle.adversarial.noise import instance_noise
from disentangle.adversarial.schedules import constant, linear
from disentangle.adversarial.teacher import MeanTeacher
from disentangle.adversarial.unlabelled import (
    disagreement,
    entropy,
    imbalance,
    invariant_information,
    unit,
    virtual_adversarial,
)
from disentangle.adversarial.without_labels import WithoutLabels

LOGITS = torch.tensor([[2.0, -1.0, 0.5], [0.0, 3.0, -2.0]], dtype=torch.float64)


def test_entropy_is_torchs_and_0_where_predictions_are_sure() -> None:
    expected = torch.distributions.Categorical(logits=LOGITS).entropy().mean()  # type: ignore[no-untyped-call]
    torch.testing.assert_close(entropy(LOGITS), expected)
    assert float(entropy(100 * LOGITS)) == pytest.approx(0)


def test_imbalance_is_0_where_all_classes_are_used_alike_and_log_classes_where_one_is() -> None:
    assert float(imbalance(100 * torch.eye(4).repeat(3, 1))) == pytest.approx(0, abs=1e-6)
    assert float(imbalance(torch.zeros(5, 4))) == pytest.approx(0, abs=1e-6)
    assert float(imbalance(100 * torch.eye(4)[[1, 1, 1]])) == pytest.approx(math.log(4))
    marginal = LOGITS.softmax(1).mean(0)
    torch.testing.assert_close(imbalance(LOGITS), (marginal * (3 * marginal).log()).sum())


def test_the_invariant_information_is_log_classes_where_sure_balanced_and_agreed_and_0_where_any_lacks() -> None:
    sure = 100 * torch.eye(4, dtype=torch.float64).repeat(3, 1)
    assert float(invariant_information(sure, sure)) == pytest.approx(math.log(4))
    assert float(invariant_information(sure, 0 * sure)) == pytest.approx(0, abs=1e-9)
    assert float(invariant_information(sure[[1, 1]], sure[[1, 1]])) == pytest.approx(0, abs=1e-9)
    moved = sure.roll(1, 1)
    assert float(invariant_information(sure, moved)) == pytest.approx(math.log(4) - math.log(2))
    p, q = LOGITS.softmax(1), LOGITS.flip(1).softmax(1)
    joint = (p.T @ q + q.T @ p) / 4
    by_torch = (joint * (joint / torch.outer(joint.sum(1), joint.sum(0))).log()).sum()
    torch.testing.assert_close(invariant_information(LOGITS, LOGITS.flip(1)), by_torch)


def test_disagreement_is_the_divergence_and_moves_the_prediction_alone() -> None:
    logits, target = LOGITS.clone().requires_grad_(), LOGITS.flip(0).requires_grad_()
    loss = disagreement(logits, target)
    kinds = [torch.distributions.Categorical(logits=each) for each in (target, logits)]
    torch.testing.assert_close(loss, torch.distributions.kl_divergence(*kinds).mean())
    slope, none = torch.autograd.grad(loss, [logits, target], allow_unused=True)
    torch.testing.assert_close(slope, (logits.softmax(1) - target.softmax(1)).detach() / 2)
    assert none is None


def test_the_virtual_adversarial_change_is_the_worst_one_of_its_length() -> None:
    """A logistic prediction changes along its weights alone, and most against or with them."""
    torch.manual_seed(0)
    w = torch.tensor([3.0, -4.0], dtype=torch.float64)

    def predict(x: Tensor) -> Tensor:
        s = x @ w
        return torch.stack([s, torch.zeros_like(s)], 1)

    x = 0.1 * torch.randn(6, 2, dtype=torch.float64)
    found = virtual_adversarial(predict, x, predict(x), ε=0.3)
    ends = [torch.stack([disagreement(predict(p + k * 0.3 * w / 5), predict(p)) for p in x[:, None]]) for k in (-1, 1)]
    assert float(torch.minimum(*ends).mean()) <= float(found) <= float(torch.maximum(*ends).mean())
    for _ in range(5):
        chance = x + 0.3 * unit(torch.randn_like(x))
        assert disagreement(predict(chance), predict(x)) < found


def test_the_virtual_adversarial_change_reaches_the_networks_and_is_found_in_full_precision() -> None:
    torch.manual_seed(0)
    C, x = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3)), torch.randn(6, 4)
    full = virtual_adversarial(C, x, C(x), ε=0.5, iterations=8)
    torch.manual_seed(1)
    with torch.autocast("cpu", torch.bfloat16):
        half = virtual_adversarial(C, x, C(x), ε=0.5, iterations=8)
    assert half.dtype == torch.float32
    assert half.item() == pytest.approx(full.item(), rel=0.1)
    assert all(slope is not None for slope in torch.autograd.grad(full, list(C.parameters()), allow_unused=True)[:3])


def test_a_teacher_is_the_average_of_its_student_and_gets_no_gradient() -> None:
    torch.manual_seed(0)
    first, norm = nn.Linear(2, 3), nn.BatchNorm1d(3)
    student = nn.Sequential(first, norm)
    teacher = MeanTeacher(student, lambda x: x, constant(2.0), decay=0.5)
    assert not [t for t in teacher.parameters() if t.requires_grad]
    slow = first.weight.detach().clone()
    for step in range(12):
        first.weight.data += 1
        student(torch.randn(8, 2))
        teacher.follow(student, step)
        decay = min(0.5, (1 + step) / (10 + step))
        slow = decay * slow + (1 - decay) * first.weight.detach()
    state = teacher.network.state_dict()
    torch.testing.assert_close(state["0.weight"], slow)
    assert norm.running_mean is not None and torch.equal(state["1.running_mean"], norm.running_mean)
    assert state["1.num_batches_tracked"] == 12
    x = torch.randn(8, 2)
    gap = student(x).softmax(1) - teacher.network(x).softmax(1)
    torch.testing.assert_close(teacher(student, x, 0), 2 * gap.square().sum(1).mean())


def test_a_teacher_without_memory_is_the_student_through_another_draw_of_the_noise() -> None:
    torch.manual_seed(0)
    student = nn.Linear(2, 3)
    teacher = MeanTeacher(student, lambda x: x + torch.randn_like(x), linear(0.0, 1.0, 0, 10), decay=0)
    student.weight.data += 1
    teacher.follow(student, 5)
    assert torch.equal(teacher.network.weight, student.weight)  # type: ignore[arg-type]
    x = torch.zeros(8, 2)
    assert teacher(student, x, 0).item() == 0
    assert teacher(student, x, 10).item() > 0


class Critics(Game[Tensor]):
    """One critic of a sample, one of a sample and a code."""

    players = {"critic": ("D", "B")}  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.D, self.B = nn.Identity(), nn.Bilinear(1, 1, 1, bias=False)
        nn.init.ones_(self.B.weight)


def test_instance_noise_fades_with_the_step_and_is_for_training_and_the_first_input() -> None:
    torch.manual_seed(0)
    game, names = Critics(), list(Critics().state_dict())
    for network in (game.D, game.B):
        instance_noise(game, network, linear(0.5, 0.0, 0, 10))
    assert list(game.state_dict()) == names
    x = torch.full((20_000, 1), 3.0)
    for game.step, std in ((0, 0.5), (4, 0.3)):
        assert [game.D(x).mean().item(), game.D(x).std().item()] == pytest.approx([3, std], abs=0.01)
    game.step = 0
    assert game.B(x, 2 + 0 * x).std().item() == pytest.approx(1.0, abs=0.02)
    assert torch.equal(game.B(0 * x, x), game.B(0 * x, x)) is False
    assert game.eval().D(x).std() == 0
    game.train().step = 10
    assert torch.equal(game.D(x), x)


def test_what_is_asked_without_labels_is_each_term_by_its_weight_and_nothing_that_has_none() -> None:
    torch.manual_seed(0)
    C, u = nn.Linear(2, 3).double(), torch.randn(8, 2).double()
    change, rise = lambda x: x + 1, linear(0.0, 1.0, 0, 10)
    assert WithoutLabels(change)(C, u, 5) == {}
    teacher = MeanTeacher(C, change, constant(2.0))
    beside = WithoutLabels(change, teacher, rise, 0.3, constant(0.5))
    C.weight.data += torch.randn(3, 2)
    torch.manual_seed(1)
    terms = beside(C, u, 5)
    c = C(u + 1)
    torch.testing.assert_close(terms["consistency"], teacher(C, u, 5))
    torch.testing.assert_close(terms["confidence"], 0.5 * entropy(c))
    torch.testing.assert_close(terms["balance"], 0.5 * imbalance(c))
    torch.manual_seed(1)
    torch.testing.assert_close(terms["smooth"], 0.5 * virtual_adversarial(C, u + 1, c, 0.3))
    assert terms["smooth"] > 0 and set(terms) == {"consistency", "smooth", "confidence", "balance"}
    beside.follow(C, 10**6)
    assert teacher(C, u, 0) < terms["consistency"]
