"""The judges' own ears: log-mels of waveforms, with settings that are not the model's, real and converted alike."""

from functools import lru_cache

import numpy as np
import torch
import torchaudio
from numpy.typing import NDArray

MELS = 64
WINDOW, HOP = 0.032, 0.010  # seconds
LEVEL = 0.05  # root mean square that every wave is brought to, since loudness is nobody's voice
FLOOR = 1e-3  # added to magnitudes: 1 % of those of speech

Floats = NDArray[np.float32]


def hear(wave: NDArray[np.floating], rate: int) -> Floats:
    """(samples,) at ``rate`` Hz -> natural-log magnitudes (frames, 64 mels), a frame every 10 ms."""
    x = np.asarray(wave, np.float64)
    x = x * LEVEL / max(float(np.sqrt((x**2).mean())), 1e-8)
    with torch.inference_mode():
        magnitudes = _filters(rate)(torch.from_numpy(x).float())
        heard: Floats = (magnitudes + FLOOR).log().T.numpy()
    return heard


@lru_cache(maxsize=4)
def _filters(rate: int) -> torchaudio.transforms.MelSpectrogram:
    window = round(WINDOW * rate)
    size = 1 << (window - 1).bit_length()
    return torchaudio.transforms.MelSpectrogram(
        rate, size, window, round(HOP * rate), f_min=50.0, f_max=rate / 2, n_mels=MELS, power=1.0
    )
