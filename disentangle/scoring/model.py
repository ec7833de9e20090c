"""What scoring asks of a speech model, and where it comes from."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class Model(Protocol):
    """A trained pair of encoders with their decoder."""

    @property
    def rate(self) -> int:
        """Of all waves, in Hz."""

    def log_mel(self, wave: Floats) -> Floats:
        """(samples,) -> natural-log magnitudes (frames, mels)."""

    @property
    def content_is_random(self) -> bool:
        """Whether noise is drawn onto the content."""

    def content(self, waves: Sequence[Floats], draw: int = 0) -> list[Floats]:
        """What was said: (frames, dims) for each wave; where it is random, one draw of it."""

    def noiseless(self, waves: Sequence[Floats]) -> list[Floats]:
        """The content before noise is drawn onto it, which is not released."""

    def speaker(self, waves: Sequence[Floats]) -> Floats:
        """Who said it: (waves, dims) of unit length."""

    def both(self, waves: Sequence[Floats]) -> tuple[Floats, list[Floats]]:
        """`speaker` and `content` of the same waves, for less than the two."""

    @property
    def matches(self) -> bool:
        """Whether conversion needs frames of the voice."""

    def matchable(self, waves: Sequence[Floats]) -> Floats:
        """The frames of recordings of a voice (frames, dims), for conversion by a model that matches."""

    def convert(self, wave: Floats, speaker: Floats, *, among: Floats | None = None) -> Floats:
        """The same words by the speaker of a vector (dims,) and of frames, of the same length."""

    def vocode(self, log_mel: Floats, samples: int) -> Floats:
        """Log-mel (frames, mels) -> (samples,)."""


@lru_cache(maxsize=2)
def load(experiment: Path, vocoder: Path | None = None) -> Model:
    """The trained model of an experiment folder, with a vocoder or Griffin-Lim, once for each process.

    Raises:
        ValueError: there is none.
    """
    from disentangle.speech.loading import load as load_speech_model

    return load_speech_model(experiment, vocoder)


@lru_cache(maxsize=1)
def untrained(experiment: Path, seed: int) -> Model:
    """The same networks with weights that were never trained, behind the trained model's scale of the log-mel.

    Raises:
        ValueError: there is no model.
    """
    import torch

    from disentangle.speech.loading import load as load_speech_model
    from disentangle.speech.model import SpeechModel

    trained = load_speech_model(experiment)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        fresh = SpeechModel(trained.options)
    fresh.mean.copy_(trained.mean)
    fresh.deviation.copy_(trained.deviation)
    return fresh.eval()


def fingerprint(experiment: Path) -> str:
    """A hash of the model's bytes, so that what was made by another model is not taken for this one's."""
    folder = experiment / "model" if (experiment / "model").is_dir() else experiment
    digest = hashlib.sha256()
    for file in sorted([*folder.glob("*.safetensors"), *folder.glob("config.yaml")]):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()
