"""Twins say the same in another voice, and their frames go together."""

import numpy as np
import torch

from disentangle.games.frames import at_frames
from disentangle.speech.batches import Recording, SpeechSource
from disentangle.speech.options import AugmentationOptions, BatchOptions
from disentangle.speech.twins import alignment, twins
from tests.speech.conftest import voices


def test_a_twin_is_another_speaker_who_says_the_same() -> None:
    said, speakers = ["one", "two", "one", "one", "", ""], ["a", "a", "b", "a", "a", "b"]
    for seed in range(10):
        found = twins(said, speakers, np.random.default_rng(seed)).tolist()
        assert found[1:] == [1, found[2], 2, 4, 5]
        assert (found[0], found[2] in (0, 3)) == (2, True)


def test_a_slower_copy_is_found_again_whatever_its_colour() -> None:
    generator = torch.Generator().manual_seed(0)
    fast = torch.randn(12, 8, generator=generator)
    mel = torch.zeros(2, 30, 8)
    mel[0, :12], mel[1, :24] = fast, 3 + 2 * fast.repeat_interleave(2, 0)
    warp = alignment(mel, torch.tensor([12, 24]), torch.tensor([1, 0]))
    assert warp[0, :12].tolist() == list(range(0, 24, 2))
    assert warp[1, :24].tolist() == np.repeat(range(12), 2).tolist()
    assert torch.equal(at_frames(mel[[1, 0]], warp)[0, :12], 3 + 2 * fast)


def test_who_has_no_twin_is_its_own_frame_by_frame() -> None:
    mel, lengths = torch.randn(3, 7, 4, generator=torch.Generator().manual_seed(0)), torch.tensor([7, 5, 6])
    warp = alignment(mel, lengths, torch.tensor([0, 2, 2]))
    assert warp[0].tolist() == warp[2].tolist() == list(range(7))


def test_batches_have_twins_where_they_are_asked_for_and_else_are_the_same() -> None:
    options = BatchOptions(3, 4), AugmentationOptions(warp=0.1, noise=0.5)
    plain, paired = (SpeechSource(voices(), *options, 29, seed=0, paired=paired) for paired in (False, True))
    for step in range(5):
        x, y = plain.batch(step, 0, 0, 1), paired.batch(step, 0, 0, 1)
        assert all(
            torch.equal(value, getattr(y, name)) for name, value in vars(x).items() if name not in ("twin", "warp")
        )
        assert torch.equal(x.twin, torch.arange(12))
        others = y.twin != x.twin
        assert torch.equal(y.label[y.twin], y.label)
        assert (y.speaker[y.twin] != y.speaker)[others].all()
        assert others[y.lengths < 29].any()
        assert (y.warp < y.lengths[y.twin, None])[others].all()


def test_stretches_that_were_cut_have_no_twin() -> None:
    recordings = [Recording(torch.randn(30, 4), f"s{k % 2}", label="x") for k in range(4)]
    x = SpeechSource(recordings, BatchOptions(2, 2), AugmentationOptions(), 20, seed=0, paired=True).batch(0, 0, 0, 1)
    assert torch.equal(x.twin, torch.arange(4))
