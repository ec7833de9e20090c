"""Error of a code found without labels: each category is given one class, by training labels alone."""

import numpy as np
from numpy.typing import ArrayLike

from disentangle.evaluation.arrays import two_classes, whole
from disentangle.evaluation.bootstrap import items_interval
from disentangle.evaluation.score import Score


def clustering_error(
    train_code: ArrayLike, train_labels: ArrayLike, code: ArrayLike, labels: ArrayLike, seed: int = 0
) -> Score:
    """Share of test samples whose category is not matched to their class (Chen et al. 2016, section 7.2).

    Args:
        train_code: (samples,) categories of samples whose labels the match may see, whole numbers.
        train_labels: (samples,) their classes.
        code: (tests,) categories of other samples.
        labels: (tests,) their classes.
        seed: of the interval.

    Returns:
        The share; a category that has no class counts as wrong. Chance is the error of answering any class for all.

    Raises:
        ValueError: values not whole, lengths that differ, one class only, no samples.
    """
    match = matching(train_code, train_labels)
    c = whole(code, "test categories", np.size(labels))
    y = whole(labels, "test labels", len(c))
    if not len(c):
        raise ValueError("there are no test samples")
    wrong = np.array([match.get(int(category)) for category in c], object) != y
    chance = 1 - 1 / len(np.unique(np.asarray(train_labels)))
    return Score(float(wrong.mean()), items_interval(wrong.astype(np.float64), seed), len(c), chance)


def matching(code: ArrayLike, labels: ArrayLike) -> dict[int, int]:
    """The one-to-one match of categories with classes that most samples agree with (Kuhn 1955, the Hungarian method).

    Args:
        code: (samples,) categories.
        labels: (samples,) classes.

    Returns:
        category -> class, as many as there are of the fewer.

    Example:
        >>> matching([5, 5, 6], [1, 1, 0])
        {5: 1, 6: 0}
    """
    from scipy.optimize import linear_sum_assignment

    y = whole(labels, "training labels", np.size(labels))
    c = whole(code, "training categories", len(y))
    two_classes(y, "training labels")
    categories, row = np.unique(c, return_inverse=True)
    classes, column = np.unique(y, return_inverse=True)
    agreed = np.zeros((len(categories), len(classes)), np.int64)
    np.add.at(agreed, (row, column), 1)
    rows, columns = linear_sum_assignment(agreed, maximize=True)
    return {int(categories[r]): int(classes[c]) for r, c in zip(rows, columns, strict=True)}
