"""Calibration: are verification scores log-likelihood ratios, what does it cost if not, what makes them so?"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from disentangle.evaluation.verification import Ranked

Floats = NDArray[np.float64]


class Calibration(NamedTuple):
    """An affine map from scores to natural log-likelihood ratios."""

    scale: float
    offset: float

    def __call__(self, scores: ArrayLike) -> Floats:
        """Log-likelihood ratios of scores, the same shape."""
        return self.scale * np.asarray(scores, np.float64) + self.offset


def cllr(target: ArrayLike, nontarget: ArrayLike) -> float:
    """Cost of log-likelihood ratios in bits (Brümmer and du Preez 2006, Computer Speech & Language 20, equation 14).

    Args:
        target: (n,) natural log-likelihood ratios of pairs of one speaker.
        nontarget: (m,) those of pairs of two speakers.

    Returns:
        0 for perfect ones, 1 for a system that knows nothing and says so; more where it misleads.

    Example:
        >>> cllr([0.0], [0.0])
        1.0
    """
    t, n = (np.asarray(scores, np.float64) for scores in (target, nontarget))
    _check(t, n)
    return float((np.logaddexp(0, -t).mean() + np.logaddexp(0, n).mean()) / (2 * np.log(2)))


def min_cllr(target: ArrayLike, nontarget: ArrayLike) -> float:
    """The cost that is left once scores are mapped by the best rising function (pool adjacent violators).

    Brümmer and du Preez 2006, section 5; what `cllr` is above it is due to calibration, not to discrimination.

    Example:
        >>> min_cllr([1.0, 2.0], [-1.0, 0.0])
        0.0
    """
    t, n = (np.asarray(scores, np.float64) for scores in (target, nontarget))
    _check(t, n)
    return best_cllr(Ranked.of(np.concatenate([t, n]), np.arange(len(t) + len(n)) < len(t)))


def best_cllr(ranked: Ranked) -> float:
    """The same of trials that are sorted already."""
    from scipy.optimize import isotonic_regression

    targets, trials = _runs(*ranked.targets())
    p = isotonic_regression(targets / trials, weights=trials).x.clip(0, 1)
    others, prior = trials - targets, targets.sum() / (trials - targets).sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.log(p) - np.log1p(-p) - np.log(prior)
        misses = np.where(targets > 0, targets * np.logaddexp(0, -ratios), 0).sum() / targets.sum()
        alarms = np.where(others > 0, others * np.logaddexp(0, ratios), 0).sum() / others.sum()
    return float((misses + alarms) / (2 * np.log(2)))


def _runs(targets: Floats, trials: Floats) -> tuple[Floats, Floats]:
    """Neighbouring scores that all trials of one kind have, taken together: the best rising function is flat there."""
    kind = np.where(targets == 0, 0, np.where(targets == trials, 1, np.arange(2, len(trials) + 2)))
    starts = np.concatenate([[0], np.flatnonzero(kind[1:] != kind[:-1]) + 1])
    return np.add.reduceat(targets, starts), np.add.reduceat(trials, starts)


def dcf(target: ArrayLike, nontarget: ArrayLike, prior: float = 0.01) -> float:
    """Normalised detection cost of log-likelihood ratios at Bayes' threshold, both errors costing the same.

    NIST SRE 2016 evaluation plan, section 3.1; ``min_dcf`` is what the best threshold would have cost.
    """
    t, n = (np.asarray(scores, np.float64) for scores in (target, nontarget))
    _check(t, n)
    threshold = np.log(1 - prior) - np.log(prior)
    cost = prior * (t < threshold).mean() + (1 - prior) * (n >= threshold).mean()
    return float(cost / min(prior, 1 - prior))


def calibrate(target: ArrayLike, nontarget: ArrayLike) -> Calibration:
    """Logistic regression from scores to log-likelihood ratios, both kinds of pairs weighing the same.

    Brümmer and du Preez 2006, section 6: it minimises `cllr` over affine maps.

    Args:
        target: (n,) scores of pairs of one speaker, not those that are to be judged by.
        nontarget: (m,) scores of pairs of two speakers.
    """
    from sklearn.linear_model import LogisticRegression

    t, n = (np.asarray(scores, np.float64) for scores in (target, nontarget))
    _check(t, n)
    scores, truth = np.concatenate([t, n]), np.repeat([1, 0], [len(t), len(n)])
    middle, width = scores.mean(), max(float(scores.std()), 1e-12)
    model = LogisticRegression(C=1e6, class_weight="balanced", tol=1e-8, max_iter=1000)
    model.fit(((scores - middle) / width)[:, None], truth)
    scale = float(model.coef_[0, 0]) / width
    return Calibration(scale, float(model.intercept_[0]) - scale * float(middle))


def _check(target: Floats, nontarget: Floats) -> None:
    if not len(target) or not len(nontarget):
        raise ValueError(f"{len(target)} target and {len(nontarget)} nontarget scores: both kinds are needed")
