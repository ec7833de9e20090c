"""Recordings of FSDD's number and size for whoever has not prepared it: speed depends on little else."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from disentangle.corpus import audio, directory
from disentangle.corpus.utterances import Utterance
from disentangle.data_prep.fsdd import WORDS

RATE = 8000  # Hz


def generate(folder: Path, speakers: int = 6, takes: int = 30) -> Path:
    """A data directory: everybody says the ten digits so many times.

    Args:
        folder: where it and its audio are written.
        speakers: each has a pitch.
        takes: of each digit; FSDD's training takes are 30.

    Returns:
        The data directory.
    """
    rng = np.random.default_rng(0)
    utterances = []
    for speaker in range(speakers):
        for digit, word in enumerate(WORDS):
            for take in range(takes):
                name, file = f"s{speaker}-{digit}-{take:02}", folder / "audio" / f"s{speaker}-{digit}-{take:02}.wav"
                audio.save(file, _digit(90 + 25 * speaker, digit, rng), RATE)
                utterances.append(Utterance(name, f"s{speaker}", str(file), text=word, labels={"digit": str(digit)}))
    directory.write(folder / "train", utterances)
    return folder / "train"


def _digit(pitch: float, digit: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """A tone with overtones that moves as the digit says, as long as FSDD's (0.43 s on average)."""
    seconds = float(np.clip(rng.normal(0.43, 0.12), 0.15, 1.0))
    t = np.arange(round(seconds * RATE)) / RATE
    phase = 2 * np.pi * pitch * np.cumsum(1 + 0.2 * np.sin(2 * np.pi * (digit + 1) * t)) / RATE
    tone = sum(np.sin(k * phase) / k for k in range(1, 9))
    return (0.2 * tone + 0.01 * rng.standard_normal(len(t))).astype(np.float32)
