"""Another speed and another pitch for what is decoded, by way of its log-mel."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from disentangle.speech.options import FrontEndOptions

Array = NDArray[np.float32]
Vocode = Callable[[Array, int], Array]  # log-mel (frames, mels), samples -> waveform (samples,)
Matrix = NDArray[np.float64]
ENVELOPE = 12  # cepstra of a log-mel that are the shape of the mouth; those above are the harmonics of the voice
FINE = 1000  # steps in which a pitch is divided


def spoken(
    log_mel: Array, samples: int, sound: Vocode, options: FrontEndOptions, speed: float = 1.0, pitch: float = 1.0
) -> Array:
    """Sound of a log-mel, faster and higher.

    Higher by ``pitch`` is what was made slower by it and is then played faster; before that the envelope is moved the
    other way, so that the resonances of the mouth stay where they are.

    Args:
        log_mel: (frames, mels).
        samples: of the same at its own speed.
        sound: makes it, as `SpeechModel.vocode` does.
        options: the front end of the log-mel.
        speed: 2 takes half the time.
        pitch: 2 is an octave.

    Returns:
        (samples / speed,), rounded.
    """
    from scipy.signal import resample_poly

    wanted, down = max(1, round(samples / speed)), round(FINE * pitch)
    if down == FINE:
        return sound(stretched(log_mel, 1 / speed), wanted)
    slow = stretched(moved_envelope(log_mel, pitch, options), pitch / speed)
    wave = resample_poly(sound(slow, round(wanted * pitch)), FINE, down)[:wanted]
    return np.asarray(np.pad(wave, (0, wanted - len(wave))), np.float32)


def stretched(log_mel: Array, factor: float) -> Array:
    """So many times as many frames (frames, mels), interpolated; at least one."""
    if factor == 1:
        return log_mel
    at = np.linspace(0, len(log_mel) - 1, max(1, round(len(log_mel) * factor)))
    low = np.minimum(at.astype(int), max(0, len(log_mel) - 2))
    share = (at - low)[:, None]
    return np.asarray((1 - share) * log_mel[low] + share * log_mel[np.minimum(low + 1, len(log_mel) - 1)], np.float32)


def moved_envelope(log_mel: Array, factor: float, options: FrontEndOptions) -> Array:
    """The envelope of each frame (frames, mels) at ``factor`` times lower frequencies, its harmonics where they are."""
    from scipy.fft import dct, idct

    cepstra = dct(log_mel.astype(np.float64), axis=1, norm="ortho")
    cepstra[:, ENVELOPE:] = 0
    envelope: Matrix = idct(cepstra, axis=1, norm="ortho")
    edges = np.linspace(_mel(options.low), _mel(options.rate / 2), options.mels + 2)
    centres = edges[1:-1]
    frequencies = 700 * (10 ** (centres / 2595) - 1)
    moved = np.stack([np.interp(_mel(factor * frequencies), centres, frame) for frame in envelope])
    return np.asarray(log_mel - envelope + moved, np.float32)


def _mel(frequency: float | Matrix) -> Matrix:
    """HTK's scale, which the front end has too."""
    return np.asarray(2595 * np.log10(1 + np.asarray(frequency) / 700))
