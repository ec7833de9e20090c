"""What predictions on samples without labels can be asked for; all return the mean over the batch, in nats."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from disentangle.adversarial.divergences import kl_categorical
from disentangle.adversarial.objectives import full

Transform = Callable[[Tensor], Tensor]
"""Samples to samples of the same class: noise, a small shift or turn, drawn anew at every call."""


def entropy(logits: Tensor) -> Tensor:
    """H(p(y|x)), small where predictions are sure; logits (batch, classes).

    Grandvalet and Bengio 2004, Semi-supervised learning by entropy minimization, equation 6.

    Example:
        >>> round(float(entropy(torch.zeros(5, 4)).exp()), 4)
        4.0
    """
    log_p = full(logits).log_softmax(1)
    return -(log_p.exp() * log_p).sum(1).mean()


def imbalance(logits: Tensor) -> Tensor:
    """KL of the batch's mean prediction from the uniform one, 0 where all classes are used alike; (batch, classes).

    Log of the number of classes minus H(p(y)), the marginal entropy of Hu et al. 2017,
    https://arxiv.org/abs/1702.08720, equation 7.
    """
    log_p = full(logits).log_softmax(1).logsumexp(0, keepdim=True) - math.log(len(logits))
    return kl_categorical(log_p).mean()


def invariant_information(logits: Tensor, changed: Tensor) -> Tensor:
    """Mutual information of the class of a sample and the class of the same sample changed, I(y; y').

    Largest, log of the number of classes, where predictions are sure, agree and use all classes alike: Ji et al. 2019,
    https://arxiv.org/abs/1807.06653, equations 2 and 3, the joint distribution being that of the batch.

    Args:
        logits: of samples (batch, classes).
        changed: of the same samples, each changed in a way that is not to change its class.
    """
    p, q = full(logits).softmax(1), full(changed).softmax(1)
    joint = (p.T @ q + q.T @ p) / (2 * len(p))
    alone = joint.sum(1, keepdim=True)
    tiny = torch.finfo(joint.dtype).tiny
    return (joint * ((joint + tiny).log() - (alone + tiny).log() - (alone.T + tiny).log())).sum()


def disagreement(logits: Tensor, target: Tensor) -> Tensor:
    """KL(target ‖ prediction), the target's logits held fixed; both (batch, classes)."""
    return kl_categorical(target.detach(), logits).mean()


def virtual_adversarial(
    predict: Transform, x: Tensor, logits: Tensor, ε: float, ξ: float = 1e-2, iterations: int = 1
) -> Tensor:
    """How far the prediction can be moved by a change of x that is ε long.

    Miyato et al. 2017, https://arxiv.org/abs/1704.03976, equation 11 by algorithm 1.

    Args:
        predict: samples -> logits (batch, classes).
        x: samples (batch, ...).
        logits: ``predict(x)``, which the change is to leave as they are; held fixed.
        ε: length of the change of a sample.
        ξ: length at which the worst direction is looked for.
        iterations: of the power method.
    """
    d = torch.randn_like(x)
    with torch.autocast(x.device.type, enabled=False):  # differences this small vanish in half precision
        here = predict(x)
        for _ in range(iterations):
            r = (ξ * unit(d)).requires_grad_()
            (d,) = torch.autograd.grad(disagreement(predict(x + r), here), r)
    return disagreement(predict(x + ε * unit(d)), logits)


def unit(d: Tensor) -> Tensor:
    """Each sample (batch, ...) divided by its norm."""
    norms = torch.linalg.vector_norm(d.flatten(1), dim=1).clamp(min=torch.finfo(d.dtype).tiny)
    direction: Tensor = d / norms.view(-1, *[1] * (d.dim() - 1))
    return direction
