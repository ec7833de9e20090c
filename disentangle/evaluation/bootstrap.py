"""Intervals by resampling: of speakers where there are any, whose utterances are not independent, else of items."""

from collections.abc import Callable, Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from disentangle.evaluation.score import Score

Statistic = Callable[[NDArray[np.float64]], float]


def mean(values: NDArray[np.float64]) -> float:
    """Arithmetic mean over everything."""
    return float(values.mean())


def draws_of(groups: int, draws: int, seed: int) -> NDArray[np.int64]:
    """How often each group is drawn, (draws, groups); each row sums to ``groups``."""
    return np.random.default_rng(seed).multinomial(groups, np.full(groups, 1 / groups), size=draws)


def percentiles(statistics: NDArray[np.float64]) -> tuple[float, float]:
    """The middle 95 % of the draws; draws without a value (NaN) are left out."""
    there = statistics[np.isfinite(statistics)]
    if not len(there):
        return float("nan"), float("nan")
    low, high = np.percentile(there, [2.5, 97.5])
    return float(low), float(high)


def interval(
    values: NDArray[np.float64],
    groups: Sequence[Hashable],
    statistic: Statistic = mean,
    seed: int = 0,
    draws: int = 1000,
) -> tuple[float, float]:
    """95 % interval of ``statistic`` by the cluster bootstrap (Davison and Hinkley 1997, section 3.8).

    Args:
        values: (items, ...) one row for each item.
        groups: the speaker of each item; speakers are drawn with replacement, each with all its items.
        statistic: from the rows of a draw to a number; the mean unless told otherwise.
        seed: of the draws.
        draws: number of resamples.

    Returns:
        low and high.

    Raises:
        ValueError: values and groups differ in length, or there are none.
    """
    if len(values) != len(groups) or not len(values):
        raise ValueError(f"interval needs one group for each value and at least one: {len(values)} and {len(groups)}")
    members: dict[Hashable, list[int]] = {}
    for item, group in enumerate(groups):
        members.setdefault(group, []).append(item)
    rows = [np.array(items) for items in members.values()]
    drawn = []
    for counts in draws_of(len(rows), draws, seed):
        drawn.append(statistic(values[np.concatenate([np.tile(rows[g], counts[g]) for g in np.flatnonzero(counts)])]))
    return percentiles(np.array(drawn))


def items_interval(values: NDArray[np.float64], seed: int = 0, draws: int = 1000) -> tuple[float, float]:
    """95 % interval of the mean where every item stands for itself (pictures, say), by drawing items.

    Args:
        values: (items,).
        seed: of the draws.
        draws: number of resamples.
    """
    rng = np.random.default_rng(seed)
    return percentiles(np.array([values[rng.integers(len(values), size=len(values))].mean() for _ in range(draws)]))


def mean_score(values: Sequence[float], groups: Sequence[Hashable]) -> Score:
    """The mean of those values that are finite, with its interval.

    Args:
        values: one for each item, one of them at least finite.
        groups: the speaker of each item.
    """
    there = np.flatnonzero(np.isfinite(values))
    finite = np.asarray(values, np.float64)[there]
    return Score(float(finite.mean()), interval(finite, [groups[int(i)] for i in there]), len(finite))
