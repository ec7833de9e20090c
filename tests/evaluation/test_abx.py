"""ABX on cases whose answer is known by hand: angles, warping, triples, averages."""

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from disentangle.evaluation.abx import abx, angular, distances

Matrix = NDArray[np.float64]


def at(*degrees: float) -> Matrix:
    """A frame on the unit circle for each angle."""
    turns = np.deg2rad(degrees)
    return np.stack([np.cos(turns), np.sin(turns)], 1)


def by_hand(a: Matrix, b: Matrix) -> float:
    """Every path, step by step: the mean along the one with the least sum."""
    costs = angular(a, b)

    def paths(i: int, j: int) -> list[list[float]]:
        if (i, j) == (0, 0):
            return [[costs[0, 0]]]
        moves = [(i - 1, j - 1), (i - 1, j), (i, j - 1)]
        return [[*path, costs[i, j]] for at in moves if min(at) >= 0 for path in paths(*at)]

    return float(np.mean(min(paths(len(a) - 1, len(b) - 1), key=sum)))


def test_the_distance_is_the_angle_in_half_turns_whatever_the_length_of_the_vectors() -> None:
    assert angular(at(0), 7 * at(0, 90, 180, 45)) == pytest.approx(np.array([[0, 0.5, 1, 0.25]]))
    assert distances([at(0), 3 * at(90)])[0, 1] == pytest.approx(0.5)


def test_time_warping_is_the_cheapest_of_all_paths_and_lengths_in_a_batch_do_not_matter() -> None:
    rng = np.random.default_rng(0)
    items = [rng.normal(size=(int(n), 3)) for n in (1, 2, 3, 4, 4)]
    found = distances(items)
    assert found == pytest.approx(found.T)
    for i, j in product(range(5), range(5)):
        if i != j:
            assert found[i, j] == pytest.approx(by_hand(items[i], items[j]))
    slow = distances([at(0, 40, 90), at(0, 0, 0, 40, 90, 90)])
    assert slow[0, 1] == pytest.approx(0, abs=1e-7)


def test_triples_counted_by_hand() -> None:
    """Ada: word a at 0 and 10 degrees, b at 30. Bob: a at 20, b at 25."""
    features = [at(0), at(10), at(30), at(20), at(25)]
    words, speakers = ["a", "a", "b", "a", "b"], ["ada", "ada", "ada", "bob", "bob"]
    scores = abx(features, words, speakers)
    # within: Ada alone has two a's. X=0: A at 10, B at 30: right. X=10: A at 10 away, B at 20 away: right.
    assert scores["within"].value == pytest.approx(0, abs=1e-9)
    # across, (a, b): A and B Ada's, X Bob's 20: A=0 is farther than B (20 > 10), A=10 as near: (1 + 0.5) / 2;
    #   A and B Bob's (20, 25), X Ada's 0 and 10: right. Mean 0.375.
    # across, (b, a): A=30, B=0 or 10, X=25: right. A=25, B=20, X=30: right. Mean 0.
    assert scores["across"].value == pytest.approx(0.375 / 2)
    assert scores["across"].chance == 0.5 and scores["across"].n == 4


@pytest.mark.parametrize("of_the_word", [True, False])
def test_a_code_that_is_the_word_never_errs_and_one_that_is_the_speaker_knows_nothing(of_the_word: bool) -> None:
    cells = [(w, s) for w in range(4) for s in range(3) for _ in range(3)]
    features = [np.tile(np.eye(4)[w if of_the_word else s], (3 + w, 1)) for w, s in cells]
    scores = abx(features, [f"w{w}" for w, _ in cells], [f"s{s}" for _, s in cells])
    expected = 0.0 if of_the_word else 0.5
    for score in scores.values():
        assert score.value == expected
        assert score.ci95 == (expected, expected)


def test_without_repeated_words_of_a_speaker_there_is_no_within_and_many_words_are_thinned() -> None:
    rng = np.random.default_rng(0)
    features = [rng.normal(size=(2, 3)) for _ in range(40)]
    scores = abx(features, [f"w{i % 20}" for i in range(40)], [f"s{i // 20}" for i in range(40)], most=12)
    assert list(scores) == ["across"]
    assert scores["across"].n == 6 * 5 * 2
    low, high = scores["across"].ci95 or (1.0, 0.0)
    assert np.isnan(low) or low <= high
    with pytest.raises(ValueError, match="label"):
        abx(features, ["w"], ["s"])
