"""F0 of speech."""

import numpy as np
from numpy.typing import NDArray

from disentangle.compiled import librosa

HOP = 0.02  # seconds between the frames of a contour


def pitch(
    wave: NDArray[np.floating],
    rate: int,
    low: float = 60.0,
    high: float = 400.0,
    hop: int | None = None,
    resolution: float = 0.2,
) -> NDArray[np.float64]:
    """F0 in Hz by pYIN (Mauch and Dixon 2014), NaN where unvoiced; (frames,), 1 + samples // hop.

    Args:
        wave: (samples,).
        rate: in Hz.
        low: least F0 in Hz.
        high: largest.
        hop: samples between frames; None: 20 ms.
        resolution: semitones that are told apart.
    """
    frame = 1 << int(np.ceil(np.log2(2 * rate / low)))
    hop = round(HOP * rate) if hop is None else hop
    samples = np.asarray(wave, np.float64)
    f0: NDArray[np.float64] = librosa().pyin(
        samples, fmin=low, fmax=high, sr=rate, frame_length=frame, hop_length=hop, resolution=resolution
    )[0]
    return f0
