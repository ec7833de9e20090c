"""The judges' ears: one frame every 10 ms, deaf to loudness."""

import numpy as np
import pytest

from disentangle.scoring.hearing import MELS, hear


@pytest.mark.parametrize("rate", [8000, 16000])
def test_frames_every_10_ms_and_no_loudness(rate: int) -> None:
    wave = np.random.default_rng(0).normal(size=rate).astype(np.float32)
    heard = hear(0.2 * wave, rate)
    assert heard.shape == (101, MELS)
    assert heard == pytest.approx(hear(0.01 * wave, rate), abs=1e-4)


def test_silence_is_finite() -> None:
    assert np.isfinite(hear(np.zeros(4000, np.float32), 8000)).all()


def test_a_tone_is_heard_in_its_band() -> None:
    t = np.arange(8000) / 8000
    low, high = (hear(np.sin(2 * np.pi * f * t), 8000).mean(0).argmax() for f in (300, 3000))
    assert low < MELS // 3 < 2 * MELS // 3 < high
