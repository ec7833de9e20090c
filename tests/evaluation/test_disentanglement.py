"""Known answers for codes against the factors behind them: a perfect code, noise, a duplicated and a rotated one."""

from functools import partial

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.metrics import mutual_info_score

from disentangle.evaluation.dci import dci
from disentangle.evaluation.effects import effects_overlap
from disentangle.evaluation.factorvae import factorvae
from disentangle.evaluation.mig import digitised, information, mig
from disentangle.evaluation.sap import sap

VALUES = (3, 6, 10)
Matrix = NDArray[np.float64]
Whole = NDArray[np.int64]


def factors_of(count: int, seed: int = 0) -> Whole:
    return np.random.default_rng(seed).integers(VALUES, size=(count, len(VALUES)))


def scaled(factors: Whole) -> Matrix:
    return np.asarray((factors - factors.mean(0)) / factors.std(0))


def rotated(code: Matrix) -> Matrix:
    """Every dim becomes a mixture of all: the code holds what it held."""
    return np.asarray(code @ np.linalg.qr(np.random.default_rng(3).normal(size=(code.shape[1],) * 2))[0])


def noise(count: int, dims: int = 5) -> Matrix:
    return np.random.default_rng(1).normal(size=(count, dims))


FACTORS = factors_of(3000)
PERFECT = scaled(FACTORS)
DOUBLED = np.concatenate([PERFECT, PERFECT[:, 2:]], 1)


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 0, 1]])
def test_a_perfect_code_scores_1(order: list[int]) -> None:
    code = -3.0 * PERFECT[:, order]
    assert mig(code, FACTORS).value == pytest.approx(1, abs=0.02)
    assert sap(code, FACTORS).value == pytest.approx(1, abs=0.02)
    assert factorvae(code, FACTORS).value == 1
    measured = dci(code, FACTORS, trees=10)
    for score in (measured.disentanglement, measured.completeness, measured.informativeness):
        assert score.value == pytest.approx(1, abs=0.01)
    assert measured.importance[:, 0].argmax() == order.index(0)


def test_useless_dims_beside_a_perfect_code_change_nothing() -> None:
    code = np.concatenate([noise(3000), PERFECT, np.ones((3000, 1))], 1)
    assert mig(code, FACTORS).value == pytest.approx(1, abs=0.03)
    assert sap(code, FACTORS).value == pytest.approx(1, abs=0.02)
    assert factorvae(code, FACTORS).value == 1
    measured = dci(code, FACTORS, trees=10)
    for score in (measured.disentanglement, measured.completeness, measured.informativeness):
        assert score.value == pytest.approx(1, abs=0.03)


def test_noise_scores_about_nothing() -> None:
    code = noise(3000)
    assert mig(code, FACTORS).value == pytest.approx(0, abs=0.02)
    assert sap(code, FACTORS).value == pytest.approx(0, abs=0.02)
    assert factorvae(code, FACTORS).value == pytest.approx(1 / 3, abs=0.1)
    measured = dci(code, FACTORS, trees=30)
    assert measured.disentanglement.value == pytest.approx(0, abs=0.05)
    assert measured.completeness.value == pytest.approx(0, abs=0.05)
    assert measured.informativeness.value == pytest.approx(measured.informativeness.chance, abs=0.05)


def test_a_factor_in_two_dims_lowers_completeness_alone() -> None:
    measured = dci(DOUBLED, FACTORS, trees=30)
    assert measured.disentanglement.value == pytest.approx(1, abs=0.01)
    assert measured.informativeness.value == pytest.approx(1, abs=0.01)
    assert measured.completeness.value == pytest.approx(1 - np.log(2) / np.log(4) / 3, abs=0.03)


def test_a_factor_in_two_dims_has_no_gap() -> None:
    assert mig(DOUBLED, FACTORS).value == pytest.approx(2 / 3, abs=0.02)
    assert sap(DOUBLED, FACTORS).value == pytest.approx(2 / 3, abs=0.02)
    assert factorvae(DOUBLED, FACTORS).value == 1


def test_two_factors_in_one_dim_lower_disentanglement_alone() -> None:
    """The dim numbers the pairs of values: all is known, but by a dim that stands for neither."""
    code = np.stack([FACTORS[:, 0] * 6.0 + FACTORS[:, 1], FACTORS[:, 2]], 1)
    measured = dci(code, FACTORS, trees=10)
    assert measured.informativeness.value > 0.95
    assert measured.completeness.value > 0.95
    assert measured.disentanglement.value < 0.7


def test_a_rotated_code_has_a_small_gap_and_holds_what_it_held() -> None:
    factors = factors_of(3000)
    code = rotated(scaled(factors))
    assert mig(code, factors).value < 0.3
    straight = dci(scaled(factors), factors, trees=10).informativeness.value
    assert dci(code, factors, trees=10).informativeness.value > straight - 0.1
    two = factors[:, :2]
    turned = scaled(two) @ np.array([[0.8, 0.6], [-0.6, 0.8]])
    assert dci(turned, two, trees=10).informativeness.value > 0.99
    assert mig(turned, two).value < 0.6


def test_factors_with_an_order_are_regressed_so_that_many_values_do_not_hide_what_each_dim_stands_for() -> None:
    """40 values in 600 samples: as classes most are met by fewer than ten, and trees split on whatever there is."""
    rng = np.random.default_rng(3)
    factors = np.stack([rng.integers(3, size=600), rng.integers(40, size=600), rng.integers(40, size=600)], 1)
    code = np.concatenate([scaled(factors) + 0.1 * rng.normal(size=(600, 3)), noise(600, 2)], 1)
    regressed, classified = dci(code, factors, [0], trees=10), dci(code, factors, [0, 1, 2], trees=10)
    assert regressed.disentanglement.value > 0.9 > 0.5 > classified.disentanglement.value
    assert regressed.informativeness.value > 0.9


def test_the_information_is_scikit_learns() -> None:
    code = digitised(noise(500), 7)
    assert code.min() == 0
    assert code.max() == 6
    assert information(code[:, 0], FACTORS[:500, 2]) == pytest.approx(mutual_info_score(code[:, 0], FACTORS[:500, 2]))


def test_boosting_agrees_with_the_forest_on_a_perfect_code() -> None:
    code, factors = PERFECT[:600, :2], FACTORS[:600, :2]
    measured = dci(code, factors, method="boosting", trees=10)
    for score in (measured.disentanglement, measured.completeness, measured.informativeness):
        assert score.value == pytest.approx(1, abs=0.01)


def test_dead_dims_do_not_vote() -> None:
    """A collapsed dim is the stillest of all once it is scaled up, whatever factor is held."""
    still = np.full((3000, 1), 2.0)
    still[0] = 2.001
    code = np.concatenate([still, PERFECT + 0.3 * noise(3000, 3)], 1)
    assert factorvae(code, FACTORS).value == 1
    assert factorvae(code, FACTORS, dead=0.0).value < 0.5
    collapsed = factorvae(still, FACTORS)
    assert (collapsed.value, collapsed.ci95, collapsed.chance) == (0, None, 1 / 3)


def test_votes_depend_on_the_seed_alone() -> None:
    code = PERFECT + noise(3000, 3)
    assert factorvae(code, FACTORS, 50, 50, seed=5) == factorvae(code, FACTORS, 50, 50, seed=5)


def test_a_factor_without_order_is_predicted_by_thresholds() -> None:
    """Numbers of shapes in another order: no line explains them, thresholds do, and the gap is 1 - 1/3 at most."""
    shape = FACTORS[:, :1]
    code = np.concatenate([np.array([0.0, 2.0, 1.0])[shape], noise(3000, 2)], 1)
    assert sap(code, shape).value < 0.3
    assert sap(code, shape, categorical=[0]).value == pytest.approx(2 / 3, abs=0.05)
    with pytest.raises(ValueError, match=r"categorical factors \[1\]"):
        sap(code, shape, categorical=[1])


@pytest.mark.parametrize("measure", [mig, dci, factorvae, sap])
@pytest.mark.parametrize(
    ("code", "factors", "complaint"),
    [
        (np.full((90, 2), np.nan), FACTORS[:90], "sample 0 has a value that is not finite"),
        (np.ones(90), FACTORS[:90], r"must be \(samples, dims\)"),
        (noise(4), FACTORS[:4], "4 samples of 5 dims are too few"),
        (noise(90), FACTORS[:80], "90 samples need"),
        (noise(90), FACTORS[:90, 0], r"must be \(samples, factors\)"),
        (noise(90), FACTORS[:90] + 0.5, "whole numbers"),
        (noise(90), np.ones((90, 2)), "factor 0 has one value only"),
    ],
)
def test_arrays_that_cannot_be_measured_are_refused(measure, code, factors, complaint) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    with pytest.raises(ValueError, match=complaint):
        measure(code, factors)


def test_what_a_measure_needs_besides_is_said() -> None:
    with pytest.raises(ValueError, match=r"value \d of factor 0 has \d+ samples"):
        factorvae(noise(100), FACTORS[:100])
    with pytest.raises(ValueError, match="choose forest or boosting"):
        dci(noise(90), FACTORS[:90], method="lasso")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="DCI needs 8 samples"):
        dci(noise(6), FACTORS[:6])
    rare = np.eye(40, dtype=np.int64)[:, :1]
    with pytest.raises(ValueError, match="factor 0 has one value only in the half"):
        dci(noise(40), rare, seed=next(s for s in range(20) if 0 not in np.random.default_rng(s).permutation(40)[:20]))


def test_overlapping_effects_are_measured_without_labels() -> None:
    z, both = torch.randn(50, 3), torch.tensor([False, True, True])
    whole, _ = torch.linalg.qr(torch.randn(3, 3))
    alike = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 2.0]])
    half = torch.tensor([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    for effects, overlap in ((whole, 0.0), (alike, 1.0), (half, 0.5)):
        assert effects_overlap(partial(torch.matmul, other=effects), z, both).value == pytest.approx(overlap, abs=1e-4)
    with pytest.raises(ValueError, match="Ask for two or more"):
        effects_overlap(lambda z: z, z, torch.tensor([False, False, True]))
