"""Warping of many pairs at once: against every path tried, whatever is padded."""

from collections.abc import Iterator

import numpy as np
import pytest

from disentangle.warping import accumulated, partners, paths


def every_path(n: int, m: int) -> Iterator[list[tuple[int, int]]]:
    """All that go from the first frames to (n, m) by steps of at most one."""
    if (n, m) == (0, 0):
        yield [(0, 0)]
        return
    for a, b in ((n - 1, m - 1), (n - 1, m), (n, m - 1)):
        if a >= 0 and b >= 0:
            yield from ([*path, (n, m)] for path in every_path(a, b))


@pytest.mark.parametrize("seed", range(5))
def test_no_path_is_shorter(seed: int) -> None:
    distances = np.random.default_rng(seed).random((1, 4, 5))
    best = min(every_path(3, 4), key=lambda path: sum(distances[0][at] for at in path))
    first, second = paths(distances, np.array([4]), np.array([5]))
    assert [*zip(first[0, ::-1].tolist(), second[0, ::-1].tolist(), strict=True)] == best
    assert accumulated(distances)[0, 4, 5] == pytest.approx(sum(distances[0][at] for at in best))


def test_padding_and_company_change_no_path() -> None:
    rng = np.random.default_rng(0)
    distances = np.full((3, 9, 8), 7.0)
    rows, columns = np.array([9, 4, 1]), np.array([3, 8, 1])
    for place, (n, m) in enumerate(zip(rows, columns, strict=True)):
        distances[place, :n, :m] = rng.random((n, m))
    together = partners(distances, rows, columns)
    for place, (n, m) in enumerate(zip(rows, columns, strict=True)):
        alone = partners(distances[place : place + 1, :n, :m], rows[[place]], columns[[place]])
        assert together[place].tolist() == [*alone[0].tolist(), *[0] * (9 - n)]


def test_a_held_frame_goes_with_the_middle_of_what_it_is_joined_to() -> None:
    """1 2 3 against 1 1 1 2 3 3."""
    a, b = np.array([1.0, 2, 3]), np.array([1.0, 1, 1, 2, 3, 3])
    distances = np.abs(a[:, None] - b[None])[None]
    assert partners(distances, np.array([3]), np.array([6])).tolist() == [[1, 3, 4]]
    assert partners(distances.transpose(0, 2, 1), np.array([6]), np.array([3])).tolist() == [[0, 0, 0, 1, 2, 2]]
