"""What lies between a speaker and an encoder: noise at some ratio, a room, a telephone line, a codec."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from disentangle.corpus import audio
from disentangle.corpus.channels import codec, heard_in, room, telephone
from disentangle.corpus.headers import SUFFIXES
from disentangle.corpus.tables import read_table
from disentangle.speech.sound_options import SoundOptions

Array = NDArray[np.float32]
Change = Callable[[Array], Array]
Voice = Callable[[int], Array]

VOICES = (3, 7)  # of babble


@dataclass(frozen=True)
class Noise:
    """A recording of noise: where it is and how many seconds it has."""

    place: str
    seconds: float


class Disturbance:
    """Disturbs waveforms, each time as a generator of random numbers has it.

    Args:
        options: how often and by what.
        rate: Hz of the waveforms.
        voices: how many recordings there are to make babble of.
        voice: the waveform of one of them.
        allow_pipes: whether commands that stand in a wav.scp of noise may be run.

    Raises:
        ValueError: recordings of noise or impulse responses that are not there or cannot be read.
    """

    def __init__(self, options: SoundOptions, rate: int, voices: int, voice: Voice, allow_pipes: bool = False) -> None:
        self.options, self.rate, self.voices, self.voice, self.allow_pipes = options, rate, voices, voice, allow_pipes
        named = [name for name in options.noises if name not in self._made()] if options.noise else []
        self.noises = {name: _noises(Path(name), allow_pipes) for name in named}
        rooms = _places(Path(options.rooms)) if options.room and options.rooms != "image" else []
        self.responses = [audio.resample(*audio.decode(place, allow_pipes=allow_pipes), rate) for place in rooms]

    def _made(self) -> dict[str, Callable[[int, np.random.Generator], Array]]:
        return {"white": white, "pink": pink, "babble": self._babble}

    def drawn(self, rng: np.random.Generator) -> Change | None:
        """A change of a wave (samples,) that keeps its length, or None where this one is spared."""
        strikes = rng.random(3) < (self.options.room, self.options.noise, self.options.telephone)
        coded = self.options.codec > 0 and rng.random() < self.options.codec  # without codecs the draws are as ever
        return partial(self._changed, rng=rng, strikes=(*strikes.tolist(), coded)) if strikes.any() or coded else None

    def _changed(self, wave: Array, rng: np.random.Generator, strikes: Sequence[bool]) -> Array:
        in_room, in_noise, by_telephone, coded = strikes
        if in_room:
            wave = self._in_room(wave, rng)
        if in_noise:
            name = self.options.noises[int(rng.integers(len(self.options.noises)))]
            noise = self._made()[name](len(wave), rng) if name in self._made() else self._recorded(name, len(wave), rng)
            wave = with_noise(wave, noise, rng.uniform(*self.options.snr))
        if by_telephone:
            wave = telephone(wave, self.rate)
        if coded:
            wave = codec(wave, self.rate, self.options.codecs[int(rng.integers(len(self.options.codecs)))])
        return wave

    def _in_room(self, wave: Array, rng: np.random.Generator) -> Array:
        if self.responses:
            return heard_in(wave, self.responses[int(rng.integers(len(self.responses)))])
        return room(wave, self.rate, rng)

    def _babble(self, samples: int, rng: np.random.Generator) -> Array:
        count = int(rng.integers(VOICES[0], VOICES[1] + 1))
        return np.asarray(
            sum(_stretch(self.voice(int(rng.integers(self.voices))), samples, rng) for _ in range(count)), np.float32
        )

    def _recorded(self, name: str, samples: int, rng: np.random.Generator) -> Array:
        noise = self.noises[name][int(rng.integers(len(self.noises[name])))]
        seconds, start = (samples + 1) / self.rate, None
        if noise.seconds > seconds and not audio.is_command(noise.place):
            start = float(rng.uniform(0, noise.seconds - seconds))
        end = None if start is None else start + seconds
        wave, own = audio.decode(noise.place, start, end, self.allow_pipes)
        return _stretch(audio.resample(wave, own, self.rate), samples, rng)


def white(samples: int, rng: np.random.Generator) -> Array:
    """Noise of equal power at all frequencies, (samples,)."""
    return rng.standard_normal(samples, np.float32)


def pink(samples: int, rng: np.random.Generator) -> Array:
    """Noise whose power falls as 1 / frequency, (samples,)."""
    spectrum = np.fft.rfft(rng.standard_normal(samples))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
    return np.fft.irfft(spectrum, samples).astype(np.float32)


def with_noise(wave: Array, noise: Array, snr: float) -> Array:
    """Noise (samples,) added to a wave (samples,) at a ratio of their powers in dB; silence adds nothing."""
    from torchaudio.functional import add_noise

    if not noise.any():
        return wave
    mixed: Array = add_noise(torch.from_numpy(wave), torch.from_numpy(noise), torch.tensor(snr)).numpy()
    return mixed


def _stretch(wave: Array, samples: int, rng: np.random.Generator) -> Array:
    """As many samples from anywhere in a wave, which is repeated where it is too short."""
    start = int(rng.integers(max(1, len(wave) - samples + 1)))
    return np.resize(wave, samples) if len(wave) < samples else wave[start : start + samples]


def _noises(source: Path, allow_pipes: bool) -> Sequence[Noise]:
    return [Noise(place, audio.duration(place, allow_pipes)[0]) for place in _places(source)]


def _places(source: Path) -> list[str]:
    """The recordings of a data directory, a wav.scp or a folder.

    Raises:
        ValueError: there are none.
    """
    table = source / "wav.scp" if (source / "wav.scp").is_file() else source
    if table.is_file():
        return [entry.value for entry in read_table(table).values()]
    found = sorted(str(file) for file in source.rglob("*") if file.suffix.lower() in SUFFIXES)
    if not found:
        raise ValueError(f"no recordings, {source}. Name white, pink, babble, a data directory, a wav.scp or a folder.")
    return found
