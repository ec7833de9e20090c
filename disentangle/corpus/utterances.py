"""Utterances with their speaker, recording, words and factors, as Kaldi's data directories hold them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

#: Files named utt2... that hold no factor of the utterance.
NOT_FACTORS = frozenset({"utt2spk", "utt2dur", "utt2num_frames", "utt2uniq", "utt2warp"})


@dataclass(frozen=True)
class Utterance:
    """One utterance of a data directory.

    Args:
        id: its name, unique in the directory.
        speaker: who says it.
        recording: the file that holds it, or a shell command that ends with ``|`` and prints one.
        start: where it begins in the recording, in seconds; None if it is the whole recording.
        end: where it ends in the recording, in seconds.
        text: the words, if known.
        labels: its factors, one for each ``utt2FACTOR``, and ``gender`` from ``spk2gender``.
        seconds: its length, if known.
        recording_id: the recording's name where ``segments`` cut it.
    """

    id: str
    speaker: str
    recording: str
    start: float | None = None
    end: float | None = None
    text: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    seconds: float | None = None
    recording_id: str | None = None


@dataclass(frozen=True)
class DataDirectory:
    """The utterances of a data directory, in C order of their names."""

    path: Path
    utterances: tuple[Utterance, ...]

    def speakers(self) -> dict[str, tuple[Utterance, ...]]:
        """The utterances of each speaker, both in C order."""
        found: dict[str, list[Utterance]] = {}
        for utterance in self.utterances:
            found.setdefault(utterance.speaker, []).append(utterance)
        return {speaker: tuple(found[speaker]) for speaker in sorted(found)}
