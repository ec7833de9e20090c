"""What a data directory holds, in numbers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from disentangle.corpus.audio import duration
from disentangle.corpus.utterances import DataDirectory, Utterance


@dataclass(frozen=True)
class SpeakerSummary:
    """One speaker: gender if known, number of utterances, seconds in all."""

    gender: str | None
    utterances: int
    seconds: float


@dataclass(frozen=True)
class Summary:
    """A data directory in numbers.

    Args:
        speakers: each speaker's share.
        utterances: how many there are.
        hours: of all utterances together.
        rates: how many recordings have each rate in Hz.
        shortest: seconds of the shortest utterance.
        longest: seconds of the longest utterance.
        words: how many words the texts hold, 0 without texts.
        factors: how many utterances have each value of each factor.
    """

    speakers: dict[str, SpeakerSummary]
    utterances: int
    hours: float
    rates: dict[int, int]
    shortest: float
    longest: float
    words: int
    factors: dict[str, dict[str, int]]


def summarise(directory: DataDirectory, allow_pipes: bool = False) -> Summary:
    """Count speakers, time, rates and factors; lengths come from the audio, not from ``utt2dur``.

    Raises:
        ValueError: audio that is missing or cannot be read.
    """
    recordings = {u.recording: duration(u.recording, allow_pipes) for u in directory.utterances}
    seconds = [_seconds(u, recordings[u.recording][0]) for u in directory.utterances]
    factors = sorted({factor for u in directory.utterances for factor in u.labels})
    return Summary(
        speakers=_speakers(directory.utterances, seconds),
        utterances=len(directory.utterances),
        hours=sum(seconds) / 3600,
        rates=dict(sorted(Counter(rate for _, rate in recordings.values()).items())),
        shortest=min(seconds),
        longest=max(seconds),
        words=sum(len((u.text or "").split()) for u in directory.utterances),
        factors={factor: _values(directory, factor) for factor in factors},
    )


def _seconds(utterance: Utterance, recording: float) -> float:
    if utterance.start is None or utterance.end is None:
        return recording
    return min(utterance.end, recording) - utterance.start


def _speakers(utterances: Sequence[Utterance], seconds: Sequence[float]) -> dict[str, SpeakerSummary]:
    genders = {u.speaker: u.labels.get("gender") for u in utterances}
    counts = Counter(u.speaker for u in utterances)
    totals = dict.fromkeys(genders, 0.0)
    for utterance, length in zip(utterances, seconds, strict=True):
        totals[utterance.speaker] += length
    return {s: SpeakerSummary(genders[s], counts[s], totals[s]) for s in sorted(counts)}


def _values(directory: DataDirectory, factor: str) -> dict[str, int]:
    return dict(sorted(Counter(u.labels[factor] for u in directory.utterances if factor in u.labels).items()))
