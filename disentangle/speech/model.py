"""The trained model: waveforms to content and speaker vectors, and one's content with another's speaker to sound."""

import hashlib
import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from disentangle.corpus.lengths import alike
from disentangle.speech import networks
from disentangle.speech.contour import REFERENCE, at_height, contour
from disentangle.speech.front_end import FrontEnd
from disentangle.speech.levels import matched, running_level
from disentangle.speech.matching import nearest_mean
from disentangle.speech.options import SpeechOptions
from disentangle.speech.prosody import Vocode, spoken
from disentangle.speech.rehearsal import rehearsed

Array = NDArray[np.float32]
TOGETHER = 30.0  # seconds, padding included, that pass a network at once: more do not stay in a processor's cache


class SpeechModel(nn.Module):
    """Front end, content encoder, speaker encoder and decoder.

    Log-mels are levelled (the utterance's one mean value taken off, so that loudness is neither content nor speaker)
    and standardised filter by filter with the training set's statistics; what is decoded is stretched and shifted by
    the calibration.

    Args:
        options: of the four.
    """

    mean: Tensor
    deviation: Tensor
    stretch: Tensor
    shift: Tensor
    higher: Tensor
    height: Tensor

    def __init__(self, options: SpeechOptions) -> None:
        super().__init__()
        mels = options.front_end.mels
        self.options, self.front_end = options, FrontEnd(options.front_end)
        self.content_encoder = networks.content_encoder(options)
        self.speaker_encoder = networks.speaker_encoder(options)
        self.decoder = networks.decoder(options)
        self.register_buffer("mean", torch.zeros(mels))
        self.register_buffer("deviation", torch.ones(mels))
        self.register_buffer("stretch", torch.eye(mels))
        self.register_buffer("shift", torch.zeros(mels))
        if options.decoder.f0:
            self.register_buffer("higher", torch.zeros(options.speaker.dims))
            self.register_buffer("height", torch.zeros(1))
        self.vocode: Vocode = self.griffin_lim

    @property
    def rate(self) -> int:
        """Hz, of the waveforms that go in and come out."""
        return self.options.front_end.rate

    @property
    def hop(self) -> float:
        """Seconds between frames."""
        return self.front_end.hop / self.rate

    @property
    def content_dims(self) -> int:
        """Dims of a frame's code."""
        return self.options.content.dims

    @property
    def speaker_dims(self) -> int:
        """Dims of a speaker vector."""
        return self.options.speaker.dims

    @torch.no_grad()
    def log_mel(self, wave: Array) -> Array:
        """(samples,) -> natural log magnitudes (frames, mels)."""
        mel: Array = self.front_end(torch.from_numpy(np.ascontiguousarray(wave, np.float32))).numpy()
        return mel

    def levelled(self, log_mel: Array) -> Array:
        """Log-mel (frames, mels) less its one mean value, or in a causal model less that of what was heard so far."""
        return log_mel - (running_level(log_mel)[0] if self.options.causal else log_mel.mean())

    def standardised(self, wave: Array) -> Tensor:
        """What the networks see of a wave (frames, mels)."""
        mel = self.log_mel(wave)
        if self.options.causal:
            return (torch.from_numpy(self.levelled(mel)) - self.mean) / self.deviation
        x = torch.from_numpy(mel)
        return (x - float(x.mean()) - self.mean) / self.deviation

    @property
    def content_is_random(self) -> bool:
        """Whether noise is drawn onto the content that is released."""
        return self.options.content.bottleneck == "noise" and self.options.content.noise > 0

    @torch.no_grad()
    def content(self, waves: Sequence[Array], draw: int = 0) -> list[Array]:
        """One code (frames, dims) for each wave (samples,).

        Args:
            waves: speech; those of like length are encoded together, which moves a code by a rounding error at most.
            draw: number of the draw of a noise bottleneck; its noise is of wave and draw, so that nobody who knows the
                noise of one wave can take it off another, and the same wave has the same code.
        """
        return self._released(waves, self._seen(waves), draw)

    def _released(self, waves: Sequence[Array], mels: Sequence[Tensor], draw: int = 0) -> list[Array]:
        codes = []
        for wave, z in zip(waves, self._together(self.content_encoder.unlimited, mels), strict=True):
            with torch.random.fork_rng(devices=[], enabled=self.content_is_random):
                if self.content_is_random:  # by the generator itself: torch.manual_seed would collect a traceback
                    torch.default_generator.manual_seed(_noise_of(wave, draw))
                code, _ = self.content_encoder.released(z[None], torch.ones(1, len(z), 1))
            codes.append(code[0].numpy())
        return codes

    @torch.no_grad()
    def noiseless(self, waves: Sequence[Array]) -> list[Array]:
        """What would be released if there were no bottleneck: (frames, dims) for each wave."""
        found = self._together(self.content_encoder.unlimited, self._seen(waves))
        return [self.content_encoder.without_erased(z).numpy() for z in found]

    def contour(self, wave: Array) -> Array:
        """How the F0 of a wave moves, for the decoder: (frames, columns), (frames, 0) where it is not told."""
        frames = self.front_end.frames(len(wave))
        if not self.options.decoder.f0:
            return np.zeros((frames, 0), np.float32)
        return contour(wave, self.rate, self.front_end.hop, frames)

    def decodable(self, wave: Array) -> Array:
        """What `decode` needs of a wave: its content, and behind it the contour if the decoder is told that."""
        content = self.noiseless([wave]) if self.options.decoder.noiseless else self.content([wave])
        return np.concatenate([content[0], self.contour(wave)], 1)

    @torch.no_grad()
    def speaker(self, waves: Sequence[Array]) -> Array:
        """One unit vector for each wave, (waves, dims)."""
        return self._vectors(self._seen(waves))

    @torch.no_grad()
    def both(self, waves: Sequence[Array]) -> tuple[Array, list[Array]]:
        """What `speaker` and `content` say of waves, of log-mels that are computed once."""
        mels = self._seen(waves)
        return self._vectors(mels), self._released(waves, mels)

    def _vectors(self, mels: Sequence[Tensor]) -> Array:
        return np.stack([v.numpy() for v in self._together(self.speaker_encoder, mels)])

    def _seen(self, waves: Sequence[Array]) -> list[Tensor]:
        return [self.standardised(wave) for wave in waves]

    def _together(self, network: Callable[[Tensor, Tensor], Tensor], mels: Sequence[Tensor]) -> list[Tensor]:
        """What a network makes of each standardised log-mel: its own frames where there is a row for each."""
        self.eval()
        made: dict[int, Tensor] = {}
        for group in alike([len(x) for x in mels], TOGETHER / self.hop):
            lengths = [len(mels[i]) for i in group]
            rows = network(nn.utils.rnn.pad_sequence([mels[i] for i in group], batch_first=True), torch.tensor(lengths))
            made |= {i: row[:n] if row.dim() > 1 else row for i, n, row in zip(group, lengths, rows, strict=True)}
        return [made[i] for i in range(len(mels))]

    @staticmethod
    def speaker_of(vectors: Array) -> Array:
        """One unit vector (dims,) for a speaker of whom there are several, (utterances, dims)."""
        mean = vectors.mean(0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)

    @torch.no_grad()
    def draw(self, code: Tensor, voice: Tensor, generator: torch.Generator, count: int = 1) -> Tensor:
        """Code (frames, dims), speaker vector (dims,) -> standardised log-mels (count, frames, mels), uncalibrated."""
        code = nn.functional.pad(code, (0, self.decoder.dims - code.shape[1]))  # a contour that tells nothing
        said = self.decoder(code[None], torch.tensor([len(code)]), voice[None])
        return torch.cat([said.sample(generator, self.options.decoder.temperature) for _ in range(count)])

    def calibrated(self, drawn: Tensor) -> Tensor:
        """What `draw` gives -> standardised log-mels with the moments of real ones."""
        return drawn @ self.stretch.T + self.shift

    def pitch(self, speaker: Array) -> float | None:
        """Median F0 in Hz of what is decoded by a speaker vector (dims,); None where the model does not decide it."""
        if self.matches or not self.options.decoder.f0:
            return None
        return float(REFERENCE * 2 ** (torch.from_numpy(speaker) @ self.higher + self.height))

    def decode(self, content: Array, speaker: Array, octaves: float = 0.0) -> Array:
        """What `decodable` makes, or content (frames, dims) alone, and speaker vector (dims,) -> levelled log-mel
        (frames, mels), the same every time. The contour moves about the height of the voice, which its vector
        tells, or so many octaves above it.
        """
        self.eval()
        code, voice = (torch.from_numpy(np.ascontiguousarray(x)) for x in (content, speaker))
        if code.shape[1] > self.content_dims:
            code = at_height(code, voice @ self.higher + self.height + octaves)
        code, voice = rehearsed(self, code, voice)
        drawn = self.draw(code, voice, torch.Generator().manual_seed(0))
        mel: Array = (self.calibrated(drawn)[0] * self.deviation + self.mean).numpy()
        return mel

    @property
    def matches(self) -> bool:
        """Whether `convert` needs the frames of the voice's own recordings."""
        return self.options.matching.by != "none"

    def matchable(self, waves: Sequence[Array]) -> Array:
        """The frames of recordings that others are matched with, (frames, dims): content or standardised log-mel."""
        by_mel = self.options.matching.by == "mel"
        return np.concatenate([self.standardised(w).numpy() for w in waves] if by_mel else self.content(waves))

    def griffin_lim(self, log_mel: Array, samples: int) -> Array:
        """Log-mel (frames, mels) -> waveform (samples,), what `vocode` does unless it is a vocoder's."""
        wave: Array = self.front_end.griffin_lim(torch.from_numpy(np.ascontiguousarray(log_mel)), samples).numpy()
        return wave

    def convert(
        self, wave: Array, speaker: Array, speed: float = 1.0, pitch: float = 1.0, among: Array | None = None
    ) -> Array:
        """What is said in ``wave`` (samples,) in the voice of a speaker vector (dims,).

        Args:
            wave: (samples,).
            speaker: (dims,) of unit length.
            speed: 2 takes half the time.
            pitch: times the pitch that the voice would have; 2 is an octave higher.
            among: frames (frames, dims) of the voice, from `matchable`; needed where the model `matches`.

        Returns:
            As many samples, or so many divided by the speed, as loud as the source on average, never clipping.

        Raises:
            ValueError: the model matches, and there are too few frames of the voice.
        """
        decoded, afterwards = (1.0, pitch) if self.pitch(speaker) is None else (pitch, 1.0)
        mel = self.converted_mel(wave, speaker, among, math.log2(decoded))
        return matched(spoken(mel, len(wave), self.vocode, self.options.front_end, speed, afterwards), wave)

    def converted_mel(self, wave: Array, speaker: Array, among: Array | None = None, octaves: float = 0.0) -> Array:
        """What `convert` makes sound of: levelled log-mel (frames, mels), decoded at another height or matched."""
        if not self.matches:
            return self.decode(self.decodable(wave), speaker, octaves)
        if among is None:
            why = "the model converts by frames of the voice's own recordings (model.matching), and there are none"
            raise ValueError(f"{why}. Take a model without matching.")
        found = nearest_mean(self.matchable([wave]), among, self.options.matching.k)
        if self.options.matching.by == "content":
            return self.decode(np.concatenate([found, self.contour(wave)], 1), speaker)
        return np.asarray(found * self.deviation.numpy() + self.mean.numpy(), np.float32)


def _noise_of(wave: Array, draw: int) -> int:
    digest = hashlib.blake2b(np.ascontiguousarray(wave, np.float32).tobytes() + f"{draw}".encode(), digest_size=8)
    return int.from_bytes(digest.digest(), "little") >> 1
