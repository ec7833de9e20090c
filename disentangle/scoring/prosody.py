"""Pitch and energy of utterances, and what a transcript's letters are: numbers that attackers try to read."""

from collections import Counter
from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from disentangle.corpus import audio
from disentangle.corpus.utterances import Utterance
from disentangle.pitch import HOP, pitch
from disentangle.scoring.pairing import evenly
from disentangle.scoring.workers import Workers

MOST = 150  # utterances whose pitch is followed, which takes long
CHUNK = 8
FLOOR = 1e-4  # added to the root mean square of samples in [-1, 1]

Matrix = NDArray[np.float64]
Values = dict[str, list[Matrix | None]]


def tracks(utterances: Sequence[Utterance], rate: int, workers: Workers, allow_pipes: bool) -> Values:
    """Log F0 ("f0", NaN where unvoiced) and log energy less its mean ("energy"), each (points, 1), a point every 20 ms.

    Args:
        utterances: evenly spread ones are followed if there are many; the others have None.
        rate: in Hz, that recordings are brought to.
        workers: processes to share the work.
        allow_pipes: whether recordings that are shell commands may be run.
    """
    chosen = evenly(range(len(utterances)), MOST)
    chunks = [chosen[i : i + CHUNK] for i in range(0, len(chosen), CHUNK)]
    calls = [partial(_of_chunk, [utterances[i] for i in chunk], rate, allow_pipes) for chunk in chunks]
    values: Values = {"f0": [None] * len(utterances), "energy": [None] * len(utterances)}
    for chunk, found in zip(chunks, workers.results(calls), strict=True):
        for i, (f0, energy) in zip(chunk, found, strict=True):
            values["f0"][i], values["energy"][i] = f0, energy
    return values


def _of_chunk(utterances: Sequence[Utterance], rate: int, allow_pipes: bool) -> list[tuple[Matrix, Matrix]]:
    waves = [np.asarray(audio.load(u, rate, allow_pipes), np.float64) for u in utterances]
    return [(np.log(pitch(wave, rate))[:, None], energy(wave, rate)[:, None]) for wave in waves]


def energy(wave: NDArray[np.floating], rate: int) -> Matrix:
    """(samples,) -> natural log of the root mean square around every 20 ms less its mean: (1 + samples // hop,)."""
    hop = round(HOP * rate)
    padded = np.pad(np.asarray(wave, np.float64), (hop // 2, hop))
    frames = np.stack([padded[k * hop : (k + 1) * hop] for k in range(1 + len(wave) // hop)])
    levels = np.log(np.sqrt((frames**2).mean(1)) + FLOOR)
    return np.asarray(levels - levels.mean())


def letters(utterances: Sequence[Utterance], alphabet: Sequence[str]) -> list[Matrix | None]:
    """Share of each letter among those of the transcript, (1, letters); None where there is no transcript."""
    counts = [Counter(u.text.replace(" ", "")) if u.text else None for u in utterances]
    return [
        np.array([[count[letter] for letter in alphabet]]) / max(1, count.total()) if count is not None else None
        for count in counts
    ]


def alphabet_of(utterances: Sequence[Utterance]) -> list[str]:
    """Every letter of the transcripts, in order."""
    return sorted(set("".join(u.text or "" for u in utterances)) - {" "})
