"""Conversion while it is spoken: a causal model and a vocoder, block by block, equal to the whole."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from disentangle.speech.levels import running_level
from disentangle.speech.masking import context
from disentangle.speech.model import Array, SpeechModel
from disentangle.speech.vocoder import Vocoder

Network = Callable[[Tensor, int], Tensor]  # frames (frames, dims) and the number of the first -> as many rows


class Stage:
    """A network that is fed frame by frame and gives what is final.

    Args:
        network: of a stretch of frames.
        before: frames before a frame on which it depends.
        behind: frames behind it.
    """

    def __init__(self, network: Network, before: int, behind: int = 0) -> None:
        self.network, self.before, self.behind = network, before, behind
        self.first, self.done = 0, 0
        self.kept: Tensor | None = None

    def __call__(self, frames: Tensor, last: bool = False) -> Tensor | None:
        """New frames (frames, dims) -> the rows that have become final; those at the end with the ``last`` ones."""
        self.kept = frames if self.kept is None else torch.cat([self.kept, frames])
        ready = self.first + len(self.kept) - (0 if last else self.behind)
        if ready <= self.done:
            return None
        rows = self.network(self.kept, self.first)[self.done - self.first : ready - self.first]
        start = max(self.first, ready - self.before)
        self.kept, self.first, self.done = self.kept[start - self.first :], start, ready
        return rows


class Live:
    """What is said, in another voice, while it is said.

    Args:
        model: causal.
        vocoder: of the model's log-mels; the fewer frames it looks ahead, the sooner it sounds.
        voice: (dims,) unit vector.

    Raises:
        ValueError: a model that is not causal.
    """

    def __init__(self, model: SpeechModel, vocoder: Vocoder, voice: Array) -> None:
        if not model.options.causal:
            raise ValueError("a model that hears an utterance as a whole. Train one with model.causal=true.")
        self.model, self.vocoder, self.voice = model.eval(), vocoder.eval(), torch.from_numpy(voice)
        self.front_end = model.front_end
        self.wave = torch.zeros(self.front_end.size // 2)  # what no frame has begun after
        self.heard, self.taken, self.given = (0.0, 0), 0, 0
        before, behind = vocoder.generator.reach
        self.content = Stage(self._content, context(model.content_encoder))
        self.decoder = Stage(self._decoded, context(model.decoder))
        self.sound = Stage(self._sound, before, behind)

    @property
    def delay(self) -> int:
        """Samples that have to be heard after a sample before it sounds, at most; the size of a block comes on top."""
        return self.vocoder.generator.reach[1] * self.front_end.hop + self.front_end.size // 2

    @torch.no_grad()
    def __call__(self, wave: Array, last: bool = False) -> Array:
        """New samples (samples,) -> those that have become final; with the ``last`` ones all that are missing."""
        self.taken += len(wave)
        parts = [self.wave, torch.from_numpy(np.ascontiguousarray(wave, np.float32))]
        self.wave = torch.cat([*parts, torch.zeros(self.front_end.size // 2)] if last else parts)
        if len(self.wave) < self.front_end.size:
            return np.zeros(0, np.float32)
        mel = self.front_end.analysed(self.wave)
        self.wave = self.wave[len(mel) * self.front_end.hop :]
        levels, self.heard = running_level(mel.numpy(), self.heard)
        made: Tensor | None = torch.cat([mel - torch.from_numpy(levels), torch.from_numpy(levels)], 1)
        for stage in (self.content, self.decoder, self.sound):
            made = stage(made, last) if made is not None else None
        return self._cut(made, last)

    def _cut(self, made: Tensor | None, last: bool) -> Array:
        sound = np.zeros(0, np.float32) if made is None else made.flatten().numpy().clip(-1, 1)
        sound = sound[: self.taken - self.given] if last else sound
        self.given += len(sound)
        return np.asarray(sound, np.float32)

    def _content(self, frames: Tensor, _: int) -> Tensor:
        """Levelled log-mel and level -> code and level."""
        x = (frames[:, :-1] - self.model.mean) / self.model.deviation
        code, _ = self.model.content_encoder(x[None], torch.tensor([len(x)]))
        return torch.cat([code[0], frames[:, -1:]], 1)

    def _decoded(self, frames: Tensor, first: int) -> Tensor:
        """Code and level -> levelled log-mel and level; the noise of a frame follows from its number."""
        model = self.model
        said = model.decoder(frames[None, :, :-1], torch.tensor([len(frames)]), self.voice[None])
        numbers = range(first, first + len(frames))
        noise = np.stack([np.random.default_rng([0, number]).standard_normal(said.mean.shape[2]) for number in numbers])
        colour = torch.linalg.solve_triangular(said.whitening, torch.from_numpy(noise).float().T, upper=False).T
        drawn = said.mean[0] + model.options.decoder.temperature * said.deviation[0] * colour
        mel = (drawn @ model.stretch.T + model.shift) * model.deviation + model.mean
        return torch.cat([mel, frames[:, -1:]], 1)

    def _sound(self, frames: Tensor, _: int) -> Tensor:
        """Levelled log-mel and level -> samples (frames, hop), each frame gliding from the level before to its own."""
        x = (frames[:, :-1] - self.vocoder.mean) / self.vocoder.deviation
        wave = self.vocoder.generator(x[None])[0].view(len(x), -1)
        own = frames[:, -1:]
        before = torch.cat([own[:1], own[:-1]])
        glide = torch.arange(1, wave.shape[1] + 1) / wave.shape[1]
        made: Tensor = wave * (before + glide * (own - before)).exp() / self.vocoder.loudness
        return made
