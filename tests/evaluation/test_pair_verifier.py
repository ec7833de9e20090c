"""The retrained verifier finds what a code holds of unseen speakers, in the statistics or in the order."""

import numpy as np
import pytest
from numpy.typing import NDArray

from disentangle.evaluation import pair_verifier
from disentangle.evaluation.convergence import Limits
from disentangle.evaluation.discriminant import Discriminant
from disentangle.evaluation.pair_verifier import hold_out, pair_eer

Code = tuple[list[NDArray[np.float64]], list[str]]


def code(speakers: range, strength: float, seed: int, each: int = 8) -> Code:
    rng = np.random.default_rng(seed)
    features, names = [], []
    for s in speakers:
        own = strength * np.random.default_rng(1000 + s).normal(size=6)
        features += [own + rng.normal(size=(int(rng.integers(15, 25)), 6)) for _ in range(each)]
        names += [f"s{s:02d}"] * each
    return features, names


def ordered_code(speakers: range, seed: int, each: int = 8) -> Code:
    """White noise in each dim, delayed in the second by a lag of the speaker's: static statistics are equal."""
    rng = np.random.default_rng(seed)
    features, names = [], []
    for s in speakers:
        for _ in range(each):
            x = rng.normal(size=40)
            features.append(np.stack([x, np.roll(x, 1 + s % 3)], 1))
            names.append(f"s{s % 3}-{s // 3}")
    return features, names


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pair_verifier, "LIMITS", Limits(patience=75, decays=0, steps=100, enough=0.0))


def test_a_code_that_holds_the_speaker_is_verified_on_unseen_speakers() -> None:
    result = pair_eer(*code(range(16), 2.0, 0), *code(range(16, 24), 2.0, 1))
    score = result.score
    assert score.value < 0.05
    assert result.majority is None
    assert [row["step"] for row in result.curve] == [25 * k for k in range(1, len(result.curve) + 1)]
    assert min(row["validation_loss"] for row in result.curve) < 0.2
    assert score.chance == 0.5 and score.n == 64 * 63 // 2


def test_a_code_that_knows_nothing_leaves_an_error_of_one_half() -> None:
    score = pair_eer(*code(range(12), 0.0, 0), *code(range(12, 32), 0.0, 1, each=5)).score
    assert score.ci95 is not None
    assert score.value == pytest.approx(0.5, abs=0.05)
    assert score.ci95[0] <= 0.5 <= score.ci95[1]


def test_a_leak_in_the_order_of_frames_is_found_though_statistics_are_equal() -> None:
    """Speakers of one lag cannot be told apart: of 9 test speakers each looks like 2 others."""
    train, test = ordered_code(range(18), 0), ordered_code(range(18, 27), 1)
    assert pair_eer(*train, *test).score.value < 0.35


def test_speakers_must_be_new() -> None:
    features, speakers = code(range(4), 1.0, 0)
    with pytest.raises(ValueError, match="disjoint"):
        pair_eer(features, speakers, features, speakers)


def test_speakers_are_held_out_whole_unless_there_are_few() -> None:
    many = [f"s{i % 12}" for i in range(60)]
    held = {many[i] for i in hold_out(many, 0)}
    assert len(held) == 4 and len(hold_out(many, 0)) == 20
    few = [f"s{i % 4}" for i in range(40)]
    assert {few[i] for i in hold_out(few, 0)} == set(few)
    assert len(hold_out(few, 0)) == 8


def test_rounding_dust_in_a_constant_statistic_is_not_blown_up() -> None:
    rng = np.random.default_rng(0)
    speakers = [f"s{i // 10}" for i in range(80)]
    vectors = np.repeat(rng.normal(size=(8, 5)), 10, axis=0) + 0.3 * rng.normal(size=(80, 5))
    dust = np.concatenate([vectors, 1e-8 * rng.normal(size=(80, 5))], 1)
    discriminant = Discriminant().fit(dust, speakers)
    shaken = dust + np.r_[np.zeros(5), np.full(5, 1e-5)]
    assert discriminant(shaken) == pytest.approx(discriminant(dust), abs=0.01)
