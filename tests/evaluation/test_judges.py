"""Judges tell synthetic voices and words apart, and are deaf to loudness."""

import numpy as np
import pytest
from numpy.typing import NDArray

from disentangle.evaluation.judges import DigitJudge, SpeakerJudge, acceptance, share

Mel = NDArray[np.float64]


def voices(speakers: int, each: int, seed: int, first: int = 0) -> tuple[list[Mel], list[str]]:
    """Log-mels whose mean spectrum belongs to the speaker; the rest, loudness included, to chance."""
    rng = np.random.default_rng(seed)
    mels, names = [], []
    for s in range(first, first + speakers):
        colour = np.random.default_rng(100 + s).normal(size=40)
        for _ in range(each):
            mels.append(colour + rng.normal(size=(int(rng.integers(30, 60)), 40)) + rng.normal())
            names.append(f"s{s:02d}")
    return mels, names


def test_unseen_speakers_are_verified_and_a_converted_one_is_accepted_as_its_target_alone() -> None:
    judge = SpeakerJudge().fit(*voices(20, 4, 0))
    enrolled = judge.enrol(*voices(6, 3, 1, first=20))
    error, threshold = judge.operating_point(*voices(6, 3, 2, first=20), enrolled)
    assert error < 0.02
    converted, targets = voices(6, 2, 3, first=20)
    sources = targets[2:] + targets[:2]
    assert acceptance(judge, converted, targets, enrolled, threshold).mean() > 0.9
    assert acceptance(judge, converted, sources, enrolled, threshold).mean() < 0.1


def test_loudness_does_not_matter() -> None:
    mels, speakers = voices(8, 4, 0)
    judge = SpeakerJudge().fit(mels, speakers)
    assert judge.embed([x + 2.5 for x in mels]) == pytest.approx(judge.embed(mels), abs=1e-8)
    assert np.linalg.norm(judge.embed(mels), axis=1) == pytest.approx(np.ones(32))


def test_share_counts_and_bootstraps_over_speakers() -> None:
    score = share([True, True, False, False], ["a", "a", "b", "b"], chance=0.5)
    assert (score.value, score.ci95, score.n, score.chance) == (0.5, (0, 1), 4, 0.5)


def test_digit_judge_reads_the_order_and_not_the_loudness() -> None:
    rng = np.random.default_rng(0)
    words = {"up": np.linspace(-2, 2, 12), "down": np.linspace(2, -2, 12)}
    labels = ["up", "down"] * 40
    mels = [words[w][:, None] * np.ones(8) + 0.2 * rng.normal(size=(12, 8)) + 3 * rng.normal() for w in labels]
    judge = DigitJudge(seed=5).fit(mels[:60], labels[:60])
    assert judge.predict(mels[60:]) == labels[60:]
    assert judge.predict([x - 50 for x in mels[60:]]) == labels[60:]
