"""Which utterances are embedded together: those of like length, by the list of all and not by who embeds them."""

import os
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from disentangle.corpus import audio
from disentangle.corpus.utterances import Utterance
from disentangle.scoring.model import Floats

WINDOW = 16  # chunks among which utterances are ordered by length, and that are put in order again together


@dataclass(frozen=True)
class Chunk:
    """What one call embeds.

    Args:
        utterances: of like length.
        seconds: how long each is, 0 where that is not known.
        absent: names of those that cannot be used, in whose place there is silence: what is left out changes nothing
            for the rest of its chunk.
    """

    utterances: tuple[Utterance, ...]
    seconds: tuple[float, ...]
    absent: frozenset[str]

    @property
    def present(self) -> list[tuple[int, Utterance, float]]:
        """Number, utterance and seconds of each that can be used."""
        pairs = zip(self.utterances, self.seconds, strict=True)
        return [(i, u, seconds) for i, (u, seconds) in enumerate(pairs) if u.id not in self.absent]

    def waves(self, rate: int, allow_pipes: bool) -> list[Floats]:
        """What is heard of each at a rate in Hz.

        Raises:
            ValueError: audio that cannot be used.
        """
        return [
            np.zeros(round(seconds * rate), np.float32)
            if utterance.id in self.absent
            else audio.load(utterance, rate, allow_pipes)
            for utterance, seconds in zip(self.utterances, self.seconds, strict=True)
        ]


def windows(listed: Sequence[Utterance], used: Collection[str], size: int) -> list[list[Chunk]]:
    """All utterances in chunks.

    Args:
        listed: all, those that cannot be used included, so that chunks are the same without them; only one whose
            length nothing tells is passed over.
        used: names of those that can be used.
        size: utterances of a chunk.

    Returns:
        The chunks of each window, a stretch of the list.
    """
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        lengths = list(pool.map(_seconds, listed))
    known = [(u, seconds) for u, seconds in zip(listed, lengths, strict=True) if u.id in used or seconds]
    stretches = [known[i : i + WINDOW * size] for i in range(0, len(known), WINDOW * size)]
    return [_chunks(stretch, used, size) for stretch in stretches]


def _chunks(stretch: Sequence[tuple[Utterance, float]], used: Collection[str], size: int) -> list[Chunk]:
    ordered = sorted(stretch, key=lambda pair: (_command(pair[0]), pair[1]))
    found = []
    for i in range(0, len(ordered), size):
        utterances, seconds = zip(*ordered[i : i + size], strict=True)
        found.append(Chunk(utterances, seconds, frozenset(u.id for u in utterances if u.id not in used)))
    return found


def _command(utterance: Utterance) -> str:
    """The command whose output segments cut, so that it is run for all of them together."""
    is_cut = utterance.recording_id is not None and audio.is_command(utterance.recording)
    return utterance.recording if is_cut else ""


def _seconds(utterance: Utterance) -> float:
    """How long an utterance is, 0 where its audio would have to be decoded to know."""
    if audio.is_command(utterance.recording) and utterance.seconds is None:
        return 0.0
    try:
        return audio.seconds(utterance)
    except (ValueError, OSError):
        return 0.0
