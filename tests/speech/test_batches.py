"""Batches are functions of step, draw and rank; partners and strangers are who they should be."""

import pytest
import torch

from disentangle.speech.batches import Recording, SpeechSource
from disentangle.speech.options import AugmentationOptions, BatchOptions
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


def test_one_speaker_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="speaker"):
        SpeechSource(voices(1), BatchOptions(2, 2), AugmentationOptions(), 20, seed=0)
