"""Objectives, penalties and the reversal layer against closed forms and autograd in float64."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from disentangle.adversarial.objectives import OBJECTIVES, fake, of_class, real
from disentangle.adversarial.penalties import gradient_penalty, r1, r2
from disentangle.adversarial.reversal import reverse
from disentangle.adversarial.spectral import spectral_norm

Closed = Callable[[float], float]
LOGITS = torch.tensor([-2.0, 0.5, 3.0], dtype=torch.float64)
CLOSED: dict[str, tuple[Closed, Closed, Closed, Closed]] = {
    "saturating": (
        lambda d: -math.log(σ(d)),
        lambda d: -math.log(1 - σ(d)),
        lambda d: math.log(1 - σ(d)),
        lambda d: math.log(σ(d)),
    ),
    "non_saturating": (
        lambda d: -math.log(σ(d)),
        lambda d: -math.log(1 - σ(d)),
        lambda d: -math.log(σ(d)),
        lambda d: -math.log(1 - σ(d)),
    ),
    "hinge": (lambda d: max(0.0, 1 - d), lambda d: max(0.0, 1 + d), lambda d: -d, lambda d: d),
    "least_squares": (
        lambda d: (d - 1) ** 2 / 2,
        lambda d: d**2 / 2,
        lambda d: (d - 1) ** 2 / 2,
        lambda d: d**2 / 2,
    ),
    "wasserstein": (lambda d: -d, lambda d: d, lambda d: -d, lambda d: d),
}


def σ(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


@pytest.mark.parametrize("name", OBJECTIVES)
def test_objectives_against_their_closed_forms(name: str) -> None:
    objective = OBJECTIVES[name]
    for loss, closed in zip(vars(objective).values(), CLOSED[name], strict=True):
        expected = sum(closed(logit) for logit in LOGITS.tolist()) / 3
        assert loss(LOGITS).item() == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_a_generator_that_minimises_raises_its_logits_and_an_encoder_lowers_the_datas(name: str) -> None:
    logits = LOGITS.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(OBJECTIVES[name].fool(logits), logits)
    assert (gradient[:2] < 0).all()
    (gradient,) = torch.autograd.grad(OBJECTIVES[name].hide(logits), logits)
    assert (gradient[1:] > 0).all()


def test_cross_entropies_are_torchs() -> None:
    torch.testing.assert_close(real(LOGITS), binary_cross_entropy_with_logits(LOGITS, torch.ones_like(LOGITS)))
    torch.testing.assert_close(fake(LOGITS), binary_cross_entropy_with_logits(LOGITS, torch.zeros_like(LOGITS)))
    logits = torch.randn(5, 3, dtype=torch.float64)
    torch.testing.assert_close(of_class(logits, 2), cross_entropy(logits, torch.full((5,), 2)))


def test_losses_are_float32_whatever_the_networks_ran_in() -> None:
    for objective in OBJECTIVES.values():
        assert objective.real(LOGITS.bfloat16()).dtype == torch.float32
    assert of_class(torch.zeros(2, 3).bfloat16(), 0).dtype == torch.float32


def test_reversal_is_the_same_forward_and_turned_round_backward() -> None:
    x = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    y = reverse(x, 0.3)
    assert torch.equal(x, y)
    (gradient,) = torch.autograd.grad((y**3).sum(), x)
    torch.testing.assert_close(gradient, -0.3 * 3 * x.detach() ** 2)


def quadratic(x: Tensor) -> Tensor:
    """D(x) = ‖x‖²/2, whose gradient is x."""
    return x.flatten(1).square().sum(1, keepdim=True) / 2


def test_penalties_of_a_critic_whose_gradient_is_known() -> None:
    x, x_ = torch.randn(2, 6, 3, 2, dtype=torch.float64).unbind()
    torch.testing.assert_close(r1(quadratic, x), x.flatten(1).square().sum(1).mean() / 2)
    torch.testing.assert_close(r2(quadratic, x_), x_.flatten(1).square().sum(1).mean() / 2)
    torch.manual_seed(0)
    ε = torch.rand(6, 1, 1, dtype=torch.float64)
    norms = (ε * x + (1 - ε) * x_).flatten(1).norm(dim=1)
    torch.manual_seed(0)
    torch.testing.assert_close(gradient_penalty(quadratic, x, x_), ((norms - 1) ** 2).mean())


def test_the_slope_of_a_critic_of_pairs_is_by_both_and_of_its_first_output() -> None:
    x, z = torch.randn(6, 3, 2, dtype=torch.float64), torch.randn(6, 4, dtype=torch.float64)
    steep = r1(lambda x, z: (quadratic(x) + 3 * quadratic(z), x.sum()), x, z)
    expected = (x.flatten(1).square().sum(1) + 9 * z.square().sum(1)).mean() / 2
    torch.testing.assert_close(steep, expected)


def test_penalties_reach_the_critic_and_not_the_generator() -> None:
    D, x = nn.Linear(3, 1).double(), torch.randn(6, 3, dtype=torch.float64)
    x_ = x.clone().requires_grad_()
    penalty = gradient_penalty(D, x, x_ * 2) + r1(D, x) + r2(D, x_ * 2)
    *slopes, none = torch.autograd.grad(penalty, [D.weight, x_], allow_unused=True)
    norm = D.weight.detach().norm()
    torch.testing.assert_close(slopes[0], 2 * (norm - 1) * D.weight.detach() / norm + 2 * D.weight.detach())
    assert none is None


def test_a_penalty_is_taken_in_full_precision() -> None:
    D, x = nn.Linear(3, 1), torch.randn(6, 3)
    with torch.autocast("cpu", torch.bfloat16):
        penalty = r1(D, x)
    torch.testing.assert_close(penalty, D.weight.square().sum() / 2, rtol=1e-6, atol=0)


def test_spectral_norm_holds_every_largest_singular_value_at_1() -> None:
    torch.manual_seed(0)
    D = spectral_norm(nn.Sequential(nn.Conv2d(2, 3, 3), nn.Flatten(), nn.Linear(12, 5), nn.Linear(5, 1)).double(), 5)
    for _ in range(40):
        D(torch.randn(1, 2, 4, 4, dtype=torch.float64))
    for layer in (D[0], D[2], D[3]):
        largest = torch.linalg.matrix_norm(layer.weight.detach().flatten(1), ord=2)  # type: ignore[operator]
        assert largest.item() == pytest.approx(1, abs=1e-9)
    assert sorted(name for name, _ in D.named_buffers())[:2] == [f"0.parametrizations.weight.0._{k}" for k in "uv"]
