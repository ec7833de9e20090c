"""Batches are functions of step, draw and rank; partners and strangers are who they should be."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from disentangle.speech.batches import Recording, SpeechSource
from disentangle.speech.disturbances import Disturbance
from disentangle.speech.options import AugmentationOptions, BatchOptions
from disentangle.speech.sound_options import SoundOptions
from disentangle.speech.sounds import Change
from tests.speech.conftest import MELS, voices


def test_a_batch_can_be_drawn_again(source: SpeechSource) -> None:
    one, again, other = source.batch(3, 0, 0, 1), source.batch(3, 0, 0, 1), source.batch(4, 0, 0, 1)
    for name, value in vars(one).items():
        assert torch.equal(value, getattr(again, name)), name
    assert not torch.equal(one.mel, other.mel)


def test_partners_share_the_speaker_and_strangers_do_not(source: SpeechSource) -> None:
    for step in range(20):
        x = source.batch(step, 0, 0, 1)
        assert torch.equal(x.speaker[x.partner], x.speaker)
        assert (x.partner != torch.arange(len(x.partner))).all()
        assert (x.speaker[x.stranger] != x.speaker).all()


def test_stretches_are_cut_and_only_whole_utterances_are_spelled(source: SpeechSource) -> None:
    x = source.batch(0, 0, 0, 1)
    assert x.lengths.max() <= 30
    assert x.mel.shape == x.content.shape == x.voice.shape == (6, x.lengths.max(), MELS)
    assert len(x.letters) == x.letter_lengths.sum()
    whole = [r.mel.shape[0] for r in source.recordings]
    assert set(x.letter_lengths[x.lengths < 30].tolist()) <= {2}
    assert any(length > 30 for length in whole)


def test_without_augmentation_everybody_hears_the_same() -> None:
    x = SpeechSource(voices(), BatchOptions(2, 2), AugmentationOptions(), 100, seed=1).batch(0, 0, 0, 1)
    assert torch.equal(x.mel, x.content) and torch.equal(x.mel, x.voice)


def test_warping_moves_the_frequency_axis_and_nothing_else() -> None:
    """A linear spectrum stays linear, with another slope."""
    ramp = torch.arange(MELS, dtype=torch.float32).expand(20, MELS)
    recordings = [Recording(ramp, f"s{k % 2}") for k in range(4)]
    x = SpeechSource(recordings, BatchOptions(2, 2), AugmentationOptions(warp=0.2), 20, seed=0).batch(0, 0, 0, 1)
    inner = x.content[:, :, : MELS // 2].diff(dim=2)
    assert (inner - inner[:, :1, :1]).abs().max() < 1e-4
    assert len(set(inner[:, 0, 0].tolist())) == 4


@pytest.mark.parametrize(("option", "hearer"), [("noise", "voice"), ("content_noise", "content")])
def test_noise_is_heard_by_whom_it_is_meant_for(option: str, hearer: str) -> None:
    """Added where the log-mels meet, it raises what it covers; a share of the utterances stays clean."""
    options = AugmentationOptions(**{option: 0.5})  # type: ignore[arg-type]
    x = SpeechSource(voices(4, 4), BatchOptions(4, 4), options, 20, seed=0).batch(0, 0, 0, 1)
    for name in ("content", "voice"):
        added = getattr(x, name) - x.mel
        touched = added.flatten(1).abs().amax(1) > 0
        assert (added >= 0).all()
        assert 0 < touched.sum() < len(touched) if name == hearer else not touched.any()


class Spoken:
    """A sound whose log-mel is its recording's, or after a change that and the first sample of the changed wave."""

    def __init__(self, mel: torch.Tensor) -> None:
        self.own = mel

    def mel(self, change: Change) -> torch.Tensor:
        return self.own + float(change(np.zeros(4, np.float32))[0])


class Tenth(Disturbance):
    """Adds a random number to every second wave."""

    def drawn(self, rng: np.random.Generator) -> Change | None:
        return (lambda wave: wave + rng.uniform(1, 2)) if rng.random() < 0.5 else None


@pytest.mark.parametrize("hearers", ["voice", "content", "both"])
def test_disturbed_sound_reaches_whom_it_is_meant_for_at_the_same_frames(hearers: str) -> None:
    options = SoundOptions(noise=0.5, hearers=hearers)  # type: ignore[arg-type]
    recordings = [replace(r, sound=Spoken(r.mel)) for r in voices(4, 4)]  # type: ignore[arg-type]
    apparatus = Tenth(options, 8000, 0, lambda _: np.zeros(1, np.float32))
    parts = BatchOptions(4, 4), AugmentationOptions()
    source = SpeechSource(recordings, *parts, 22, 0, apparatus)
    x, again = source.batch(3, 0, 0, 1), source.batch(3, 0, 0, 1)
    assert torch.equal(x.mel, SpeechSource(recordings, *parts, 22, 0).batch(3, 0, 0, 1).mel), "the target is clean"
    for name in ("content", "voice"):
        added = getattr(x, name) - x.mel
        assert torch.equal(getattr(x, name), getattr(again, name))
        touched = {round(float(row[0, 0]), 4) for row in added}
        if hearers in (name, "both"):
            assert 0.0 in touched and 4 < len(touched) < 14
            for row, length in zip(added, x.lengths.tolist(), strict=True):
                assert (row[:length] - row[0, 0]).abs().max() < 1e-5
        else:
            assert touched == {0.0}
    if hearers == "both":
        assert torch.equal(x.content, x.voice)


def test_frames_are_masked_in_the_speaker_encoders_input_alone() -> None:
    options = AugmentationOptions(time_mask=8)
    x = SpeechSource(voices(4, 4), BatchOptions(4, 4), options, 30, seed=0).batch(0, 0, 0, 1)
    assert torch.equal(x.mel, x.content)
    masked = []
    for mel, voice, length in zip(x.mel, x.voice, x.lengths.tolist(), strict=True):
        gone = (voice[:length] == 0).all(1)
        assert torch.equal(voice[:length][~gone], mel[:length][~gone])
        masked.append(int(gone.sum()))
        assert gone.nonzero().diff(dim=0).unique().tolist() in ([], [1]), "one stretch"
    assert max(masked) <= 8 and len(set(masked)) > 3


def test_a_band_of_filters_is_masked_in_the_speaker_encoders_input_alone() -> None:
    widths = set()
    for step in range(8):
        source = SpeechSource(voices(4, 4), BatchOptions(4, 4), AugmentationOptions(mask=5), 30, seed=0)
        x = source.batch(step, 0, 0, 1)
        assert torch.equal(x.mel, x.content)
        gone = (x.voice == 0).all(0).all(0)
        assert torch.equal(x.voice[..., ~gone], x.mel[..., ~gone])
        assert set(gone.nonzero()[:, 0].diff().tolist()) <= {1}, "one band"
        widths.add(int(gone.sum()))
    assert max(widths) <= 5 and len(widths) > 2


def test_one_speaker_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="speaker"):
        SpeechSource(voices(1), BatchOptions(2, 2), AugmentationOptions(), 20, seed=0)
