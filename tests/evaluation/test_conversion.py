"""Known answers for mel-cepstral distortion, warping and pitch correlation."""

import numpy as np
import pytest
from numpy.typing import NDArray

from disentangle.evaluation.conversion import cepstra, f0_correlation, mcd, warping_path
from disentangle.pitch import pitch

RATE = 8000


def mels(frames: int, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=(frames, 40))


def voice(contour: NDArray[np.float64]) -> NDArray[np.float64]:
    """Harmonics that follow a contour of F0 (samples,) in Hz under a formant that rises from 500 to 2500 Hz."""
    phase, formant = 2 * np.pi * np.cumsum(contour) / RATE, np.linspace(500, 2500, len(contour))
    harmonics = [(0.5 / k + np.exp(-(((k * contour - formant) / 500) ** 2))) * np.sin(k * phase) for k in range(1, 21)]
    return np.asarray(0.1 * np.sum(harmonics, axis=0))


def test_mcd_of_a_recording_to_itself_is_0_whatever_its_gain_and_pauses() -> None:
    a = mels(50)
    assert mcd(a, a) == 0
    assert mcd(a, a + 3.0) == pytest.approx(0, abs=1e-9)
    assert mcd(a, np.repeat(a, 2, axis=0)) == pytest.approx(0, abs=1e-9)
    assert mcd(a, mels(50, 1)) > 1


def test_mcd_of_a_case_done_by_hand() -> None:
    """Spectra that differ by cos(2 w): their second cepstra differ by 1, the distortion is 10 sqrt(2) / ln 10 dB."""
    w = np.pi * (np.arange(40) + 0.5) / 40
    flat = np.zeros((7, 40))
    assert cepstra(flat + np.cos(2 * w))[0] == pytest.approx(np.eye(13)[1], abs=1e-9)
    assert mcd(flat, flat + np.cos(2 * w)) == pytest.approx(10 * np.sqrt(2) / np.log(10))


def test_mcd_refuses_other_filters() -> None:
    with pytest.raises(ValueError, match="same filters"):
        mcd(mels(5), mels(5)[:, :20])


def test_warping_path_of_a_case_done_by_hand() -> None:
    """1 2 3 against 1 1 2 3: the first frame is held, everything else goes in step."""
    a, b = np.array([1.0, 2, 3]), np.array([1.0, 1, 2, 3])
    path = warping_path(np.abs(a[:, None] - b[None]))
    assert path.tolist() == [[0, 0], [0, 1], [1, 2], [2, 3]]


def test_f0_correlation_follows_the_contour_and_not_the_height() -> None:
    t = np.arange(RATE) / RATE
    contour = 120 + 25 * np.sin(2 * np.pi * t)
    a = voice(contour)
    assert np.nanmedian(pitch(a, RATE)) == pytest.approx(120, rel=0.1)
    assert f0_correlation(a, a, RATE) == pytest.approx(1)
    assert f0_correlation(a, voice(1.5 * contour), RATE) > 0.9
    assert f0_correlation(a, voice(240 - contour), RATE) < -0.5
    assert np.isnan(f0_correlation(a, np.zeros(RATE), RATE))
