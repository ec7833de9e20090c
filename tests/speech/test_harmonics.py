"""What a decoder sees of a contour: harmonics where they lie in a log-mel."""

import numpy as np
import pytest
import torch

from disentangle.speech.contour import COLUMNS, HEIGHT, REFERENCE
from disentangle.speech.front_end import FrontEnd
from disentangle.speech.harmonics import HIGH, LOW, Harmonics, ripples
from disentangle.speech.options import FrontEndOptions

FRONT_END = FrontEnd(FrontEndOptions(rate=16000, mels=64, hop=0.0125))


def told(octaves: float, height: float, voiced: float = 1.0, known: float = 1.0) -> torch.Tensor:
    return torch.tensor([[[octaves, voiced, known, height]]])


def likeness(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a, b)[0, 1])


@pytest.mark.parametrize("f0", [90.0, 137.0, 210.0, 333.0])
def test_they_lie_where_those_of_a_voice_lie(f0: float) -> None:
    """A voice of falling harmonics, less its spectral slope, has its ripples there, not a twelfth of an octave off."""
    t = np.arange(16000) / 16000
    wave = sum(np.sin(2 * np.pi * k * f0 * t + k) / k for k in range(1, int(8000 / f0) + 1))
    mel = FRONT_END(torch.from_numpy(np.asarray(wave, np.float32)))[20:60].mean(0).numpy()
    seen = mel - np.polyval(np.polyfit(np.arange(64), mel, 3), np.arange(64))
    harmonics, octave = Harmonics(FRONT_END), float(np.log2(f0 / REFERENCE))

    def found(octaves: float) -> np.ndarray:
        ripple = harmonics(told(octaves, 0.0))[0, 0, :64].numpy()
        return np.asarray(ripple - np.polyval(np.polyfit(np.arange(64), ripple, 3), np.arange(64)))

    assert likeness(found(octave)[:30], seen[:30]) > 0.7
    assert likeness(found(octave)[:30], seen[:30]) > likeness(found(octave + 1 / 12)[:30], seen[:30])
    assert likeness(found(octave)[:30], seen[:30]) > likeness(found(octave - 1 / 12)[:30], seen[:30])


def test_height_and_movement_add_and_what_is_unvoiced_or_untold_has_none() -> None:
    harmonics = Harmonics(FRONT_END)
    assert harmonics.width == 64 + COLUMNS - 1
    torch.testing.assert_close(harmonics(told(0.25, 0.5))[..., :64], harmonics(told(0.5, 0.25))[..., :64])
    for silent in (told(0.25, 0.5, voiced=0.0), told(0.25, 0.5, known=0.0)):
        seen = harmonics(silent)
        assert not seen[..., :64].any() and torch.equal(seen[..., 64:], silent[..., :HEIGHT])


def test_between_two_heights_they_change_evenly_and_beyond_the_last_no_more() -> None:
    harmonics, rows = Harmonics(FRONT_END), ripples(FRONT_END)
    step = (HIGH - LOW) / (len(rows) - 1)
    between = harmonics(told(LOW + 10.25 * step, 0.0))[0, 0, :64]
    torch.testing.assert_close(between, 0.75 * rows[10] + 0.25 * rows[11], rtol=0, atol=1e-2)
    torch.testing.assert_close(harmonics(told(-9.0, 0.0))[0, 0, :64], rows[0])
    torch.testing.assert_close(harmonics(told(9.0, 0.0))[0, 0, :64], rows[-1], rtol=0, atol=1e-2)


def test_a_filter_hears_no_more_of_a_higher_voice() -> None:
    """Where filters are too wide for ripples there are none: harmonics are told, and not how loud they are."""
    rows = ripples(FRONT_END)
    low = rows[: len(rows) // 3]  # up to 113 Hz
    assert low[:, 40:].abs().mean() < 0.35 * low[:, 2:12].abs().mean()
