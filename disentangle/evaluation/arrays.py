"""What measures of codes and of features demand of the arrays they are given."""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Matrix = NDArray[np.float64]
Whole = NDArray[np.int64]


def vectors(x: ArrayLike, what: str, at_least: int = 1) -> Matrix:
    """Finite vectors (samples, dims) in float64.

    Raises:
        ValueError: another shape, values that are not finite, or fewer samples than ``at_least``; it says ``what``.
    """
    matrix = np.asarray(x, np.float64)
    if matrix.ndim != 2 or not matrix.shape[1]:
        raise ValueError(f"{what} must be (samples, dims), but the shape is {matrix.shape}")
    if len(matrix) < at_least:
        raise ValueError(f"{what}: {len(matrix)} samples of {matrix.shape[1]} dims are too few; give {at_least}")
    if not np.isfinite(matrix).all():
        row, dim = np.argwhere(~np.isfinite(matrix))[0]
        raise ValueError(f"{what}: sample {row} has a value that is not finite in dim {dim}")
    return matrix


def whole(labels: ArrayLike, what: str, count: int) -> Whole:
    """Labels (count,), whole numbers.

    Raises:
        ValueError: another shape, or values that are not whole numbers.
    """
    numbers = np.asarray(labels)
    if numbers.shape != (count,):
        raise ValueError(f"{what}: the shape is {numbers.shape}, but {count} samples need ({count},)")
    if not np.isfinite(numbers).all() or not np.array_equal(numbers, np.round(numbers)):
        raise ValueError(f"{what} must be whole numbers, one for each class")
    return numbers.astype(np.int64)


def code_and_factors(code: ArrayLike, factors: ArrayLike, categorical: Collection[int] = ()) -> tuple[Matrix, Whole]:
    """A code (samples, dims) and the factors behind it (samples, factors), each factor's values numbered from 0.

    Raises:
        ValueError: shapes that do not fit, values not finite or factors not whole, a factor of one value only, fewer
            samples than dims, categorical columns that there are not.
    """
    z = vectors(code, "code")
    vectors(z, "code", at_least=max(2, z.shape[1]))
    v = np.asarray(factors)
    if v.ndim != 2 or not v.shape[1]:
        raise ValueError(f"factors must be (samples, factors), but the shape is {v.shape}")
    unknown = sorted(set(categorical) - set(range(v.shape[1])))
    if unknown:
        raise ValueError(f"categorical factors {unknown}, but the factors are 0 to {v.shape[1] - 1}")
    columns = [np.unique(whole(v[:, k], f"factor {k}", len(z)), return_inverse=True)[1] for k in range(v.shape[1])]
    for k, column in enumerate(columns):
        if not column.any():
            raise ValueError(f"factor {k} has one value only; leave it out, or give samples in which it varies")
    return z, np.stack(columns, 1)


def two_classes(labels: Sequence[int] | Whole, what: str) -> None:
    """Raise ValueError where there are fewer than two classes."""
    if len(np.unique(labels)) < 2:
        raise ValueError(f"{what}: one class only; at least two are needed to tell them apart")
