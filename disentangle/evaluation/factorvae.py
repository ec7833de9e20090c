"""FactorVAE score: which dim stands still while a factor is held, and does it tell which factor that was?"""

import numpy as np
from numpy.typing import ArrayLike

from disentangle.evaluation.arrays import Matrix, Whole, code_and_factors
from disentangle.evaluation.bootstrap import items_interval
from disentangle.evaluation.score import Score


def factorvae(
    code: ArrayLike,
    factors: ArrayLike,
    votes: int = 800,
    held_out: int = 800,
    batch: int = 64,
    dead: float = 0.05,
    seed: int = 0,
) -> Score:
    """Kim and Mnih 2018 (https://arxiv.org/abs/1802.05983), section 4.

    A vote holds a factor at a value, draws a batch of such samples, and finds the dim whose variance, as a share of its
    variance over all samples, is least. A majority vote, for each dim, over the votes of the first kind says which
    factor that dim stands for; the score is the share of held-out votes that it gets right.

    Args:
        code: (samples, dims).
        factors: (samples, factors), whole numbers; a vote draws from the samples that share a value.
        votes: that the majority is taken over.
        held_out: further votes that it is measured on.
        batch: samples of a vote.
        dead: variance below which a dim is left out as collapsed; 0.05 suits codes whose prior has variance 1. The
            score is 0 where no dim is left.
        seed: of the votes.

    Returns:
        The share, its interval over the held-out votes; chance is 1 / factors.

    Raises:
        ValueError: values not finite, a factor of one value only, fewer samples than dims, or a value of a factor that
            fewer than ``batch`` samples have.
    """
    z, v = code_and_factors(code, factors)
    groups = _groups(v, batch)
    variance = z.var(0)
    alive = variance >= max(dead, 1e-12)
    chance = 1 / v.shape[1]
    if not alive.any():
        return Score(0.0, None, held_out, chance)
    scaled = z[:, alive] / np.sqrt(variance[alive])
    rng = np.random.default_rng(seed)
    table = np.zeros((scaled.shape[1], v.shape[1]), np.int64)
    np.add.at(table, _votes(scaled, groups, votes, batch, rng), 1)
    dims, truth = _votes(scaled, groups, held_out, batch, rng)
    right = (table.argmax(1)[dims] == truth).astype(np.float64)
    return Score(float(right.mean()), items_interval(right, seed), held_out, chance)


def _groups(factors: Whole, batch: int) -> list[list[Whole]]:
    """For each factor and value the samples that have it."""
    groups = []
    for k, column in enumerate(factors.T):
        counts = np.bincount(column)
        if counts.min() < batch:
            few = f"value {counts.argmin()} of factor {k} has {counts.min()} samples"
            raise ValueError(f"{few}, but a vote of the FactorVAE score draws {batch}; give more, or lower the batch")
        groups.append(np.split(np.argsort(column, kind="stable"), np.cumsum(counts)[:-1]))
    return groups


def _votes(
    scaled: Matrix, groups: list[list[Whole]], count: int, batch: int, rng: np.random.Generator
) -> tuple[Whole, Whole]:
    """The dim that moved least, (count,), and the factor that was held, (count,)."""
    held = rng.integers(len(groups), size=count)
    still = np.empty(count, np.int64)
    for vote, k in enumerate(held):
        samples = groups[k][rng.integers(len(groups[k]))]
        still[vote] = scaled[rng.choice(samples, batch, replace=False)].var(0).argmin()
    return still, held
