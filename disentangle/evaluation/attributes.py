"""Attributes of what was made: a classifier that learnt them from real samples says whether they are there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from disentangle.evaluation.arrays import Matrix, vectors
from disentangle.evaluation.bootstrap import items_interval
from disentangle.evaluation.score import Score


@dataclass(frozen=True)
class AttributeScores:
    """What an independent classifier sees.

    Args:
        changed: share of the made samples that have the attribute.
        before: the same share of those that they were made from.
        judge: balanced accuracy of the classifier on real samples that it did not learn from, chance 1/2.
    """

    changed: Score
    before: Score
    judge: Score


def attribute_changed(
    known: ArrayLike, has: ArrayLike, real: ArrayLike, real_has: ArrayLike, made: ArrayLike, seed: int = 0
) -> AttributeScores:
    """Whether samples that lacked an attribute have it once they are changed.

    The classifier is a network of one hidden layer, 128 wide, stopped by a tenth of its own samples.

    Args:
        known: real samples (n, dims) that the classifier learns from.
        has: whether each has the attribute, (n,) bool.
        real: other real samples (m, dims), of which those without the attribute were changed.
        real_has: whether each of these has it, (m,) bool.
        made: changed ones (k, dims), as many as real ones lack it and in their order.
        seed: of the classifier and the intervals.

    Raises:
        ValueError: values not finite, one side empty, or counts that do not fit.
    """
    from sklearn.metrics import balanced_accuracy_score
    from sklearn.neural_network import MLPClassifier

    x, y, z = (vectors(part, name) for part, name in ((known, "known"), (real, "real"), (made, "made")))
    labels, truth = np.asarray(has, bool), np.asarray(real_has, bool)
    if len({*labels}) < 2 or len({*truth}) < 2 or len(z) != int((~truth).sum()):
        raise ValueError(f"{len(z)} changed samples where {int((~truth).sum())} of {len(truth)} lack the attribute")
    judge = MLPClassifier((128,), early_stopping=True, random_state=seed).fit(x, labels)
    said, before, after = (np.asarray(judge.predict(part), float) for part in (y, y[~truth], z))
    accuracy = float(balanced_accuracy_score(truth, said > 0))
    return AttributeScores(_share(after, seed), _share(before, seed), Score(accuracy, None, len(truth), 0.5))


def _share(there: Matrix, seed: int) -> Score:
    return Score(float(there.mean()), items_interval(there, seed), len(there))
