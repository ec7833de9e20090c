"""Numbers read from a code: what is in it is read, noise is not, and R² is what the formula says."""

import numpy as np
import pytest
from numpy.typing import NDArray

from disentangle.evaluation import regression
from disentangle.evaluation.convergence import Limits
from disentangle.evaluation.regression import REGRESSORS, Kind, at_frames, determination, regress

Matrix = NDArray[np.float64]
SPEAKERS = [f"s{i % 4}" for i in range(20)]


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regression, "LIMITS", Limits(rate=5e-3, patience=60, decays=1, steps=400, enough=1e-3))


def code(seed: int, count: int = 20) -> tuple[list[Matrix], list[Matrix]]:
    """Utterances, and the sum of the first two dims with every third point unknown."""
    rng = np.random.default_rng(seed)
    features = [rng.normal(size=(int(rng.integers(10, 20)), 4)) for _ in range(count)]
    tracks = [x[:, :1] + x[:, 1:2] for x in features]
    for track in tracks:
        track[::3] = np.nan
    return features, tracks


@pytest.mark.parametrize("kind", REGRESSORS)
def test_what_is_in_the_code_is_read_and_what_is_not_is_not(kind: Kind) -> None:
    (train, targets), (test, truth) = code(0), code(1)
    found = regress(train, targets, test, truth, kind, SPEAKERS)
    assert found.score.value > (0.999 if kind == "linear" else 0.9)
    assert found.score.n == sum(int(np.isfinite(y).sum()) for y in truth)
    assert found.score.chance == 0 and found.majority is None and found.curve
    rng = np.random.default_rng(2)
    nothing = [rng.normal(size=x.shape) for x in train], [rng.normal(size=x.shape) for x in test]
    assert regress(nothing[0], targets, nothing[1], truth, kind, SPEAKERS).score.value < 0.1


def test_a_linear_attacker_misses_what_the_network_finds() -> None:
    (train, _), (test, _) = code(0, 150), code(1)
    squares, truth = ([x[:, :1] ** 2 for x in features] for features in (train, test))
    assert regress(train, squares, test, truth, "linear").score.value < 0.2
    assert regress(train, squares, test, truth, "mlp").score.value > 0.6


def test_vectors_give_several_numbers_at_once() -> None:
    rng = np.random.default_rng(0)
    vectors = [rng.normal(size=(1, 5)) for _ in range(200)]
    targets = [v[:, :2] @ [[1.0, 2.0], [0.5, -1.0]] for v in vectors]
    assert regress(vectors[:150], targets[:150], vectors[150:], targets[150:]).score.value > 0.99


def test_determination_is_one_less_error_over_variance() -> None:
    rng = np.random.default_rng(0)
    y = rng.normal(size=(4, 3, 2))
    mean = np.tile(y.reshape(-1, 2).mean(0), (4, 3, 1))
    names = ["a", "a", "b", "b"]
    assert determination(list(y), list(y), names).value == 1
    assert determination(list(y), list(mean), names).value == pytest.approx(0)
    score = determination(list(y), list((y + mean) / 2), names)
    assert score.value == pytest.approx(0.75)
    assert score.ci95 is not None and score.ci95[0] <= score.ci95[1]


def test_tracks_are_read_at_the_middle_of_each_frame() -> None:
    track = np.arange(8.0)[:, None]
    assert at_frames(track, 8).tolist() == track.tolist()
    assert at_frames(track, 4)[:, 0].tolist() == [1, 3, 5, 7]
    assert at_frames(track[:1], 3)[:, 0].tolist() == [0, 0, 0]
    with pytest.raises(ValueError, match="too few"):
        regress([np.zeros((2, 1))], [np.zeros((2, 1))], [np.zeros((2, 1))], [np.zeros((2, 1))])
