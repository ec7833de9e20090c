"""Bits by the online code: the label itself costs next to nothing, noise costs log2(classes)."""

from itertools import pairwise

import numpy as np
import pytest

from disentangle.evaluation.online_code import code_length, portions

LABELS = [f"s{i % 4}" for i in range(160)]


def test_a_code_that_is_the_label_costs_what_the_first_block_and_the_mixing_cost() -> None:
    features = [np.tile(np.eye(4)[int(label[1])], (3, 1)) for label in LABELS]
    result = code_length(features, LABELS)
    ends = [10, 20, 40, 80, 160]
    assert portions(160, 4) == ends
    mixing = sum((b - a) * -np.log2(a / (a + 4) + 1 / (a + 4)) for a, b in pairwise(ends))
    assert result.score.value == pytest.approx((10 * 2 + mixing) / 160, abs=0.1)
    assert result.score.chance == 2 and result.score.n == 160
    assert [row["step"] for row in result.curve] == ends[:-1]


def test_noise_costs_about_the_uniform_code_and_the_same_seed_the_same_bits() -> None:
    rng = np.random.default_rng(0)
    features = [rng.normal(size=(6, 3)) for _ in LABELS]
    result = code_length(features, LABELS)
    assert 1.9 < result.score.value < 2.5
    assert code_length(features, LABELS).score == result.score
    half = code_length([np.tile([float(label < "s2")], (2, 1)) for label in LABELS], LABELS).score.value
    assert 1 < half < result.score.value


def test_one_class_needs_no_code() -> None:
    with pytest.raises(ValueError, match="one only"):
        code_length([np.zeros((2, 2))] * 9, ["a"] * 9)
