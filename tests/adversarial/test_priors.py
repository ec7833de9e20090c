"""Priors and divergences against closed forms, torch's distributions and their own samples, in float64."""

import math

import pytest
import torch
from torch import distributions

from disentangle.adversarial.divergences import kl_categorical, kl_normal
from disentangle.adversarial.priors import Categorical, Joint, Normal, Prior, Uniform, gaussian, gaussian_surprise

CODE = Joint((Categorical(4), Uniform(2, -1.0, 3.0), Normal(1)))
DOUBLE = torch.zeros(1, dtype=torch.float64)


def test_entropies_are_torchs() -> None:
    normal, uniform = distributions.Normal(0.0, 1.0), distributions.Uniform(-1.0, 3.0)
    assert Normal(3).entropy() == pytest.approx(3 * float(normal.entropy()))  # type: ignore[no-untyped-call]
    assert Uniform(2, -1.0, 3.0).entropy() == pytest.approx(2 * float(uniform.entropy()))  # type: ignore[no-untyped-call]
    assert Categorical(10).entropy() == pytest.approx(math.log(10))
    assert CODE.entropy() == pytest.approx(math.log(4) + 2 * math.log(4) + Normal(1).entropy())


@pytest.mark.parametrize(
    "prior", [Normal(3), Uniform(2, -1.0, 3.0), Categorical(5), CODE], ids=lambda p: type(p).__name__
)
def test_samples_have_the_size_and_type_asked_for(prior: Prior) -> None:
    assert prior.sample(7).shape == (7, prior.dims)
    assert prior.sample(7, like=DOUBLE).dtype == torch.float64
    assert prior.sample(7, like=torch.zeros(1, dtype=torch.int64)).dtype == torch.float32
    assert prior.surprise(torch.randn(7, prior.outputs), prior.sample(7)).shape == (7,)


def test_samples_have_the_moments_of_their_prior() -> None:
    torch.manual_seed(0)
    c = CODE.sample(40_000, like=DOUBLE)
    one_hot, uniform, normal = CODE.split(c)
    assert one_hot.sum(1).eq(1).all()
    assert one_hot.mean(0).tolist() == pytest.approx([0.25] * 4, abs=0.01)
    assert uniform.min() > -1
    assert uniform.max() < 3
    assert [*uniform.mean(0).tolist(), *uniform.std(0).tolist()] == pytest.approx(
        [1, 1, 4 / 12**0.5, 4 / 12**0.5], abs=0.02
    )
    assert [float(normal.mean()), float(normal.std())] == pytest.approx([0, 1], abs=0.02)


def test_surprise_is_the_negative_log_probability_of_the_guess() -> None:
    q, c = torch.randn(6, CODE.outputs, dtype=torch.float64), CODE.sample(6, like=DOUBLE)
    one_hot, uniform, normal = CODE.split(c)
    mean, log_std = q[:, 4:6], q[:, 6:8]
    expected = -distributions.Categorical(logits=q[:, :4]).log_prob(one_hot.argmax(1))  # type: ignore[no-untyped-call]
    expected -= distributions.Normal(mean, log_std.exp()).log_prob(uniform).sum(1)  # type: ignore[no-untyped-call]
    expected -= distributions.Normal(q[:, 8], q[:, 9].exp()).log_prob(normal[:, 0])  # type: ignore[no-untyped-call]
    torch.testing.assert_close(CODE.surprise(q, c), expected)


def test_the_bound_on_the_information_is_tight_for_a_right_guess() -> None:
    """Of a code that is guessed right and surely, H(c) - E[-log Q] is H(c); of a blind guess it is 0."""
    c = Categorical(8).sample(100, like=DOUBLE)
    assert float(Categorical(8).surprise(100 * c, c).mean()) == pytest.approx(0, abs=1e-12)
    assert float(Categorical(8).surprise(0 * c, c).mean()) == pytest.approx(Categorical(8).entropy())


def test_gaussian_draws_have_their_mean_and_deviation_and_let_gradients_through() -> None:
    torch.manual_seed(0)
    mean, log_std = (
        torch.full((50_000, 1), 2.0, dtype=torch.float64),
        torch.full((50_000, 1), -1.0, dtype=torch.float64),
    )
    log_std.requires_grad_()
    x = gaussian(mean, log_std)
    assert [x.mean().item(), x.std().item()] == pytest.approx([2, math.exp(-1)], abs=0.01)
    (slope,) = torch.autograd.grad(x.sum(), log_std)
    torch.testing.assert_close(slope, x.detach() - mean)


def test_surprise_falls_back_on_full_precision() -> None:
    half = torch.zeros(2, 3).bfloat16()
    assert gaussian_surprise(half, half, half).dtype == torch.float32
    assert kl_normal(half, half).dtype == kl_categorical(half).dtype == torch.float32


def test_divergences_are_torchs() -> None:
    m, s, n, t = torch.randn(4, 5, 3, dtype=torch.float64).unbind()
    q, p = distributions.Normal(m, s.exp()), distributions.Normal(n, t.exp())
    torch.testing.assert_close(kl_normal(m, s, n, t), distributions.kl_divergence(q, p).sum(1))
    standard = distributions.Normal(torch.zeros_like(m), torch.ones_like(m))
    torch.testing.assert_close(kl_normal(m, s), distributions.kl_divergence(q, standard).sum(1))
    torch.testing.assert_close(kl_normal(m, s, 0.5, -0.2), kl_normal(m, s, 0 * m + 0.5, 0 * m - 0.2))
    one, other = distributions.Categorical(logits=m), distributions.Categorical(logits=n)
    torch.testing.assert_close(kl_categorical(m, n), distributions.kl_divergence(one, other))
    torch.testing.assert_close(kl_categorical(m), kl_categorical(m, torch.zeros_like(m)))


def test_divergences_are_0_only_between_equals() -> None:
    m, s = torch.randn(2, 5, 3, dtype=torch.float64).unbind()
    torch.testing.assert_close(kl_normal(m, s, m, s), torch.zeros(5, dtype=torch.float64))
    torch.testing.assert_close(kl_categorical(m, m + 3), torch.zeros(5, dtype=torch.float64))
    assert (kl_normal(m, s, m + 0.1, s) > 0).all()
