"""How F0 moves is told to the decoder, and to nobody else."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from disentangle.corpus import audio, directory
from disentangle.corpus.utterances import DataDirectory, Utterance
from disentangle.speech.batches import Recording, SpeechSource
from disentangle.speech.calibration import calibrate
from disentangle.speech.contour import COLUMNS, HEIGHT, REFERENCE, at_speed, contour, partly
from disentangle.speech.model import SpeechModel
from disentangle.speech.options import AugmentationOptions, BatchOptions
from disentangle.speech.recordings import hear, recordings, unread
from disentangle.speech.voices import searched
from tests.speech.conftest import small, voices

RATE, HOP = 8000, 100


def glide(low: float, high: float, seconds: float = 1.0) -> np.ndarray:
    """A voice of ten harmonics that rises evenly in octaves, noise too faint to hear beside it."""
    t = np.arange(round(seconds * RATE)) / RATE
    phase = 2 * np.pi * np.cumsum(low * (high / low) ** (t / seconds)) / RATE
    wave = sum(np.sin(k * phase) / k for k in range(1, 10)) + 1e-3 * np.random.default_rng(0).standard_normal(len(t))
    return (0.1 * wave).astype(np.float32)


@pytest.fixture
def told() -> SpeechModel:
    """A model whose decoder is told."""
    torch.manual_seed(0)
    options = small()
    return SpeechModel(replace(options, decoder=replace(options.decoder, f0=True))).eval()


@pytest.mark.parametrize("low", [80.0, 160.0])
def test_it_is_in_octaves_about_the_median_whatever_the_height(low: float) -> None:
    found = contour(glide(low, 2 * low), RATE, HOP, 81)
    inner = slice(8, -8)
    assert found.shape == (81, COLUMNS) and (found[:, 2] == 1).all() and (found[inner, 1] == 1).all()
    assert np.abs(found[inner, 0] - np.linspace(-0.5, 0.5, 81)[inner]).max() < 0.06
    assert np.abs(found[:, HEIGHT] - np.log2(low * 2**0.5 / REFERENCE)).max() < 0.06


def test_what_has_no_pitch_is_unvoiced_and_still_told() -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(RATE).astype(np.float32)
    found = contour(noise, RATE, HOP, 85)
    assert found[:, 1].mean() < 0.1 and (found[found[:, 1] == 0, 0] == 0).all() and (found[:, 2] == 1).all()
    silence = contour(np.zeros(RATE, np.float32), RATE, HOP, 81)
    assert not silence[:, [0, 1, HEIGHT]].any() and not at_speed(silence, 1.2, 60)[:, HEIGHT].any()


def test_at_another_speed_it_is_that_of_the_faster_sound() -> None:
    wave = glide(120, 180, 2.0)
    fast = audio.resample(wave, 120, 100)
    frames = 1 + len(fast) // HOP
    moved, own = at_speed(contour(wave, RATE, HOP, 161), 1.2, frames), contour(fast, RATE, HOP, frames)
    assert moved.shape == own.shape
    assert np.abs(moved[8:-8] - own[8:-8]).max() < 0.06


def test_a_tenth_of_the_utterances_of_training_is_told_nothing_but_the_height() -> None:
    found = partly(torch.ones(2000, 3, COLUMNS), np.random.default_rng(0))
    silent = (found[:, :, :HEIGHT] == 0).all(2).all(1)
    assert 0.07 < silent.float().mean() < 0.13 and bool((found[~silent] == 1).all())
    assert bool((found[:, :, HEIGHT] == 1).all())


def test_a_batch_cuts_it_as_it_cuts_the_log_mel() -> None:
    numbered = [
        Recording(r.mel, r.speaker, contour=torch.arange(r.frames)[:, None].expand(-1, COLUMNS).float() + 1)
        for r in voices()
    ]
    plain, numbers = (
        SpeechSource(some, BatchOptions(3, 2), AugmentationOptions(), 25, seed=0).batch(0, 0, 0, 1)
        for some in (voices(), numbered)
    )
    assert plain.contour.shape == (*plain.mel.shape[:2], 0)
    assert torch.equal(plain.mel, numbers.mel) and numbers.contour.shape == (*plain.mel.shape[:2], COLUMNS)
    by_number = {r.mel[k].sum().item(): k + 1 for r in voices() for k in range(r.frames)}
    heard = [k for k in range(len(plain.mel)) if numbers.contour[k].any()]
    assert heard
    for k in heard:
        for t in range(int(plain.lengths[k])):
            assert numbers.contour[k, t, 0] == by_number[numbers.mel[k, t].sum().item()]


def corpus(folder: Path) -> DataDirectory:
    utterances = []
    for speaker, low in (("ada", 200.0), ("bob", 100.0)):
        for take in range(2):
            wav = folder / f"{speaker}{take}.wav"
            audio.save(wav, glide(low, 1.3 * low, 0.6), RATE)
            utterances.append(Utterance(wav.stem, speaker, str(wav)))
    directory.write(folder / "data", utterances)
    return directory.read(folder / "data")


def test_in_memory_it_is_what_is_read_when_it_is_due(told: SpeechModel, tmp_path: Path) -> None:
    data, speeds = corpus(tmp_path), (1.0, 0.9, 1.1)
    held, due = recordings(hear(data, told, speeds), told, "digit"), unread(data, told, speeds, "digit")
    for one, other in zip(held, due, strict=True):
        assert one.contour is not None and one.contour.shape == (len(one.mel), COLUMNS)
        assert other.contour is not None and torch.equal(one.contour, other.contour)
        assert one.contour[:, 1].mean() > 0.7


def test_a_conversion_hears_the_source_s_and_content_alone_can_be_decoded(told: SpeechModel) -> None:
    wave = glide(110, 150, 0.6)
    code, melody, voice = told.content([wave])[0], told.contour(wave), told.speaker([wave])[0]
    assert code.shape[1] == told.content_dims and melody.shape == (len(code), COLUMNS)
    both = told.decodable(wave)
    assert np.array_equal(both, np.concatenate([code, melody], 1))
    assert np.array_equal(told.converted_mel(wave, voice), told.decode(both, voice))
    silent = np.concatenate([code, np.zeros_like(melody)], 1)
    assert np.array_equal(told.decode(code, voice), told.decode(silent, voice))
    assert not np.allclose(told.decode(code, voice), told.decode(both, voice))


def test_it_is_decoded_at_the_height_that_the_vector_tells(told: SpeechModel) -> None:
    """Whatever the height of the source is, and in a voice that is higher it is higher."""
    code, melody = told.content([wave := glide(110, 150, 0.6)])[0], told.contour(wave)
    low, high = (np.full(told.speaker_dims, x, np.float32) for x in (0.1, 0.2))
    told.higher.fill_(2.0)
    told.height.fill_(-0.3)

    def drawn(voice: np.ndarray, height: float) -> np.ndarray:
        moved = melody.copy()
        moved[:, HEIGHT] = height
        both = torch.from_numpy(np.concatenate([code, moved], 1))
        y = told.draw(both, torch.from_numpy(voice), torch.Generator().manual_seed(0))[0]
        return np.asarray(y * told.deviation + told.mean)

    for voice in (low, high):
        expected = drawn(voice, float(2 * voice.sum() - 0.3))
        np.testing.assert_allclose(told.decode(np.concatenate([code, melody], 1), voice), expected, atol=1e-5)


def test_another_pitch_is_decoded_and_not_made_of_what_is_decoded(
    told: SpeechModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The octaves are added to the height that the vector tells; the log-mel is made sound of as it is."""
    told.higher.fill_(0.5)
    wave, voice = glide(110, 150, 0.6), np.full(told.speaker_dims, 0.2, np.float32)
    assert told.pitch(voice) == pytest.approx(REFERENCE * 2 ** (0.1 * told.speaker_dims))
    code, mels = told.decodable(wave), list[np.ndarray]()

    def heard(log_mel: np.ndarray, samples: int) -> np.ndarray:
        mels.append(log_mel)
        return np.ones(samples, np.float32)

    monkeypatch.setattr(told, "vocode", heard)
    told.convert(wave, voice, pitch=2**0.25)
    (mel,) = mels
    assert np.array_equal(mel, told.decode(code, voice, 0.25))
    assert not np.allclose(mel, told.decode(code, voice), atol=1e-3)


def test_heights_are_learnt_from_vectors_of_those_whose_pitch_is_known(told: SpeechModel) -> None:
    """Where the height is linear in the vector it is found; nobody voiced: the reference."""
    generator, found = torch.Generator().manual_seed(0), list[Recording]()
    axis = torch.randn(told.speaker_dims, generator=generator)
    for k in range(40):
        mel = torch.randn(30, 16, generator=generator) * (1 + k % 8) / 4
        told_of = torch.zeros(30, COLUMNS)
        told_of[:, 1:3] = 1
        with torch.no_grad():
            told_of[:, HEIGHT] = told.speaker_encoder(mel[None], torch.tensor([30]))[0] @ axis + 0.5
        found.append(Recording(mel, f"{k % 8}", contour=told_of))
    calibrate(told, [replace(r, contour=torch.zeros(30, COLUMNS)) for r in found])
    assert not told.higher.any() and not told.height.any()
    calibrate(told, found)
    for recording in found:
        assert recording.contour is not None
        with torch.no_grad():
            vector = told.speaker_encoder(recording.mel[None], torch.tensor([30]))[0]
        assert abs(float(vector @ told.higher + told.height - recording.contour[0, HEIGHT])) < 0.05
    calibrate(told, [r for r in found if r.speaker == "0"])  # of one speaker alone nothing but its height is known
    ones = [float(r.contour[0, HEIGHT]) for r in found if r.speaker == "0" and r.contour is not None]
    assert told.height.item() == pytest.approx(np.mean(ones), abs=1e-5)


def test_a_model_that_is_not_told_computes_none(model: SpeechModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("disentangle.speech.model.contour", None)
    wave = glide(110, 150, 0.6)
    assert model.contour(wave).shape == (len(model.content([wave])[0]), 0)
    assert np.array_equal(model.decodable(wave), model.content([wave])[0])


def test_what_is_read_when_it_is_due_is_not_read_for_a_contour_that_nobody_is_told(
    model: SpeechModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = unread(corpus(tmp_path), model, (1.0, 0.9), "digit")
    monkeypatch.setattr(audio, "load", lambda *_: pytest.fail("nobody asked for it"))
    assert all(one.contour is None for one in due)


def test_calibration_and_the_search_for_a_voice_decode_with_it(told: SpeechModel, tmp_path: Path) -> None:
    found = recordings(hear(corpus(tmp_path), told, (1.0,)), told, "digit")
    calibrate(told, found)
    with_it = told.shift.clone()
    calibrate(told, [replace(r, contour=torch.zeros_like(r.contour)) for r in found if r.contour is not None])
    assert not torch.allclose(with_it, told.shift)
    voice, (search,) = searched(told, [glide(110, 150, 0.6)])
    assert voice.shape == (told.speaker_dims,) and search.history[-1] <= search.history[0]


def test_a_causal_model_cannot_be_told() -> None:
    options = small()
    with pytest.raises(ValueError, match="decoder.f0=false"):
        replace(
            options,
            causal=True,
            content=replace(options.content, instance_norm=False),
            decoder=replace(options.decoder, f0=True),
        )
