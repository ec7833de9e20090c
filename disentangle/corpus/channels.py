"""What a recording goes through on its way: a room, noise, a telephone, a codec; all chance comes from the caller."""

import io
from collections.abc import Callable, Mapping

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfiltfilt

from disentangle.corpus import audio

Wave = NDArray[np.float32]
Channel = Callable[[Wave, int, np.random.Generator], Wave]

BAND = (300.0, 3400.0)  # Hz that a telephone passes
LINE = 8000  # Hz, of the telephone's samples
MU = 255
#: Container and subtype of each codec as libsndfile has them, and the rates in Hz that it knows (none: any).
CODECS: Mapping[str, tuple[str, str, tuple[int, ...]]] = {
    "mp3": ("MP3", "MPEG_LAYER_III", (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)),
    "vorbis": ("OGG", "VORBIS", ()),
    "opus": ("OGG", "OPUS", (8000, 12000, 16000, 24000, 48000)),
    "gsm": ("WAV", "GSM610", (8000,)),
}
PEAK = 0.9  # to which what is louder is turned down before it is coded
LEVEL = 0.05  # root mean square at which speech is coded, 26 dB below full scale
SOUND = 343.0  # metres a second
DECAYS = (0.2, 0.5)  # seconds in which a room's sound falls by 60 dB
SIZES = ((3.0, 3.0, 2.4), (8.0, 6.0, 3.2))  # metres, of the smallest room and of the largest
APART = 0.4  # metres, at least, between mouth, microphone and walls


def loudness(wave: NDArray[np.floating]) -> float:
    """Root mean square of samples (samples,)."""
    return float(np.sqrt(np.mean(np.asarray(wave, np.float64) ** 2)))


def telephone(wave: Wave, rate: int) -> Wave:
    """Band-passed to a telephone's band and coded by the 256 levels of the µ-law (ITU-T G.711), as loud as before.

    Args:
        wave: (samples,).
        rate: in Hz; the line has 8000, and lower ones stay as they are.
    """
    line = min(rate, LINE)
    narrow = audio.resample(np.ascontiguousarray(wave, np.float32), rate, line)
    band = butter(4, (BAND[0], min(BAND[1], 0.45 * line)), "bandpass", fs=line, output="sos")
    passed = sosfiltfilt(band, narrow.astype(np.float64), padlen=min(len(narrow) - 1, 100))
    gain = LEVEL / max(loudness(passed), 1e-9)
    coded = mu_law(passed * gain) * (loudness(wave) / LEVEL)
    wide = audio.resample(coded.astype(np.float32), line, rate)
    return np.pad(wide, (0, max(0, len(wave) - len(wide))))[: len(wave)]


def mu_law(wave: NDArray[np.floating]) -> NDArray[np.float64]:
    """Samples in [-1, 1] as 8 bits tell them: G.711's curve, its pieces smooth."""
    x = np.clip(wave, -1, 1)
    code = np.round((np.sign(x) * np.log1p(MU * np.abs(x)) / np.log1p(MU) + 1) / 2 * 255)
    y = 2 * code / 255 - 1
    return np.asarray(np.sign(y) * np.expm1(np.abs(y) * np.log1p(MU)) / MU)


def codec(wave: Wave, rate: int, name: str) -> Wave:
    """Coded with losses and decoded again, as long and as aligned as before.

    Args:
        wave: (samples,).
        rate: in Hz; a codec that does not know it is given the next that it knows.
        name: of `CODECS`.
    """
    form, subtype, rates = CODECS[name]
    line = next((known for known in rates if known >= rate), rates[-1] if rates else rate)
    gain = min(1.0, PEAK / max(float(np.abs(wave).max(initial=0.0)), 1e-9))
    coded = io.BytesIO()
    soundfile.write(coded, audio.resample(np.float32(gain) * wave, rate, line), line, format=form, subtype=subtype)
    coded.seek(0)
    decoded = audio.resample(soundfile.read(coded, dtype="float32")[0], line, rate)[: len(wave)] / np.float32(gain)
    return np.pad(decoded, (0, len(wave) - len(decoded)))


def noise(wave: Wave, rate: int, generator: np.random.Generator, low: float, high: float) -> Wave:
    """Coloured noise added, somewhere between white and brown.

    Args:
        wave: (samples,).
        rate: in Hz.
        generator: draws the signal-to-noise ratio, the colour and the noise.
        low, high: bounds of the ratio in dB.
    """
    ratio, slope = generator.uniform(low, high), generator.uniform(0, 1)
    spectrum = np.fft.rfft(generator.normal(size=len(wave)))
    spectrum /= np.maximum(np.fft.rfftfreq(len(wave), 1 / rate), 50.0) ** slope
    hiss = np.fft.irfft(spectrum, len(wave))
    hiss *= loudness(wave) / max(loudness(hiss), 1e-12) * 10 ** (-ratio / 20)
    return np.asarray(wave + hiss, np.float32)


def room(wave: Wave, rate: int, generator: np.random.Generator) -> Wave:
    """Heard in a room drawn at random, as loud and as long as before and not later.

    Args:
        wave: (samples,).
        rate: in Hz.
        generator: draws size, decay and places of the room.
    """
    size = generator.uniform(*SIZES)
    decay = generator.uniform(*DECAYS)
    mouth = generator.uniform(APART, size - APART)
    microphone = generator.uniform(APART, size - APART)
    while np.linalg.norm(mouth - microphone) < APART:
        microphone = generator.uniform(APART, size - APART)
    return heard_in(wave, response(size, decay, mouth, microphone, rate))


def heard_in(wave: Wave, response: NDArray[np.floating]) -> Wave:
    """A wave (samples,) through a response (taps,): as long, as loud, its direct sound where it was."""
    direct = response[int(np.abs(response).argmax()) :]
    heard = fftconvolve(np.asarray(wave, np.float64), np.asarray(direct, np.float64))[: len(wave)]
    return np.asarray(heard * loudness(wave) / max(loudness(heard), 1e-12), np.float32)


def response(
    size: NDArray[np.float64],
    decay: float,
    mouth: NDArray[np.float64],
    microphone: NDArray[np.float64],
    rate: int,
) -> NDArray[np.float64]:
    """Impulse response of a shoebox room by the image method (Allen and Berkley 1979, JASA 65(4), equation 9).

    All walls reflect alike, so much that sound falls by 60 dB in ``decay`` seconds (Eyring 1930, JASA 1(2)).

    Args:
        size: of the room, (3,) metres.
        decay: in seconds; sound that comes later is left out.
        mouth, microphone: places in it, (3,).
        rate: in Hz.

    Returns:
        (samples,), 1 at 0 for the direct sound.
    """
    volume, surface = float(size.prod()), 2 * float(size[0] * size[1] + size[1] * size[2] + size[2] * size[0])
    reflection = np.exp(-0.5 * 24 * np.log(10) * volume / (SOUND * surface * decay))
    squares, bounces = _images(size[0], mouth[0], microphone[0], decay)
    for axis in (1, 2):
        more, again = _images(size[axis], mouth[axis], microphone[axis], decay)
        squares, bounces = np.add.outer(squares, more).ravel(), np.add.outer(bounces, again).ravel()
        near = squares < (SOUND * decay) ** 2
        squares, bounces = squares[near], bounces[near]
    distance = np.sqrt(squares)
    direct = float(distance.min())
    at = np.round((distance - direct) / SOUND * rate).astype(int)
    return np.asarray(np.bincount(at, reflection**bounces * direct / distance), np.float64)


def _images(size: float, mouth: float, microphone: float, decay: float) -> tuple[NDArray, NDArray]:  # type: ignore[type-arg]
    """Of the images along one axis the squared distance to the microphone, and how often the sound was reflected."""
    most = int(np.ceil(SOUND * decay / (2 * size))) + 1
    shift = np.arange(-most, most + 1)
    same, mirrored = 2 * shift * size + mouth, 2 * shift * size - mouth
    places = np.concatenate([same, mirrored]) - microphone
    return places**2, np.concatenate([np.abs(2 * shift), np.abs(shift) + np.abs(shift - 1)])
