"""Dynamic time warping of many pairs at once (Sakoe and Chiba 1978, symmetric form, no slope limit)."""

import numpy as np
from numpy.typing import NDArray

Distances = NDArray[np.floating]
Places = NDArray[np.int64]


def accumulated(distances: Distances) -> NDArray[np.float64]:
    """Least summed distance of any path from the first pair of frames to each pair.

    Args:
        distances: (batch, n, m) between every frame of one recording and every frame of the other.

    Returns:
        (batch, n + 1, m + 1), infinite in the row and the column that come before the first frames.
    """
    batch, n, m = distances.shape
    total = np.full((batch, n + 1, m + 1), np.inf)
    total[:, 0, 0] = 0
    for diagonal in range(2, n + m + 1):
        i = np.arange(max(1, diagonal - m), min(n, diagonal - 1) + 1)
        j = diagonal - i
        before = np.minimum(np.minimum(total[:, i - 1, j - 1], total[:, i - 1, j]), total[:, i, j - 1])
        total[:, i, j] = distances[:, i - 1, j - 1] + before
    return total


def paths(distances: Distances, rows: Places, columns: Places) -> tuple[Places, Places]:
    """The paths of least summed distance, walked backwards from the last frames.

    Args:
        distances: (batch, n, m).
        rows, columns: (batch,) how many of the frames are there.

    Returns:
        Two of (batch, steps): the frames of either; a path that has arrived stays at the first frames.
    """
    total = accumulated(distances)
    i, j, at = rows.copy(), columns.copy(), np.arange(len(rows))
    walked = [(i - 1, j - 1)]
    while (i > 1).any() or (j > 1).any():
        ways = np.stack([total[at, i - 1, j - 1], total[at, i - 1, j], total[at, i, j - 1]])
        best = ways.argmin(0)
        i, j = np.maximum(i - (best != 2), 1), np.maximum(j - (best != 1), 1)
        walked.append((i - 1, j - 1))
    return np.stack([row for row, _ in walked], 1), np.stack([column for _, column in walked], 1)


def partners(distances: Distances, rows: Places, columns: Places) -> Places:
    """For every frame of the one the frame of the other in the middle of those that its path joins it to.

    Args:
        distances: (batch, n, m).
        rows, columns: (batch,) how many of the frames are there.

    Returns:
        (batch, n); 0 for frames that are not there.
    """
    first, second = paths(distances, rows, columns)
    batch, n, _ = distances.shape
    low, high = np.full((batch, n), np.iinfo(np.int64).max), np.zeros((batch, n), np.int64)
    at = np.arange(batch)[:, None]
    np.minimum.at(low, (at, first), second)
    np.maximum.at(high, (at, first), second)
    return np.where(np.arange(n) < rows[:, None], (np.minimum(low, high) + high) // 2, 0)
