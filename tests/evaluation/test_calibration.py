"""Calibration against closed forms: perfect ratios, ratios that know nothing, ratios that were bent by a known map."""

import numpy as np
import pytest
from scipy.optimize import isotonic_regression

from disentangle.evaluation.calibration import calibrate, cllr, dcf, min_cllr
from disentangle.evaluation.verification import min_dcf


def ratios(count: int, separation: float = 2.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Natural log-likelihood ratios of targets and nontargets from N(±d/2, 1): the ratio of x is d x."""
    rng = np.random.default_rng(seed)
    target, nontarget = rng.normal(separation / 2, 1, count), rng.normal(-separation / 2, 1, count)
    return separation * target, separation * nontarget


def test_costs_by_hand() -> None:
    assert cllr([np.log(3)], [-np.log(3)]) == pytest.approx(np.log2(4 / 3))
    assert cllr([0.0, 0.0], [0.0]) == pytest.approx(1)
    assert cllr([-30.0], [30.0]) == pytest.approx(30 / np.log(2))
    assert dcf([5.0, 4.0], [-1.0, 4.7], prior=0.01) == pytest.approx(0.01 * 0.5 / 0.01 + 0.99 * 0.5 / 0.01)
    assert dcf([5.0], [-1.0], prior=0.5) == 0


def test_what_is_calibrated_costs_what_it_could_at_best() -> None:
    target, nontarget = ratios(20_000)
    assert min_cllr(target, nontarget) <= cllr(target, nontarget) <= min_cllr(target, nontarget) + 0.01
    for prior in (0.05, 0.5):
        best = min_dcf(target, nontarget, prior)
        assert best <= dcf(target, nontarget, prior) <= best + 0.03


def test_a_rising_map_moves_the_cost_but_not_the_best_one() -> None:
    target, nontarget = ratios(2000)
    bent = [np.exp(x / 4) for x in (target, nontarget)]
    assert cllr(*bent) > cllr(target, nontarget) + 0.1
    assert min_cllr(*bent) == pytest.approx(min_cllr(target, nontarget))
    assert min_cllr(-target, -nontarget) == pytest.approx(1, abs=0.01), "what is upside down is worth nothing"


def test_calibration_undoes_an_affine_map_whatever_the_share_of_targets() -> None:
    target, nontarget = ratios(40_000)
    learned = calibrate(0.1 * target[:4000] - 3, 0.1 * nontarget - 3)
    assert learned.scale == pytest.approx(10, rel=0.05)
    assert learned.offset == pytest.approx(30, rel=0.05)
    np.testing.assert_allclose(learned([-3.0]), [learned.offset - 3 * learned.scale])
    assert cllr(learned(0.1 * target - 3), learned(0.1 * nontarget - 3)) == pytest.approx(
        cllr(target, nontarget), abs=0.01
    )


@pytest.mark.parametrize("measure", [cllr, min_cllr, dcf, calibrate])
def test_one_kind_is_not_enough(measure) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    with pytest.raises(ValueError, match="1 target and 0 nontarget scores"):
        measure([1.0], [])


def test_the_least_cost_is_that_of_all_trials_one_by_one() -> None:
    """Scores that only trials of one kind have are taken together, which changes nothing."""
    rng = np.random.default_rng(0)
    target, nontarget = rng.normal(2, 1, 300).round(1), rng.normal(0, 1, 900).round(1)
    scores, truth = np.concatenate([target, nontarget]), np.repeat([1.0, 0.0], [300, 900])
    levels = np.unique(scores)
    p = isotonic_regression(
        np.array([truth[scores == level].mean() for level in levels]),
        weights=np.array([(scores == level).sum() for level in levels]),
    ).x
    with np.errstate(divide="ignore"):
        ratios = np.log(p) - np.log1p(-p) - np.log(300 / 900)
    of = dict(zip(levels, ratios, strict=True))
    expected = cllr([of[score] for score in target], [of[score] for score in nontarget])
    assert min_cllr(target, nontarget) == pytest.approx(expected, rel=1e-9)
