"""Matching: the nearest frames are found whatever their loudness, and a voice matched with itself comes back."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from disentangle.speech.matching import CHUNK, MatchingOptions, nearest_mean
from disentangle.speech.model import SpeechModel
from tests.speech.conftest import small
from tests.speech.test_model import noise


def matching(by: str, k: int = 4) -> SpeechModel:
    torch.manual_seed(0)
    options = replace(small("none"), matching=MatchingOptions(by, k))  # type: ignore[arg-type]
    return SpeechModel(options).eval()


def test_the_nearest_are_found_by_their_direction_and_averaged_as_they_are() -> None:
    voice = np.array([[2, 0], [4, 0], [0, 1], [0, 5], [-9, 0]], np.float32)
    asked = np.array([[0.1, 0], [0, 70]], np.float32)
    assert nearest_mean(asked, voice, 2).tolist() == [[3, 0], [0, 3]]
    assert nearest_mean(asked[:1], voice, 5) == pytest.approx(voice.mean(0, keepdims=True))
    assert nearest_mean(-asked[:1], voice, 1).tolist() == [[-9, 0]]


def test_more_frames_than_are_compared_at_once_are_each_matched() -> None:
    voice = np.random.default_rng(0).normal(size=(2 * CHUNK + 7, 8)).astype(np.float32)
    order = np.random.default_rng(1).permutation(len(voice))
    np.testing.assert_array_equal(nearest_mean(3 * voice[order], voice, 1), voice[order])


def test_a_voice_matched_with_itself_comes_back() -> None:
    wave = noise(4000)
    by_mel, by_content = matching("mel", 1), matching("content", 1)
    by_mel.mean.fill_(-3.0)
    by_mel.deviation.fill_(2.0)
    vector = by_mel.speaker([wave])[0]
    own = by_mel.levelled(by_mel.log_mel(wave))
    np.testing.assert_allclose(
        by_mel.converted_mel(wave, vector, by_mel.matchable([noise(900, 1), wave])), own, atol=1e-4
    )
    decoded = by_content.decode(by_content.content([wave])[0], vector)
    np.testing.assert_allclose(by_content.converted_mel(wave, vector, by_content.matchable([wave])), decoded, atol=1e-4)


def test_what_is_said_is_made_of_the_voice_alone() -> None:
    model, wave, voice = matching("mel", 1), noise(4000), noise(6000, 1)
    made = model.converted_mel(wave, model.speaker([voice])[0], model.matchable([voice]))
    theirs = model.levelled(model.log_mel(voice))
    gaps = np.abs(made[:, None] - theirs[None]).max(2).min(1)
    assert len(made) == len(model.log_mel(wave)) and gaps.max() < 1e-4
    out = model.convert(wave, model.speaker([voice])[0], among=model.matchable([voice]))
    assert len(out) == len(wave) and np.isfinite(out).all() and np.abs(out).max() < 1


def test_too_few_frames_or_none_or_a_causal_model_are_refused() -> None:
    with pytest.raises(ValueError, match="2 frames of the voice where the 4 nearest"):
        nearest_mean(np.ones((3, 2), np.float32), np.ones((2, 2), np.float32), 4)
    model = matching("content")
    with pytest.raises(ValueError, match=r"there are none\. Take a model without matching"):
        model.convert(noise(4000), model.speaker([noise(4000)])[0])
    with pytest.raises(ValueError, match="causal needs matching.by=none"):
        replace(small("none"), causal=True, matching=MatchingOptions("mel"))
