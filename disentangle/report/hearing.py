"""Sound for the page: recordings as embedded FLAC, and what they look like."""

import base64
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from disentangle.report.experiment import Example
from disentangle.report.figures import drawing, svg

Wave = NDArray[np.float32]
RANGE = 70.0  # dB below the loudest that are still drawn
BANDS, COLUMNS = 96, 800  # of a picture at most
MP3_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)


@dataclass(frozen=True)
class Clip:
    """A recording on the page: its role (source, target, converted), who speaks, its picture and its sound."""

    role: str
    speaker: str
    figure: str
    audio: str
    seconds: float


def load(path: Path) -> tuple[Wave, int]:
    """Samples (n,), the first channel, and rate.

    Raises:
        ValueError: not audio, or empty; names the file.
    """
    import soundfile

    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError:
        raise ValueError(f"not an audio file, {path}. Make the examples again with: disentangle score") from None
    if not len(samples):
        raise ValueError(f"no samples, {path}. Make the examples again with: disentangle score")
    return samples[:, 0], int(rate)


def compressed_uri(wave: Wave, rate: int) -> str:
    """The recording as a data URI a tenth as long, for pages of a hundred: MP3, or FLAC at a rate that MP3 lacks."""
    import soundfile

    if rate not in MP3_RATES:
        return flac_uri(wave, rate)
    stream = io.BytesIO()
    soundfile.write(stream, wave.clip(-1, 1), rate, format="MP3")
    return "data:audio/mpeg;base64," + base64.b64encode(stream.getvalue()).decode("ascii")


def flac_uri(wave: Wave, rate: int) -> str:
    """The recording as a data URI: 16-bit FLAC, half the size of WAV and played by every browser."""
    import soundfile

    stream = io.BytesIO()
    soundfile.write(stream, wave.clip(-1, 1), rate, format="FLAC", subtype="PCM_16")
    return "data:audio/flac;base64," + base64.b64encode(stream.getvalue()).decode("ascii")


def spectrogram(wave: Wave, rate: int) -> NDArray[np.float64]:
    """Level in dB below the loudest, (bands, frames), bands evenly spaced in mel up to half the rate."""
    size, hop = 2 ** int(np.ceil(np.log2(0.032 * rate))), max(round(0.008 * rate), len(wave) // COLUMNS, 1)
    padded = np.pad(wave.astype(np.float64), (size // 2, size // 2 + hop))
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    power = np.abs(np.fft.rfft(frames * np.hanning(size), axis=1)) ** 2
    hertz = _hertz(np.linspace(0, _mel(rate / 2), BANDS))
    bins = np.arange(power.shape[1]) * rate / size
    level = 10 * np.log10(np.stack([np.interp(hertz, bins, row) for row in power], 1) + 1e-12)
    return np.asarray(np.maximum(level - level.max(), -RANGE))


def _mel(hertz: float) -> float:
    return float(2595 * np.log10(1 + hertz / 700))


def _hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(700 * (10 ** (mel / 2595) - 1))


def spectrogram_figure(wave: Wave, rate: int, seconds: float, name: str, alt: str) -> str:
    """The spectrogram as SVG.

    Args:
        wave: (samples,).
        rate: Hz.
        seconds: end of the time axis, the same for recordings that are to be compared.
        name: unique on the page.
        alt: what it shows.
    """
    ticks = [hertz for hertz in (500, 1000, 2000, 4000, 8000) if hertz <= rate / 2]
    with drawing(name, height=2.5) as (figure, axes):
        extent = (0.0, len(wave) / rate, 0.0, _mel(rate / 2))
        axes.imshow(
            spectrogram(wave, rate), origin="lower", aspect="auto", cmap="magma", interpolation="none", extent=extent
        )
        axes.set_xlim(0, seconds)
        axes.set_yticks([_mel(hertz) for hertz in ticks], [f"{hertz / 1000:g}" for hertz in ticks])
        axes.set_ylabel("kHz")
        axes.set_xlabel("seconds")
        axes.spines[:].set_visible(False)
        return svg(figure, alt)


def clips(example: Example, name: str) -> tuple[Clip, ...]:
    """Source, target and converted on one time scale."""
    roles = (
        ("source", example.source, example.source_wav),
        ("target", example.target, example.target_wav),
        ("converted", f"{example.source} as {example.target}", example.converted_wav),
    )
    sounds = [load(path) for _, _, path in roles]
    longest = max(len(wave) / rate for wave, rate in sounds)
    return tuple(
        Clip(
            role,
            speaker,
            spectrogram_figure(wave, rate, longest, f"{name}-{role}", f"Spectrogram, {role}: {speaker}"),
            flac_uri(wave, rate),
            len(wave) / rate,
        )
        for (role, speaker, _), (wave, rate) in zip(roles, sounds, strict=True)
    )
