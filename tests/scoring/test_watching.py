"""What is watched during training has known answers, and training is the same without it."""

import pytest
import torch
from torch import Tensor, nn

from disentangle.scoring.watching import Watcher
from disentangle.speech.batches import Recording

SPEAKERS = ["ann", "bea", "cas"]


class Code(nn.Module):
    """Gives back the log-mel, or its label's part alone."""

    def __init__(self, leaks: bool) -> None:
        super().__init__()
        self.leaks, self.drop = leaks, nn.Dropout(0.9)

    def forward(self, x: Tensor, _: Tensor) -> tuple[Tensor, Tensor]:
        return self.drop(x if self.leaks else x[:, :, 3:]), x.new_zeros(())


class Pairs(nn.Module):
    """Says of two codes whether their first three dims agree, or always yes."""

    def __init__(self, knows: bool) -> None:
        super().__init__()
        self.knows = knows

    def forward(self, code: Tensor, _: Tensor, first: Tensor, second: Tensor) -> Tensor:
        mean = code[:, :3, :3].mean(1)
        return 0.5 - (mean[first] - mean[second]).abs().sum(1) * self.knows


class Named(nn.Module):
    """Names the speaker whose dim is the largest."""

    def forward(self, code: Tensor, _: Tensor) -> Tensor:
        return code[:, :3, :3].mean(1)


def recordings(each: int = 12) -> list[Recording]:
    """Three dims say who speaks, two what is said; all is in noise."""
    torch.manual_seed(0)
    found = []
    for s, name in enumerate(SPEAKERS):
        for k in range(each):
            mel = 0.1 * torch.randn(10 + k, 5)
            mel[:, s] += 1
            mel[:, 3 + k % 2] += 1
            found.append(Recording(mel, name, label="ab"[k % 2]))
    return found


def test_a_leak_is_seen_by_fresh_attackers_and_by_critics_that_know_how_to_look() -> None:
    game = nn.ModuleList([Code(True), Pairs(True), Named()])
    watch = Watcher(game[0], nn.ModuleList([game[1]]), game[2], SPEAKERS, recordings(), 36, seed=0)
    assert watch(7) == {
        "critic_pair": 1.0,
        "critic_speaker": 1.0,
        "probe_linear": 1.0,
        "probe_sequence": 1.0,
        "probe_label": 1.0,
        "chance": 1 / 3,
    }
    assert watch(7) == watch(8)


def test_a_confused_critic_says_nothing_of_what_leaks_and_a_code_without_speaker_says_nothing_of_it() -> None:
    found = Watcher(Code(True), nn.ModuleList([Pairs(False)]), None, SPEAKERS, recordings(), 36, seed=0)(1)
    assert found["critic_pair"] == 0.5 and found["probe_sequence"] == 1 and "critic_speaker" not in found
    clean = Watcher(Code(False), nn.ModuleList(), None, SPEAKERS, recordings(), 36, seed=0)(1)
    assert max(clean["probe_linear"], clean["probe_sequence"]) < 0.7
    assert clean["probe_label"] == 1 and "critic_pair" not in clean


def test_who_is_looked_at() -> None:
    watch = Watcher(Code(True), nn.ModuleList(), None, SPEAKERS, recordings(40), 30, seed=0)
    assert [watch.speakers.count(name) for name in SPEAKERS] == [10, 10, 10]
    assert not set(watch.asked) & set(watch.learned) and len(watch.asked) == 10
    unlabelled = [Recording(r.mel, r.speaker) for r in recordings()]
    assert "probe_label" not in Watcher(Code(True), nn.ModuleList(), None, SPEAKERS, unlabelled, 36, seed=0)(1)
    with pytest.raises(ValueError, match="watching needs two speakers"):
        Watcher(Code(True), nn.ModuleList(), None, SPEAKERS, recordings(2), 36, seed=0)
