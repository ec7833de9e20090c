"""Separated attribute predictability: how much better does the best dim predict a factor than the second best?"""

from collections.abc import Collection

import numpy as np
from numpy.typing import ArrayLike

from disentangle.evaluation.arrays import Matrix, Whole, code_and_factors
from disentangle.evaluation.score import Score


def sap(code: ArrayLike, factors: ArrayLike, categorical: Collection[int] = (), seed: int = 0) -> Score:
    """Kumar et al. 2018 (https://arxiv.org/abs/1711.00848), section 3.

    Args:
        code: (samples, dims).
        factors: (samples, factors), whole numbers; their order has a meaning unless they are categorical.
        categorical: columns of factors whose values have no order. A dim predicts these by thresholds on it, fitted to
            half of the samples, and scores the balanced accuracy on the other half; so with V values, of which none
            can do worse than 1 / V, the gap is 1 - 1 / V at most. The others score the squared correlation, which is
            what a line explains of them.
        seed: of the halves.

    Returns:
        The gap, mean over the factors; chance is 0.

    Raises:
        ValueError: values not finite, a factor of one value only, fewer samples than dims, no such column.
    """
    z, v = code_and_factors(code, factors, categorical)
    gaps = []
    for k, column in enumerate(v.T):
        scores = _thresholds(z, column, seed) if k in categorical else _explained(z, column)
        second, best = np.sort(np.append(scores, 0.0))[-2:]
        gaps.append(best - second)
    return Score(float(np.mean(gaps)), None, len(z), 0.0)


def _explained(z: Matrix, v: Whole) -> Matrix:
    """Squared correlation of each dim with a factor, (dims,); 0 for a dim that never moves."""
    a, b = z - z.mean(0), v - v.mean()
    power = (a**2).sum(0) * (b**2).sum()
    return np.asarray((b @ a) ** 2 / np.where(power > 0, power, 1.0))


def _thresholds(z: Matrix, v: Whole, seed: int) -> Matrix:
    """Balanced accuracy of the best thresholds on each dim, as many as part the factor's values, (dims,)."""
    from sklearn.metrics import recall_score
    from sklearn.tree import DecisionTreeClassifier

    order = np.random.default_rng(seed).permutation(len(z))
    fit, test = np.array_split(order, 2)
    leaves = int(v.max()) + 1
    scores = []
    for dim in range(z.shape[1]):
        tree = DecisionTreeClassifier(max_leaf_nodes=leaves, class_weight="balanced", random_state=seed)
        answers = tree.fit(z[fit, dim : dim + 1], v[fit]).predict(z[test, dim : dim + 1])
        scores.append(recall_score(v[test], answers, labels=np.unique(v[test]), average="macro", zero_division=0.0))
    return np.array(scores)
