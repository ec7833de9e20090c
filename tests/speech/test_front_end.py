"""The filterbank agrees with librosa's, and Griffin-Lim gives back what it is asked for."""

import numpy as np
import pytest
import torch

from disentangle.compiled import librosa
from disentangle.speech import front_end
from disentangle.speech.front_end import FrontEnd
from disentangle.speech.options import FrontEndOptions


@pytest.mark.parametrize("rate", [8000, 16000])
def test_the_log_mel_equals_librosas(rate: int) -> None:
    front = FrontEnd(FrontEndOptions(rate=rate, mels=40))
    wave = np.random.default_rng(0).normal(size=rate // 2).astype(np.float32)
    magnitudes = librosa().feature.melspectrogram(
        y=wave,
        sr=rate,
        n_fft=front.size,
        hop_length=front.hop,
        win_length=front.width,
        n_mels=40,
        fmin=40,
        htk=True,
        norm=None,
        power=1.0,
        pad_mode="constant",
    )
    own = front(torch.from_numpy(wave)).numpy()
    assert own.shape == (front.frames(len(wave)), 40)
    np.testing.assert_allclose(own, np.log(magnitudes.T), atol=1e-3)


@pytest.mark.parametrize("rate", [8000, 16000])
def test_griffin_lim_gives_back_the_spectrum(rate: int) -> None:
    """Harmonics come back at their places: the log-mel again lies nearer than that of random phases."""
    front = FrontEnd(FrontEndOptions(rate=rate, mels=64))
    t = torch.arange(rate // 2) / rate
    wave = sum(torch.sin(2 * torch.pi * f * t) / k for k, f in enumerate((200, 400, 600, 1500), 1))
    mel = front(torch.as_tensor(wave))
    first, again = (front(front.griffin_lim(mel, len(t), iterations)) for iterations in (0, 60))
    loud = mel > mel.max() - 6

    def error(x: torch.Tensor) -> float:
        return float((x - mel)[loud].abs().mean())

    assert error(again) < 0.6 * error(first)
    assert error(again) < 0.35


def test_the_waveform_has_the_length_asked_for_and_the_same_each_time() -> None:
    front = FrontEnd(FrontEndOptions(rate=8000, mels=32))
    mel = front(torch.randn(4001))
    waves = [front.griffin_lim(mel, 4001, 5) for _ in range(2)]
    assert waves[0].shape == (4001,)
    assert torch.equal(*waves)


def test_pieces_of_a_long_one_meet_unheard_where_it_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    front = FrontEnd(FrontEndOptions(rate=8000, mels=40))
    t = torch.arange(24000) / 8000
    mel = front(torch.sin(2 * torch.pi * 440 * t) * torch.sin(2 * torch.pi * 2 * t).clamp(min=0.01))
    whole = front.griffin_lim(mel, len(t))
    monkeypatch.setattr(front_end, "PIECE", 0.5)
    joints = front._joints(mel)
    assert joints[0] == 0 and joints[-1] == len(mel) - 1 and len(joints) > 4
    assert bool((mel.exp().sum(1)[joints[1:-1]] < 0.1 * mel.exp().sum(1).mean()).all())
    pieces = front.griffin_lim(mel, len(t))
    assert len(pieces) == len(whole) and not torch.equal(pieces, whole)
    loud = mel > mel.max() - 6
    errors = [float((front(wave) - mel)[loud].abs().mean()) for wave in (whole, pieces)]
    assert errors[1] < 1.2 * errors[0] + 0.02


def spoken(front: FrontEnd, rate: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Harmonics that rise with a band of noise beside them, and their log-mel."""
    t = torch.arange(rate) / rate
    harmonics = sum(torch.sin(2 * torch.pi * k * (120 * t + 30 * t**2)) / k for k in range(1, 9))
    wave = torch.as_tensor(harmonics) + 0.05 * torch.randn(rate, generator=torch.Generator().manual_seed(0))
    return wave, front(wave)


def test_griffin_lim_that_begins_at_true_phases_ends_nearer_than_one_that_begins_at_random_ones() -> None:
    front = FrontEnd(FrontEndOptions(rate=8000, mels=64))
    wave, mel = spoken(front, 8000)
    begun, random = (front.griffin_lim(mel, len(wave), 5, start=start) for start in (wave, None))
    assert float((begun - wave).square().mean()) < 0.2 * float(wave.square().mean())
    assert float((random - wave).square().mean()) > float(wave.square().mean())


def test_every_frequency_belongs_to_filters_in_whole() -> None:
    front = FrontEnd(FrontEndOptions(rate=8000, mels=40, low=100.0))
    torch.testing.assert_close(front.between.sum(1), torch.ones(len(front.between)))
    assert front.between[0].argmax() == 0 and front.between[-1].argmax() == 39


def test_corrections_give_each_band_the_strength_that_is_asked_for() -> None:
    front = FrontEnd(FrontEndOptions(rate=8000, mels=40))
    wave, mel = spoken(front, 8000)
    asked = mel + torch.linspace(-1, 1, 40)
    errors = [float((front(front.corrected(wave, asked, n)) - asked).abs().mean()) for n in (0, 1, 8)]
    assert errors[1] < 0.5 * errors[0]
    assert errors[2] < 0.15 * errors[0]
