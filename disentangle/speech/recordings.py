"""A data directory as recordings to train on, in memory or read when they are due; copies at other speeds included."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from disentangle.corpus import audio
from disentangle.corpus.utterances import DataDirectory, Utterance
from disentangle.progress import progress
from disentangle.speech import contour
from disentangle.speech.batches import Recording, Unread
from disentangle.speech.model import SpeechModel
from disentangle.speech.sounds import Sound, at_speed, levelled, standardised

SAMPLE = 2000  # utterances; more move a mean by less than a thousandth of the deviation


class Heard(NamedTuple):
    """An utterance at a speed.

    Args:
        utterance: which.
        speed: 1.1 is a tenth faster, and higher.
        mel: levelled log-mel (frames, mels).
        contour: how its F0 moves (frames, columns), of no columns where the decoder is not told.
    """

    utterance: Utterance
    speed: float
    mel: NDArray[np.float32]
    contour: NDArray[np.float32]


def hear(data: DataDirectory, model: SpeechModel, speeds: Sequence[float], allow_pipes: bool = False) -> list[Heard]:
    """Every utterance at every speed.

    Raises:
        ValueError: audio that cannot be used.
    """
    heard: list[Heard] = []
    with progress(len(data.utterances), f"reading {data.path}", "utterance") as bar:
        for utterance in data.utterances:
            wave = audio.load(utterance, model.rate, allow_pipes)
            told = model.contour(wave)
            for speed in speeds:
                mel = levelled(model, at_speed(wave, speed))
                heard.append(Heard(utterance, speed, mel, contour.at_speed(told, speed, len(mel))))
            bar.advance()
    return heard


def is_long(data: DataDirectory, hours: float, allow_pipes: bool = False) -> bool:
    """Whether all utterances together are longer than so many hours."""
    left = 3600 * hours
    for utterance in data.utterances:
        left -= 0 if _is_untold(utterance) else audio.seconds(utterance, allow_pipes)
        if left < 0:
            return True
    return False


def _is_untold(utterance: Utterance) -> bool:
    """A command would have to be run to know how long it is."""
    return audio.is_command(utterance.recording) and utterance.seconds is None


def unread(
    data: DataDirectory,
    model: SpeechModel,
    speeds: Sequence[float],
    label_of: str,
    seed: int = 0,
    allow_pipes: bool = False,
) -> list[Unread]:
    """What `hear` and `recordings` make, without keeping it: each is read when it is asked for.

    The statistics are those of two thousand utterances, or of all where there are fewer.

    Raises:
        ValueError: audio that cannot be used.
    """
    chosen = np.random.default_rng(seed).permutation(len(data.utterances))[:SAMPLE]
    sample = DataDirectory(data.path, tuple(data.utterances[i] for i in sorted(chosen)))
    _standardise(hear(sample, model, (1.0,), allow_pipes), model)
    return [
        Unread(
            Sound(utterance, speed, model, allow_pipes),
            model.front_end.frames(round(audio.seconds(utterance, allow_pipes) / speed * model.rate)),
            name_at_speed(utterance.speaker, speed),
            utterance.text or "",
            utterance.labels.get(label_of, ""),
        )
        for utterance in data.utterances
        for speed in speeds
    ]


def recordings(heard: Sequence[Heard], model: SpeechModel, label_of: str, allow_pipes: bool = False) -> list[Recording]:
    """Standardise what was heard; speed 1 sets the statistics, which the model keeps."""
    _standardise(heard, model)
    return by_statistics(heard, model, label_of, allow_pipes)


def by_statistics(
    heard: Sequence[Heard], model: SpeechModel, label_of: str, allow_pipes: bool = False
) -> list[Recording]:
    """What was heard, by the statistics that the model has."""
    return [
        Recording(
            standardised(model, mel),
            name_at_speed(utterance.speaker, speed),
            utterance.text or "",
            utterance.labels.get(label_of, ""),
            Sound(utterance, speed, model, allow_pipes),
            torch.from_numpy(told),
        )
        for utterance, speed, mel, told in heard
    ]


def _standardise(heard: Sequence[Heard], model: SpeechModel) -> None:
    together = np.concatenate([one.mel for one in heard if one.speed == 1.0])
    model.mean.copy_(torch.from_numpy(together.mean(0)))
    model.deviation.copy_(torch.from_numpy(together.std(0).clip(1e-2)))


def name_at_speed(speaker: str, speed: float) -> str:
    """Copies at another speed are a speaker of their own."""
    return speaker if speed == 1.0 else f"{speaker}@{speed:g}"
