"""Errors of made sound: nothing for the recording itself, a logarithm for a gain, more for more noise."""

import numpy as np
import pytest
from numpy.typing import NDArray

from disentangle.evaluation.resynthesis import stft_error, stoi

RATE = 16000


def speechlike(seconds: float = 2.0, seed: int = 0) -> NDArray[np.float64]:
    """Noise through a resonance, in syllables."""
    rng = np.random.default_rng(seed)
    noise = np.convolve(rng.normal(size=round(seconds * RATE)), np.exp(-np.arange(200) / 40) * np.cos(np.arange(200)))
    t = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(noise[: len(t)] * (1.1 + np.sin(2 * np.pi * 4 * t)) / 20)


def test_of_the_recording_itself() -> None:
    x = speechlike()
    assert stft_error(x, x, RATE) == 0
    assert stoi(x, x, RATE) == pytest.approx(1, abs=1e-6)


def test_of_a_gain_the_spectra_differ_by_its_logarithm() -> None:
    x = speechlike()
    assert stft_error(2 * x, x, RATE) == pytest.approx(1 + np.log(2), abs=1e-3)
    assert stoi(2 * x, x, RATE) == pytest.approx(1, abs=1e-6)


def test_more_noise_is_a_greater_error_and_less_intelligible() -> None:
    x, noise = speechlike(), np.random.default_rng(1).normal(size=2 * RATE)
    made = [x + gain * noise for gain in (0.0, 0.01, 0.1, 1.0)]
    errors, heard = [stft_error(y, x, RATE) for y in made], [stoi(y, x, RATE) for y in made]
    assert errors == sorted(errors) and heard == sorted(heard, reverse=True)
    assert heard[-1] < 0.6


def test_lengths_have_to_agree() -> None:
    with pytest.raises(ValueError, match="as many samples"):
        stft_error(np.zeros(100), np.zeros(101), RATE)
