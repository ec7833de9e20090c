"""Kullback-Leibler divergences in closed form, in nats, one number per sample."""

import math

from torch import Tensor

from disentangle.adversarial.objectives import full


def kl_normal(
    mean: Tensor, log_std: Tensor, prior_mean: Tensor | float = 0.0, prior_log_std: Tensor | float = 0.0
) -> Tensor:
    """KL(N(mean, std²) ‖ N(prior mean, prior std²)), summed over dims: (batch, dims) -> (batch,).

    Against the standard normal it is equation 10 of Kingma and Welling 2014, https://arxiv.org/abs/1312.6114.
    """
    mean, log_std = full(mean), full(log_std)
    gap = log_std - prior_log_std
    inverse = -2 * prior_log_std
    weight = inverse.exp() if isinstance(inverse, Tensor) else math.exp(inverse)
    each = ((2 * gap).exp() + (mean - prior_mean).square() * weight - 1) / 2 - gap
    return each.flatten(1).sum(1)


def kl_categorical(logits: Tensor, prior_logits: Tensor | None = None) -> Tensor:
    """KL of a categorical distribution from another, or the uniform one: (batch, classes) -> (batch,)."""
    log_q = full(logits).log_softmax(-1)
    log_p = full(prior_logits).log_softmax(-1) if prior_logits is not None else -math.log(logits.shape[-1])
    return (log_q.exp() * (log_q - log_p)).sum(-1)
