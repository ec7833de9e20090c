"""Sound made from a log-mel against the recording that the log-mel is of: spectra at several resolutions, STOI."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

WINDOWS = (0.016, 0.032, 0.064)  # seconds
FLOOR = 1e-5
SHORTEST = 0.6  # seconds of speech, below which STOI has too few frames


def stft_error(made: NDArray[np.floating], real: NDArray[np.floating], rate: int) -> float:
    """Multi-resolution error of the magnitudes (Yamamoto et al. 2020, https://arxiv.org/abs/1910.11480, equations 4-6).

    Args:
        made: (samples,).
        real: (samples,).
        rate: of both, in Hz.

    Returns:
        Spectral convergence plus mean absolute difference of the logarithms, averaged over the windows.

    Raises:
        ValueError: the lengths differ.
    """
    if made.shape != real.shape:
        raise ValueError(f"error of the spectra of {made.shape} and {real.shape}: both need as many samples")
    errors = []
    for window in WINDOWS:
        y, x = (_magnitudes(wave, round(window * rate)) for wave in (made, real))
        convergence = (x - y).norm() / x.norm().clamp(min=FLOOR)
        errors.append(float(convergence + (x.clamp(min=FLOOR).log() - y.clamp(min=FLOOR).log()).abs().mean()))
    return float(np.mean(errors))


def _magnitudes(wave: NDArray[np.floating], size: int) -> Tensor:
    x = torch.from_numpy(np.asarray(wave, np.float64))
    window = torch.hann_window(size, dtype=x.dtype)
    return torch.stft(x, size, size // 4, window=window, pad_mode="constant", return_complex=True).abs()


def stoi(made: NDArray[np.floating], real: NDArray[np.floating], rate: int) -> float:
    """Short-time objective intelligibility (Taal et al. 2011, IEEE TASLP 19(7)), pystoi's; 1 is the recording itself.

    Args:
        made: (samples,).
        real: (samples,), at least `SHORTEST` of it speech.
        rate: of both, in Hz.
    """
    from pystoi import stoi as short_time

    return float(short_time(np.asarray(real, np.float64), np.asarray(made, np.float64), rate))
