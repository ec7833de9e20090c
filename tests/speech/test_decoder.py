"""The decoder's distribution is the Gaussian it claims to be: likelihood and samples agree with torch's."""

import math

import torch

from disentangle.speech.decoder import LogMels


def correlated() -> LogMels:
    torch.manual_seed(0)
    whitening = torch.tensor([[1.5, 0, 0], [-0.8, 1.2, 0], [0.3, -0.5, 0.9]], dtype=torch.float64)
    return LogMels(torch.randn(1, 1, 3).double(), torch.rand(1, 1, 3).double() + 0.5, whitening)


def factor(y: LogMels) -> torch.Tensor:
    """Cholesky factor of the covariance of the one frame."""
    colouring: torch.Tensor = torch.linalg.inv(y.whitening)
    return y.deviation[0, 0].diag() @ colouring


def test_surprise_is_the_negative_log_likelihood() -> None:
    y = correlated()
    x = torch.randn(1, 1, 3).double()
    gaussian = torch.distributions.MultivariateNormal(y.mean[0, 0], scale_tril=factor(y))
    likelihood: torch.Tensor = gaussian.log_prob(x[0, 0])  # type: ignore[no-untyped-call]
    expected = -likelihood / 3 - math.log(2 * math.pi) / 2
    torch.testing.assert_close(y.surprise(x)[0, 0], expected)


def test_samples_have_the_mean_and_the_covariance() -> None:
    y = correlated()
    many = LogMels(y.mean.expand(1, 50000, 3), y.deviation.expand(1, 50000, 3), y.whitening)
    drawn = many.sample(torch.Generator().manual_seed(0))[0]
    torch.testing.assert_close(drawn.mean(0), y.mean[0, 0], atol=0.02, rtol=0)
    torch.testing.assert_close(torch.cov(drawn.T), factor(y) @ factor(y).T, atol=0.02, rtol=0)


def test_a_lower_temperature_draws_nearer_to_the_mean() -> None:
    y = correlated()
    whole, half, none = (y.sample(torch.Generator().manual_seed(0), t) for t in (1.0, 0.5, 0.0))
    torch.testing.assert_close(half - y.mean, (whole - y.mean) / 2)
    torch.testing.assert_close(none, y.mean)


def test_surprise_is_not_rounded_under_autocast() -> None:
    y = LogMels(*(t.float() for t in (correlated().mean, correlated().deviation, correlated().whitening)))
    x = torch.randn(1, 1, 3)
    with torch.autocast("cpu", torch.bfloat16):
        rounded = y.surprise(x)
    torch.testing.assert_close(rounded, y.surprise(x), rtol=0, atol=0)
