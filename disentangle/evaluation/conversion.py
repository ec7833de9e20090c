"""Converted speech against a parallel recording: mel-cepstral distortion and correlation of the pitch contours."""

import numpy as np
from numpy.typing import NDArray

from disentangle.compiled import librosa
from disentangle.pitch import HOP, pitch
from disentangle.warping import paths

Matrix = NDArray[np.float64]
CEPSTRA = 13


def cepstra(mel: NDArray[np.floating], count: int = CEPSTRA) -> Matrix:
    """Mel cepstrum 1..count of natural-log magnitudes: log|S| = c0 + sum of c_k cos(k w).

    Args:
        mel: (frames, mels).

    Returns:
        (frames, count); the zeroth, loudness, is left out.
    """
    from scipy.fft import dct

    scaled = dct(np.asarray(mel, np.float64), axis=1, norm="ortho") * np.sqrt(2 / mel.shape[1])
    return np.asarray(scaled[:, 1 : count + 1])


def warping_path(distances: Matrix) -> NDArray[np.int64]:
    """The path of least summed distance (`disentangle.warping`).

    Args:
        distances: (n, m) between every frame of one recording and every frame of the other.

    Returns:
        (steps, 2) pairs of frames, from (0, 0) to (n - 1, m - 1).
    """
    n, m = distances.shape
    first, second = paths(distances[None], np.array([n]), np.array([m]))
    return np.stack([first[0, ::-1], second[0, ::-1]], 1)


def _aligned(a: Matrix, b: Matrix) -> tuple[NDArray[np.int64], Matrix]:
    from scipy.spatial.distance import cdist

    distances = cdist(a, b)
    path = warping_path(distances)
    return path, distances[path[:, 0], path[:, 1]]


def mcd(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    """Mel-cepstral distortion in dB (Kubichek 1993) along the warping path, loudness left out.

    Args:
        a: natural-log magnitude mels of one recording (frames, mels).
        b: of another that says the same, with the same filters.

    Returns:
        10 sqrt(2) / ln 10 times the mean distance of the cepstra 1..13.

    Raises:
        ValueError: one is empty or the numbers of filters differ.
    """
    if not len(a) or not len(b) or a.shape[1] != b.shape[1]:
        raise ValueError(f"mel-cepstral distortion of {a.shape} and {b.shape}: both need frames and the same filters")
    _, distances = _aligned(cepstra(a), cepstra(b))
    return float(10 * np.sqrt(2) / np.log(10) * distances.mean())


def _log_mels(wave: NDArray[np.floating], rate: int) -> Matrix:
    samples, hop = np.asarray(wave, np.float64), round(HOP * rate)
    power = librosa().feature.melspectrogram(y=samples, sr=rate, n_fft=2 * hop, hop_length=hop, n_mels=24, power=1.0)
    return np.asarray(np.log(power.T + 1e-5))


def f0_correlation(a: NDArray[np.floating], b: NDArray[np.floating], rate: int) -> float:
    """Correlation of two log-F0 contours over the frames that the warping path joins and both of which are voiced.

    Args:
        a: (samples,) one recording.
        b: (samples,) another that says the same.
        rate: of both, in Hz.

    Returns:
        Pearson's correlation; NaN where fewer than 5 joined frames are voiced in both, or a contour is flat.
    """
    return contour_correlation(a, b, pitch(a, rate), pitch(b, rate), rate)


def contour_correlation(
    a: NDArray[np.floating], b: NDArray[np.floating], f0_a: Matrix, f0_b: Matrix, rate: int
) -> float:
    """The same of recordings whose contours (frames,) are already there; `pitch` makes them."""
    path, _ = _aligned(cepstra(_log_mels(a, rate)), cepstra(_log_mels(b, rate)))
    path = path[(path[:, 0] < len(f0_a)) & (path[:, 1] < len(f0_b))]
    return frame_correlation(f0_a[path[:, 0]], f0_b[path[:, 1]])


def frame_correlation(f0_a: Matrix, f0_b: Matrix) -> float:
    """Correlation of two log-F0 contours (frames,) frame by frame, where both are voiced.

    Returns:
        Pearson's correlation; NaN where fewer than 5 frames are voiced in both, or a contour is flat.
    """
    count = min(len(f0_a), len(f0_b))
    x, y = np.log(f0_a[:count]), np.log(f0_b[:count])
    voiced = np.isfinite(x) & np.isfinite(y)
    x, y = x[voiced], y[voiced]
    if len(x) < 5 or x.std() < 1e-9 or y.std() < 1e-9:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def frames_voiced(f0: Matrix, f0_of_source: Matrix) -> float:
    """Share of the frames of a source that are voiced which are voiced in what was made of it, each F0 (frames,), NaN
    where unvoiced.

    Returns:
        0 to 1; NaN where no frame of the source is voiced.
    """
    count = min(len(f0), len(f0_of_source))
    voiced = np.isfinite(f0_of_source[:count])
    return float(np.isfinite(f0[:count])[voiced].mean()) if voiced.any() else float("nan")
