"""Disentanglement, completeness, informativeness: which dims of a code a predictor of each factor relies on."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike

from disentangle.evaluation.arrays import Matrix, Whole, code_and_factors
from disentangle.evaluation.score import Score

Method = Literal["forest", "boosting"]
DEPTHS = (2, 4, 8, 12)


class Trees(Protocol):
    """The part of scikit-learn's ensembles that is needed."""

    feature_importances_: Matrix

    def fit(self, z: Matrix, v: Whole) -> "Trees":
        """Learn to predict v (samples,) from z (samples, dims)."""

    def score(self, z: Matrix, v: Whole) -> float:
        """Share predicted: of values, or of a regressor of the variance."""


Predictor = Callable[[int, int, int], Trees]
"""Of a number of trees, a depth and a seed."""


@dataclass(frozen=True)
class DCI:
    """The three measures and what they come from.

    Args:
        disentanglement: does each dim matter to one factor alone?
        completeness: is each factor known by one dim alone?
        informativeness: share of held-out values predicted, of regressors the share of their variance and not below 0;
            mean over the factors. Chance is the commonest value's share, of regressors 0.
        importance: (dims, factors), how much each factor's predictor relies on each dim; a factor's sum to 1.
    """

    disentanglement: Score
    completeness: Score
    informativeness: Score
    importance: Matrix


def dci(
    code: ArrayLike,
    factors: ArrayLike,
    categorical: Collection[int] = (),
    method: Method = "forest",
    trees: int = 50,
    seed: int = 0,
) -> DCI:
    """Eastwood and Williams 2018 (https://openreview.net/forum?id=By-7dz-AZ).

    Half of the samples fit the predictors, a quarter chooses the depth of the trees, the last quarter is predicted.

    Args:
        code: (samples, dims).
        factors: (samples, factors), whole numbers; their order has a meaning unless they are categorical.
        categorical: columns of factors whose values have no order.
        method: bagged trees as in the paper, their depth chosen by held-out samples: regressors, of categorical factors
            classifiers; or classifiers of all by gradient boosting, as in Locatello et al. 2019
            (https://arxiv.org/abs/1811.12359), slow for factors of many values.
        trees: of each predictor; for boosting, of each value too.
        seed: of the split and of the predictors.

    Raises:
        ValueError: values not finite, a factor of one value only, fewer samples than dims or than 8, no such column.
    """
    z, v = code_and_factors(code, factors, categorical)
    if method not in ("forest", "boosting"):
        raise ValueError(f"DCI's method is '{method}'; choose forest or boosting")
    if len(z) < 8:
        raise ValueError(f"DCI needs 8 samples to fit, choose and test on, but there are {len(z)}")
    order = np.random.default_rng(seed).permutation(len(z))
    parts = np.split(order, [len(z) // 2, 3 * len(z) // 4])
    predict = [
        _boosting if method == "boosting" else _classes if k in categorical else _values for k in range(v.shape[1])
    ]
    fitted = [_fitted(make, z, v[:, k], parts, trees, seed, f"factor {k}") for k, make in enumerate(predict)]
    importance = np.stack([fit.importance for fit in fitted], 1)
    right, commonest = np.mean([fit.right for fit in fitted]), np.mean([fit.commonest for fit in fitted])
    return DCI(
        Score(disentanglement(importance), None, len(z), 0.0),
        Score(completeness(importance), None, len(z), 0.0),
        Score(float(right), None, len(parts[2]), float(commonest)),
        importance,
    )


def disentanglement(importance: Matrix) -> float:
    """Mean over the dims of 1 - H(a dim's importances) with logarithms to base factors, weighted by their sums.

    Example:
        >>> disentanglement(np.array([[1.0, 0.0], [0.0, 0.5], [0.0, 0.5]]))
        1.0
    """
    weights = importance.sum(1)
    return float((weights / max(weights.sum(), 1e-12)) @ _concentration(importance))


def completeness(importance: Matrix) -> float:
    """Mean over the factors of 1 - H(a factor's importances) with logarithms to base dims.

    Example:
        >>> completeness(np.array([[1.0, 0.0], [0.0, 1.0]]))
        1.0
    """
    return float(_concentration(importance.T).mean())


def _concentration(rows: Matrix) -> Matrix:
    """1 - entropy of each row, as a share of the largest entropy; 0 for a row of zeros, 1 where there is no choice."""
    if rows.shape[1] == 1:
        return np.ones(len(rows))
    sums = rows.sum(1, keepdims=True)
    p = np.where(sums > 0, rows / np.where(sums > 0, sums, 1.0), 1 / rows.shape[1])
    return np.asarray(1 + (p * np.log(np.where(p > 0, p, 1.0))).sum(1) / np.log(rows.shape[1]))


class _Fitted(NamedTuple):
    """Importance of each dim (dims,), share of the test predicted, what the commonest training value or mean gets."""

    importance: Matrix
    right: float
    commonest: float


def _fitted(predict: Predictor, z: Matrix, v: Whole, parts: list[Whole], trees: int, seed: int, what: str) -> _Fitted:
    fit, choose, test = parts
    if len(np.unique(v[fit])) < 2:
        raise ValueError(f"{what} has one value only in the half that predictors are fitted to; give more samples")
    depths = (3,) if predict is _boosting else DEPTHS
    models = [predict(trees, depth, seed).fit(z[fit], v[fit]) for depth in depths]
    best = max(models, key=lambda model: model.score(z[choose], v[choose]))
    commonest = 0.0 if predict is _values else float((v[test] == np.bincount(v[fit]).argmax()).mean())
    return _Fitted(best.feature_importances_, max(float(best.score(z[test], v[test])), 0.0), commonest)


def _values(trees: int, depth: int, seed: int) -> Trees:
    """Every dim stands open to every split: dims drawn at random would hand some of the importance to useless ones."""
    from sklearn.ensemble import RandomForestRegressor

    forest: Trees = RandomForestRegressor(trees, max_depth=depth, max_features=None, random_state=seed)
    return forest


def _classes(trees: int, depth: int, seed: int) -> Trees:
    from sklearn.ensemble import RandomForestClassifier

    forest: Trees = RandomForestClassifier(trees, max_depth=depth, max_features=None, random_state=seed)
    return forest


def _boosting(trees: int, depth: int, seed: int) -> Trees:
    from sklearn.ensemble import GradientBoostingClassifier

    boosted: Trees = GradientBoostingClassifier(n_estimators=trees, max_depth=depth, random_state=seed)
    return boosted
