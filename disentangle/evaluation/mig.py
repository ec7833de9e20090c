"""Mutual information gap: does one dim of a code know a factor, and no second one?"""

import numpy as np
from numpy.typing import ArrayLike

from disentangle.evaluation.arrays import Matrix, Whole, code_and_factors
from disentangle.evaluation.score import Score


def mig(code: ArrayLike, factors: ArrayLike, bins: int = 20) -> Score:
    """Mutual information gap (Chen et al. 2018, https://arxiv.org/abs/1802.04942, equation 6), mean over the factors.

    The information is that of a histogram, as in Locatello et al. 2019 (https://arxiv.org/abs/1811.12359, 20 bins); a
    dim that takes more values than there are bins knows less of a factor with more values than bins than it could.

    Args:
        code: (samples, dims); a categorical code is one dim, the number of its category.
        factors: (samples, factors), whole numbers.
        bins: of equal width between the least and the largest value of a dim.

    Returns:
        1 where each factor is known by one dim alone, 0 where a second dim knows as much; chance is 0.

    Raises:
        ValueError: values not finite, a factor of one value only, fewer samples than dims.

    Example:
        >>> factors = [[0, 0], [0, 1], [1, 0], [1, 1]]
        >>> round(mig(factors, factors).value, 6)
        1.0
    """
    z, v = code_and_factors(code, factors)
    numbers, gaps = digitised(z, bins).T, []
    for column in v.T:
        known = np.sort([0.0, *(information(number, column) for number in numbers)])
        gaps.append((known[-1] - known[-2]) / entropy(np.bincount(column)))
    return Score(float(np.mean(gaps)), None, len(z), 0.0)


def digitised(code: Matrix, bins: int) -> Whole:
    """Each dim's values as numbers of bins of equal width, (samples, dims)."""
    low, high = code.min(0), code.max(0)
    width = np.where(high > low, high - low, 1.0)
    return np.asarray((code - low) / width * bins, np.int64).clip(0, bins - 1)


def entropy(counts: ArrayLike) -> float:
    """Entropy of a histogram in nats."""
    p = np.asarray(counts, np.float64).ravel()
    p = p[p > 0] / p.sum()
    return float(-(p * np.log(p)).sum())


def information(a: Whole, b: Whole) -> float:
    """Mutual information of two columns of numbers from 0, in nats."""
    values = int(b.max()) + 1
    joint = np.bincount(a * values + b)
    return entropy(np.bincount(a)) + entropy(np.bincount(b)) - entropy(joint)
