"""Attributes judged by a classifier of real samples, on made-up ones."""

import numpy as np
import pytest
from numpy.typing import NDArray

from disentangle.evaluation.attributes import attribute_changed


def samples(n: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Numbers of which the first tells the attribute."""
    rng = np.random.default_rng(seed)
    has = rng.random(n) < 0.5
    return rng.normal(size=(n, 6)) + 4 * np.outer(has, np.eye(6)[0]), has


def test_what_was_moved_has_the_attribute_and_what_was_not_has_it_not() -> None:
    (known, has), (real, there) = samples(600, 0), samples(300, 1)
    lacking = real[~there]
    moved = attribute_changed(known, has, real, there, lacking + 4 * np.eye(6)[0])
    left = attribute_changed(known, has, real, there, lacking)
    assert moved.changed.value > 0.95 and moved.before.value < 0.15 and moved.judge.value > 0.9
    assert left.changed.value == left.before.value
    assert moved.changed.n == len(lacking)


def test_a_label_of_chance_is_judged_by_chance() -> None:
    (known, has), (real, there) = samples(600, 0), samples(300, 1)
    rng = np.random.default_rng(2)
    found = attribute_changed(rng.permutation(known), has, real, there, real[~there])
    assert abs(found.judge.value - 0.5) < 0.12


def test_one_side_alone_cannot_be_judged() -> None:
    known, has = samples(50, 0)
    with pytest.raises(ValueError, match="lack the attribute"):
        attribute_changed(known, np.ones_like(has), known, has, known[~has])
    with pytest.raises(ValueError, match="changed samples"):
        attribute_changed(known, has, known, has, known[~has][1:])
