"""Faster is shorter, higher is higher by as much, and the resonances of the mouth stay where they are."""

import numpy as np
import pytest
from numpy.typing import NDArray

from disentangle.pitch import pitch
from disentangle.speech.model import SpeechModel
from disentangle.speech.options import FrontEndOptions, SpeechOptions
from disentangle.speech.prosody import moved_envelope, spoken, stretched

RATE = 16000
OPTIONS = FrontEndOptions(rate=RATE, mels=64)


def hum(seconds: float = 1.5, f0: float = 180.0, formant: float = 1100.0) -> NDArray[np.float32]:
    t = np.arange(round(seconds * RATE)) / RATE
    tones = f0 * np.arange(1, int(7000 / f0))
    wave = sum(np.exp(-(((tone - formant) / 500) ** 2)) * np.sin(2 * np.pi * tone * t) for tone in tones)
    return np.asarray(0.1 * wave + np.random.default_rng(0).normal(0, 1e-3, len(t)), np.float32)


def resonance(wave: NDArray[np.float32]) -> float:
    """Centre of the power spectrum in Hz."""
    power = np.abs(np.fft.rfft(wave)) ** 2
    return float((np.fft.rfftfreq(len(wave), 1 / RATE) * power).sum() / power.sum())


@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_the_pitch_moves_and_the_resonance_stays(factor: float) -> None:
    model, wave = SpeechModel(SpeechOptions(front_end=OPTIONS)), hum()
    mel = model.log_mel(wave)
    plain = spoken(mel, len(wave), model.griffin_lim, OPTIONS)
    moved = spoken(mel, len(wave), model.griffin_lim, OPTIONS, pitch=factor)
    assert len(moved) == len(plain) == len(wave)
    heights = [np.nanmedian(pitch(x, RATE)) for x in (plain, moved)]
    assert heights[0] == pytest.approx(180, rel=0.02)
    assert heights[1] / heights[0] == pytest.approx(factor, rel=0.03)
    assert resonance(moved) == pytest.approx(resonance(plain), rel=0.1)


@pytest.mark.parametrize("speed", [0.5, 1.0, 1.5])
def test_a_speed_divides_the_length_and_leaves_the_pitch(speed: float) -> None:
    model, wave = SpeechModel(SpeechOptions(front_end=OPTIONS)), hum()
    made = spoken(model.log_mel(wave), len(wave), model.griffin_lim, OPTIONS, speed)
    assert len(made) == round(len(wave) / speed)
    assert np.nanmedian(pitch(made, RATE)) == pytest.approx(180, rel=0.03)


def test_neither_is_the_sound_itself() -> None:
    mel = np.random.default_rng(0).normal(size=(9, 64)).astype(np.float32)
    made = spoken(mel, 900, lambda x, samples: np.resize(x, samples), OPTIONS)
    assert np.array_equal(made, np.resize(mel, 900))
    np.testing.assert_allclose(moved_envelope(mel, 1.0, OPTIONS), mel, atol=1e-5)


def test_frames_are_interpolated() -> None:
    mel = np.arange(5, dtype=np.float32)[:, None]
    assert stretched(mel, 1.8)[:, 0] == pytest.approx(np.linspace(0, 4, 9))
    assert stretched(mel, 0.6)[:, 0] == pytest.approx([0, 2, 4])
    assert stretched(mel[:1], 3.0)[:, 0] == pytest.approx([0, 0, 0])
    assert len(stretched(mel, 0.01)) == 1
