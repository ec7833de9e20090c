"""Known answers for trials, error rates, costs and intervals."""

import numpy as np
import pytest

from disentangle.evaluation.bootstrap import interval, mean_score
from disentangle.evaluation.score import Score
from disentangle.evaluation.verification import (
    Ranked,
    as_norm,
    cosine_trials,
    eer,
    min_dcf,
    speaker_eer,
    speaker_min_dcf,
)


def test_eer_is_0_when_separable_and_the_threshold_separates() -> None:
    rate, threshold = eer([3.0, 4.0, 5.0], [0.0, 1.0])
    assert rate == 0
    assert 1 < threshold <= 3


def test_eer_is_1_when_the_scores_are_the_wrong_way_round() -> None:
    assert eer([0.0, 1.0], [2.0, 3.0])[0] == 1


def test_eer_of_identical_distributions_is_one_half() -> None:
    scores = np.random.default_rng(0).normal(size=20000)
    assert eer(scores[:10000], scores[10000:])[0] == pytest.approx(0.5, abs=0.02)
    assert eer(scores[:100], scores[:100])[0] == pytest.approx(0.5)
    assert eer([0.0, 0.0], [0.0])[0] == pytest.approx(0.5)


def test_eer_of_a_case_done_by_hand() -> None:
    """Of 4 targets one lies below the threshold, of 4 nontargets one above."""
    rate, threshold = eer([0.2, 0.6, 0.8, 0.9], [0.0, 0.1, 0.3, 0.7])
    assert rate == 0.25
    assert threshold == pytest.approx(0.45)


def test_eer_between_two_points_of_the_curve_lies_on_the_line() -> None:
    """Misses (0, 1/2, 1/2) and false acceptances (2/3, 2/3, 1/3) at 1, 2.5, 3.5 meet halfway: 1/2."""
    assert eer([2.0, 5.0], [0.0, 3.0, 4.0])[0] == pytest.approx(0.5)


def test_min_dcf_of_a_case_done_by_hand() -> None:
    """At prior .5 the best threshold misses 1 of 4 and accepts none of 2: (.5 * .25) / .5."""
    assert min_dcf([0.0, 3.0, 4.0, 5.0], [1.0, 2.0], prior=0.5) == pytest.approx(0.25)
    assert min_dcf([1.0], [0.0]) == 0
    assert min_dcf([0.0], [1.0]) == 1


def test_trials_need_both_kinds() -> None:
    with pytest.raises(ValueError, match="both kinds"):
        eer([1.0], [])


def test_cosine_trials_are_all_pairs_once_or_the_listed_ones() -> None:
    vectors = np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]])
    trials = cosine_trials(vectors, ["a", "a", "b"])
    assert list(zip(trials.first, trials.second, trials.is_target, strict=True)) == [
        (0, 1, True),
        (0, 2, False),
        (1, 2, False),
    ]
    assert trials.scores == pytest.approx([1, 0, 0])
    listed = cosine_trials(vectors, ["a", "a", "b"], [[2, 0]])
    assert listed.first == [2] and not listed.is_target[0]


def test_as_norm_of_a_case_done_by_hand() -> None:
    """Each side's two nearest of the cohort score 1 and 0: mean and deviation one half, so 0 becomes -1."""
    vectors, cohort = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])
    trials = as_norm(cosine_trials(vectors, ["a", "b"]), vectors, cohort, top=2)
    assert trials.scores == pytest.approx([-1.0])


def test_speaker_scores_carry_interval_count_and_chance() -> None:
    rng = np.random.default_rng(0)
    speakers = [f"s{i // 6}" for i in range(60)]
    centres = np.repeat(rng.normal(size=(10, 4)), 6, axis=0)
    score = speaker_eer(cosine_trials(centres + 0.8 * rng.normal(size=(60, 4)), speakers), speakers, seed=1)
    assert score.ci95 is not None
    assert 0 < score.ci95[0] < score.value < score.ci95[1] < 0.5
    assert score.n == 60 * 59 // 2 and score.chance == 0.5
    perfect = cosine_trials(np.repeat(np.eye(10), 6, axis=0), speakers)
    assert speaker_eer(perfect, speakers) == Score(0.0, (0.0, 0.0), 1770, 0.5)
    assert speaker_min_dcf(perfect, speakers).value == 0


def test_interval_covers_speakers_and_not_utterances() -> None:
    """Ten speakers of a hundred equal utterances each are ten values."""
    rng = np.random.default_rng(0)
    per_speaker = rng.normal(size=10)
    values, groups = np.repeat(per_speaker, 100), [str(i) for i in np.repeat(np.arange(10), 100)]
    low, high = interval(values, groups, seed=3)
    width = 2 * 1.96 * per_speaker.std() / np.sqrt(10)
    assert high - low == pytest.approx(width, rel=0.15)
    assert (low, high) == interval(values, groups, seed=3)
    assert (low, high) != interval(values, groups, seed=4)


def test_scores_of_32_bits_are_ranked_as_those_of_64() -> None:
    rng = np.random.default_rng(0)
    scores = np.concatenate([rng.normal(0, 1, 4000).round(2), [0.0, -0.0, np.inf, -np.inf, 1e-40, -1e-40]])
    narrow, is_target = scores.astype(np.float32), rng.random(len(scores)) < 0.3
    one, other = Ranked.of(narrow, is_target), Ranked.of(narrow.astype(np.float64), is_target)
    assert np.array_equal(narrow[one.order], narrow[other.order])
    assert np.array_equal(one.starts, other.starts)
    assert sorted(one.order) == list(range(len(scores)))
    for ours, theirs in zip(one.curve(), other.curve(), strict=True):
        assert np.array_equal(ours[1:-1], theirs[1:-1])


def test_a_mean_is_of_the_values_that_are_finite() -> None:
    found = mean_score([1.0, float("nan"), 0.0], ["a", "a", "b"])
    assert (found.value, found.n) == (0.5, 2)
