"""Where a recording's log-mel comes from: its audio, read when it is asked for, as it is or changed."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from disentangle.corpus import audio
from disentangle.corpus.utterances import Utterance
from disentangle.speech import contour
from disentangle.speech.model import SpeechModel

Array = NDArray[np.float32]
Change = Callable[[Array], Array]


@dataclass(frozen=True)
class Sound:
    """The audio of an utterance at a speed.

    Args:
        utterance: where it is.
        speed: 1.1 is a tenth faster, and higher.
        model: whose front end and statistics make log-mels of it.
        allow_pipes: whether commands may be run.
    """

    utterance: Utterance
    speed: float
    model: SpeechModel
    allow_pipes: bool = False

    def wave(self) -> Array:
        """(samples,) at the model's rate.

        Raises:
            ValueError: audio that cannot be used.
        """
        return at_speed(audio.load(self.utterance, self.model.rate, self.allow_pipes), self.speed)

    def mel(self, change: Change | None = None) -> Tensor:
        """Standardised log-mel (frames, mels), after a change that keeps the length."""
        return standardised(self.model, levelled(self.model, change(self.wave()) if change else self.wave()))

    def contour(self) -> Tensor | None:
        """How the F0 of the sound moves (frames, columns), at another speed that of speed 1 taken faster.

        None where the decoder is not told: nothing is read then.
        """
        if not self.model.options.decoder.f0:
            return None
        wave = audio.load(self.utterance, self.model.rate, self.allow_pipes)
        frames = self.model.front_end.frames(len(at_speed(wave, self.speed)))
        return torch.from_numpy(contour.at_speed(self.model.contour(wave), self.speed, frames))


def at_speed(wave: Array, speed: float) -> Array:
    """A wave (samples,) faster and higher by a factor."""
    return audio.resample(wave, round(100 * speed), 100)


def levelled(model: SpeechModel, wave: Array) -> Array:
    """Log-mel (frames, mels) of a wave (samples,) without its level, as the model takes it off."""
    return np.asarray(model.levelled(model.log_mel(wave)))


def standardised(model: SpeechModel, mel: Array) -> Tensor:
    """What the networks see of a levelled log-mel, (frames, mels)."""
    return (torch.from_numpy(mel) - model.mean) / model.deviation
