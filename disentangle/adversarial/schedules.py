"""Numbers that change while training, as functions of the step alone, so that a resumed run finds them again."""

import math
from collections.abc import Callable

Schedule = Callable[[int], float]


def constant(value: float) -> Schedule:
    """The same at every step."""
    return lambda step: value  # noqa: ARG005


def linear(start: float, stop: float, begin: int, end: int) -> Schedule:
    """``start`` until step ``begin``, a straight line, ``stop`` from step ``end`` on.

    Example:
        >>> [linear(0.0, 1.0, 10, 20)(step) for step in (0, 10, 15, 20, 99)]
        [0.0, 0.0, 0.5, 1.0, 1.0]
    """
    if not 0 <= begin < end:
        raise ValueError(f"A line from step {begin} to step {end}: the end comes after the beginning.")
    return lambda step: start + (stop - start) * min(max((step - begin) / (end - begin), 0.0), 1.0)


def cosine(start: float, stop: float, begin: int, end: int) -> Schedule:
    """``start`` until step ``begin``, half a cosine, ``stop`` from step ``end`` on."""
    share = linear(0.0, 1.0, begin, end)
    return lambda step: stop + (start - stop) * (1 + math.cos(math.pi * share(step))) / 2


def dann_ramp(steps: int, peak: float = 1.0, gamma: float = 10.0) -> Schedule:
    """From 0 towards ``peak`` over ``steps`` (Ganin et al. 2016, https://arxiv.org/abs/1505.07818, section 5.2.2).

    The paper's λ is 2 / (1 + exp(-γ p)) - 1 with p the share of training done; beyond ``steps`` p stays 1.
    """
    if steps < 1:
        raise ValueError(f"A ramp over {steps} steps: at least one is needed.")
    return lambda step: peak * (2 / (1 + math.exp(-gamma * min(step / steps, 1.0))) - 1)


def inverse(start: float, begin: int, end: int, alpha: float = 10.0, beta: float = 0.75) -> Schedule:
    """``start`` until step ``begin``, then start / (1 + α p)^β, p the share of the way to step ``end``.

    Ganin et al. 2016, https://arxiv.org/abs/1505.07818, section 5.2.2.

    Example:
        >>> [round(inverse(1.0, 0, 10)(step), 3) for step in (0, 5, 10, 99)]
        [1.0, 0.261, 0.166, 0.166]
    """
    share = linear(0.0, 1.0, begin, end)
    return lambda step: start / (1 + alpha * share(step)) ** beta
