"""The erasers keep their guarantees: nothing linear is left, no affine eraser changes less, means are gone."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from disentangle.evaluation.erasure import Leace, SpeakerMeans, instance_normed

Matrix = NDArray[np.float64]
NAMES = np.repeat(["ada", "bob", "cyd"], [50, 30, 20])


def code(seed: int = 0, dims: int = 6) -> list[Matrix]:
    """Utterances of five frames around the speaker's place, dims correlated and of different size."""
    rng = np.random.default_rng(seed)
    place = dict(zip("abc", rng.normal(size=(3, dims)), strict=True))
    mixing = rng.normal(size=(dims, dims)) * np.logspace(-1, 1, dims)
    return [(1.5 * place[name[0]] + rng.normal(size=(5, dims))) @ mixing for name in NAMES]


def covariances(frames: Matrix) -> tuple[Matrix, Matrix]:
    """Of the frames, and between them and the speakers."""
    z = np.repeat(np.stack([name == NAMES for name in np.unique(NAMES)], 1), 5, axis=0)
    x, z = frames - frames.mean(0), z - z.mean(0)
    return x.T @ x / len(x), x.T @ z / len(x)


def test_after_leace_no_linear_probe_beats_the_majority_where_it_was_fitted() -> None:
    before = np.concatenate(code())
    after = np.concatenate(Leace().fit(code(), list(NAMES))(code()))
    truth = np.repeat(NAMES, 5)
    shares = np.array([0.5, 0.3, 0.2])
    for x, knows in ((before, True), (after, False)):
        x = (x - x.mean(0)) / x.std(0)
        probe = LogisticRegression(C=1e4, max_iter=2000).fit(x, truth)
        loss = log_loss(truth, probe.predict_proba(x))
        if knows:
            assert probe.score(x, truth) > 0.9
        else:
            assert set(probe.predict(x)) == {"ada"}
            assert loss == pytest.approx(-(shares * np.log(shares)).sum(), abs=1e-5)
    assert np.abs(covariances(after)[1]).max() < 1e-9
    assert after.mean(0) == pytest.approx(before.mean(0))


@pytest.mark.parametrize("seed", range(3))
def test_no_affine_eraser_changes_less_than_leace_in_any_inner_product(seed: int) -> None:
    frames, rng = np.concatenate(code()), np.random.default_rng(seed)
    of_frames, linked = covariances(frames)
    root = rng.normal(size=(6, 6)) if seed else np.eye(6)
    kept = np.eye(6) - linked @ np.linalg.pinv(linked)  # whatever it is multiplied by erases
    leace = np.eye(6) - Leace().fit(code(), list(NAMES)).map

    def change(eraser: Matrix) -> float:
        moved = root @ (eraser - np.eye(6))
        return float(np.trace(moved @ of_frames @ moved.T))

    least = change(leace)
    assert change(kept) > 1.01 * least
    for size in (1e-3, 0.1, 1.0):
        for _ in range(20):
            other = leace + size * rng.normal(size=(6, 6)) @ kept
            assert np.abs(other @ linked).max() < 1e-9
            assert change(other) > least


def test_leace_copes_with_dims_that_depend_on_others_and_keeps_what_says_nothing() -> None:
    doubled = [np.concatenate([x, x[:, :2]], 1) for x in code()]
    after = np.concatenate(Leace().fit(doubled, list(NAMES))(doubled))
    assert np.abs(covariances(after)[1]).max() < 1e-9
    assert after[:, 6:] == pytest.approx(after[:, :2])
    rng = np.random.default_rng(0)
    half = rng.normal(size=(2, 3))
    mirrored = [np.concatenate([half, -half]) for _ in NAMES]  # the same frames for everybody
    assert Leace().fit(mirrored, list(NAMES))(mirrored)[7] == pytest.approx(mirrored[7])


def test_without_their_means_speakers_are_in_one_place_and_strangers_are_refused() -> None:
    features = code()
    eraser = SpeakerMeans().fit(features, list(NAMES))
    after = np.concatenate(eraser(features, list(NAMES)))
    for name in np.unique(NAMES):
        assert after[np.repeat(name == NAMES, 5)].mean(0) == pytest.approx(np.concatenate(features).mean(0))
    with pytest.raises(ValueError, match="dan"):
        eraser(features[:1], ["dan"])


def test_instance_norm_takes_mean_and_deviation_and_whatever_shifts_or_scales_a_dim() -> None:
    x = np.random.default_rng(0).normal(size=(40, 4))
    y = instance_normed(x)
    assert y.mean(0) == pytest.approx(np.zeros(4), abs=1e-12) and y.std(0) == pytest.approx(np.ones(4))
    assert instance_normed(x * [1, 2, 3, 0.1] + [5, -1, 0, 3]) == pytest.approx(y)
    assert instance_normed(np.full((5, 2), 3.0)) == pytest.approx(np.zeros((5, 2)))
