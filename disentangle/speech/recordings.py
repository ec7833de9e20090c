"""A data directory as recordings to train on: audio to levelled log-mels, copies at other speeds included."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from disentangle.corpus import audio
from disentangle.corpus.directory import DataDirectory, Utterance
from disentangle.progress import progress
from disentangle.speech.batches import Recording
from disentangle.speech.model import SpeechModel
from disentangle.speech.sounds import Sound, at_speed, levelled, standardised

Heard = list[tuple[Utterance, float, NDArray[np.float32]]]  # utterance, speed, levelled log-mel (frames, mels)


def hear(data: DataDirectory, model: SpeechModel, speeds: Sequence[float], allow_pipes: bool = False) -> Heard:
    """Levelled log-mel of every utterance at every speed.

    Raises:
        ValueError: audio that cannot be used.
    """
    heard: Heard = []
    with progress(len(data.utterances), f"reading {data.path}", "utterance") as bar:
        for utterance in data.utterances:
            wave = audio.load(utterance, model.rate, allow_pipes)
            for speed in speeds:
                heard.append((utterance, speed, levelled(model, at_speed(wave, speed))))
            bar.advance()
    return heard


def recordings(heard: Heard, model: SpeechModel, label_of: str, allow_pipes: bool = False) -> list[Recording]:
    """Standardise what was heard; speed 1 sets the statistics, which the model keeps."""
    together = np.concatenate([mel for _, speed, mel in heard if speed == 1.0])
    model.mean.copy_(torch.from_numpy(together.mean(0)))
    model.deviation.copy_(torch.from_numpy(together.std(0).clip(1e-2)))
    return [
        Recording(
            standardised(model, mel),
            name_at_speed(utterance.speaker, speed),
            utterance.text or "",
            utterance.labels.get(label_of, ""),
            Sound(utterance, speed, model, allow_pipes),
        )
        for utterance, speed, mel in heard
    ]


def name_at_speed(speaker: str, speed: float) -> str:
    """Copies at another speed are a speaker of their own."""
    return speaker if speed == 1.0 else f"{speaker}@{speed:g}"
