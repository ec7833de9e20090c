"""The eraser that a trained model keeps: a linear classifier of a frame is left without the speaker, by itself."""

import numpy as np
import torch
from numpy.typing import NDArray

from disentangle.evaluation.classifiers import pooled
from disentangle.evaluation.erasure import Leace
from disentangle.evaluation.probes import classify
from disentangle.scoring.erasing import erase
from disentangle.speech.batches import Recording
from disentangle.speech.bottleneck import Bottleneck
from disentangle.speech.content import ContentEncoder


def recordings(seed: int) -> list[Recording]:
    rng, found = np.random.default_rng(seed), []
    for k in range(30):
        mel = rng.normal(size=(12, 6))
        mel[:, k % 3] += 3
        found.append(Recording(torch.from_numpy(mel).float(), "abc"[k % 3]))
    return found


def released(encoder: ContentEncoder, heard: list[Recording]) -> list[NDArray[np.float32]]:
    with torch.no_grad():
        return [encoder(r.mel[None], torch.tensor([12]))[0][0].numpy() for r in heard]


def test_what_is_released_has_lost_the_speaker_and_is_what_leace_makes_of_it() -> None:
    torch.manual_seed(0)
    encoder = ContentEncoder(6, Bottleneck(4), channels=8, layers=1, over_time=False, erased=True)
    heard = recordings(0)
    speakers = [r.speaker for r in heard]
    before = released(encoder, heard)
    assert classify(before, speakers, before, speakers, "linear_mean").score.value > 0.9
    erase(encoder, heard, seed=0)
    after = released(encoder, heard)
    erased = Leace().fit(before, speakers)(before)
    np.testing.assert_allclose(np.concatenate(after), np.concatenate(erased), atol=1e-4)
    means = [pooled(after)[np.array(speakers) == name, :4].mean(0) for name in "abc"]
    assert np.ptp(means, axis=0).max() < 1e-4
