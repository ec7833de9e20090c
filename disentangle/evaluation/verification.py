"""Speaker verification: trials, equal error rate, detection cost, score normalisation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from disentangle.evaluation.backends import cosine, moments, normalised, unit
from disentangle.evaluation.bootstrap import draws_of, percentiles
from disentangle.evaluation.score import Score

Floats = NDArray[np.float64]
Curve = tuple[Floats, Floats, Floats]


@dataclass(frozen=True)
class Trials:
    """Pairs of utterances with their score; ``first`` and ``second`` index the utterances, all (trials,)."""

    scores: Floats
    is_target: NDArray[np.bool_]
    first: NDArray[np.int64]
    second: NDArray[np.int64]

    @property
    def target(self) -> Floats:
        """Scores of the pairs of one speaker."""
        return self.scores[self.is_target]

    @property
    def nontarget(self) -> Floats:
        """Scores of the pairs of two speakers."""
        return self.scores[~self.is_target]


@dataclass(frozen=True)
class Ranked:
    """Trials in the order of their scores, and where each distinct score begins: sorted once, asked often.

    Args:
        order: places of the trials by rising score.
        is_target: of the trials in this order.
        starts: where each distinct score begins, and the number of trials.
        thresholds: one below all scores, one between each two distinct ones, one above all.
    """

    order: NDArray[np.int64]
    is_target: NDArray[np.bool_]
    starts: NDArray[np.int64]
    thresholds: Floats

    @staticmethod
    def of(scores: ArrayLike, is_target: NDArray[np.bool_]) -> "Ranked":
        """Sort trials.

        Raises:
            ValueError: trials of one kind only.
        """
        values = np.asarray(scores)
        if not len(values) or is_target.all() or not is_target.any():
            raise ValueError(f"{len(values)} trials, {int(is_target.sum())} of them targets: both kinds are needed")
        order, rising = _sorted(values)
        starts = np.concatenate([[0], np.flatnonzero(rising[1:] != rising[:-1]) + 1])
        levels = rising[starts].astype(np.float64)
        between = (levels[1:] + levels[:-1]) / 2
        thresholds = np.concatenate([levels[:1], between, np.nextafter(levels[-1:], np.inf)])
        return Ranked(order, is_target[order], np.append(starts, len(values)), thresholds)

    def curve(self, weights: Floats | None = None) -> Curve:
        """Thresholds (rising), share of targets below each, share of nontargets at or above each."""
        missed, rejected = self._below(self.is_target, weights), self._below(~self.is_target, weights)
        with np.errstate(invalid="ignore"):  # a draw of a single speaker has no nontargets: NaN, left out later
            return self.thresholds, missed / missed[-1], 1 - rejected / rejected[-1]

    def targets(self) -> tuple[Floats, Floats]:
        """How many targets have each distinct score, and how many trials."""
        return np.diff(self._below(self.is_target)), np.diff(self.starts).astype(np.float64)

    def _below(self, kind: NDArray[np.bool_], weights: Floats | None = None) -> Floats:
        """How many trials of a kind, or what weight of them, score below each threshold."""
        counted = np.cumsum(kind) if weights is None else np.cumsum(weights[self.order] * kind)
        return np.append(0.0, counted)[self.starts]


def _sorted(values: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Where the values lie in rising order, and they in this order.

    Values of 32 bits are sorted together with their places as numbers of 64 bits, which is several times as fast: the
    bits of positive floats rise as they do, those of negative ones fall.
    """
    if values.dtype != np.float32 or np.isnan(values).any():
        order = np.argsort(values)
        return order, values[order]
    bits = values.view(np.uint32)
    rising = np.where(bits >> 31, ~bits, bits | np.uint32(1 << 31))
    joined = rising.astype(np.uint64) << np.uint64(32) | np.arange(len(values), dtype=np.uint64)
    joined.sort()
    order = (joined & np.uint64(0xFFFFFFFF)).astype(np.int64)
    return order, values[order]


def crossing(curve: Curve) -> tuple[float, float]:
    """Equal error rate of a curve, and its threshold."""
    thresholds, missed, accepted = curve
    gap = missed - accepted
    if not np.isfinite(gap).all():
        return float("nan"), float("nan")
    k = int(np.searchsorted(gap, 0.0))
    if gap[k] == 0:
        return float(missed[k]), float(thresholds[k])
    share = -gap[k - 1] / (gap[k] - gap[k - 1])
    return (
        float(missed[k - 1] + share * (missed[k] - missed[k - 1])),
        float(thresholds[k - 1] + share * (thresholds[k] - thresholds[k - 1])),
    )


def cost(curve: Curve, prior: float, miss: float = 1.0, false_alarm: float = 1.0) -> float:
    """Smallest normalised detection cost of a curve (NIST SRE 2016 evaluation plan, equations 2 and 3)."""
    _, missed, accepted = curve
    costs = prior * miss * missed + (1 - prior) * false_alarm * accepted
    return float(costs.min() / min(prior * miss, (1 - prior) * false_alarm))


def _joined(target: ArrayLike, nontarget: ArrayLike) -> Ranked:
    t, n = np.asarray(target, np.float64).ravel(), np.asarray(nontarget, np.float64).ravel()
    return Ranked.of(np.concatenate([t, n]), np.arange(len(t) + len(n)) < len(t))


def eer(target: ArrayLike, nontarget: ArrayLike) -> tuple[float, float]:
    """Equal error rate and its threshold; between two points of the curve the line decides.

    Args:
        target: (n,) scores of pairs of one speaker.
        nontarget: (m,) scores of pairs of two speakers.

    Returns:
        The rate at which as large a share of targets falls below the threshold as of nontargets reaches it.

    Example:
        >>> eer([1.0, 3.0], [0.0, 2.0])
        (0.5, 1.5)
    """
    return crossing(_joined(target, nontarget).curve())


def min_dcf(
    target: ArrayLike, nontarget: ArrayLike, prior: float = 0.01, miss: float = 1.0, false_alarm: float = 1.0
) -> float:
    """Smallest normalised detection cost over all thresholds (NIST SRE 2016 evaluation plan, equations 2 and 3)."""
    return cost(_joined(target, nontarget).curve(), prior, miss, false_alarm)


def all_pairs(speakers: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """First, second (first < second) and whether one speaker said both, for every pair of utterances."""
    first, second = np.triu_indices(len(speakers), 1)
    names = np.unique(np.asarray(speakers), return_inverse=True)[1]
    return first, second, names[first] == names[second]


def cosine_trials(vectors: NDArray[np.floating], speakers: Sequence[str], pairs: ArrayLike | None = None) -> Trials:
    """Cosine score of every pair of utterances, or of the listed ones.

    Args:
        vectors: (utterances, dims).
        speakers: the speaker of each utterance.
        pairs: (trials, 2) indices of utterances; all pairs if None.
    """
    x = unit(np.asarray(vectors, np.float64))
    first, second, is_target = all_pairs(speakers)
    if pairs is not None:
        first, second = np.asarray(pairs, np.int64).reshape(-1, 2).T
        names = np.asarray(speakers)
        is_target = names[first] == names[second]
    return Trials((x @ x.T)[first, second], is_target, first, second)


def as_norm(trials: Trials, vectors: NDArray[np.floating], cohort: NDArray[np.floating], top: int = 100) -> Trials:
    """Adaptive symmetric score normalisation of cosine scores (Matejka et al. 2017, Interspeech, equation 4).

    Args:
        trials: scores of pairs of ``vectors``.
        vectors: (utterances, dims) behind the trials.
        cohort: (cohort, dims) vectors of other speakers, one a speaker or one an utterance.
        top: number of closest cohort vectors that mean and deviation are taken over.
    """
    x, others = (np.asarray(array, np.float64) for array in (vectors, cohort))
    known = moments(x, others, cosine, top)
    scores = normalised(trials.scores, trials.first, trials.second, known, known)
    return replace(trials, scores=np.asarray(scores, np.float64))


def _scored(
    trials: Trials, speakers: Sequence[str], statistic: Callable[[Curve], float], chance: float, seed: int, draws: int
) -> Score:
    ranked = Ranked.of(trials.scores, trials.is_target)
    index = np.unique(np.asarray(speakers), return_inverse=True)[1]
    first, second = index[trials.first], index[trials.second]
    drawn = []
    for counts in draws_of(int(index.max()) + 1, draws, seed):
        weights = np.where(trials.is_target, counts[first], counts[first] * counts[second]).astype(np.float64)
        drawn.append(statistic(ranked.curve(weights)) if weights[trials.is_target].any() else np.nan)
    return Score(statistic(ranked.curve()), percentiles(np.array(drawn)), len(trials.scores), chance)


def speaker_eer(trials: Trials, speakers: Sequence[str], seed: int = 0, draws: int = 500) -> Score:
    """Equal error rate of the trials; interval bootstrapped over the speakers of the utterances."""
    return _scored(trials, speakers, lambda curve: crossing(curve)[0], 0.5, seed, draws)


def speaker_min_dcf(
    trials: Trials, speakers: Sequence[str], prior: float = 0.01, seed: int = 0, draws: int = 500
) -> Score:
    """Minimum detection cost of the trials; interval bootstrapped over the speakers of the utterances."""
    return _scored(trials, speakers, lambda curve: cost(curve, prior), 1.0, seed, draws)
