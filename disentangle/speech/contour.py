"""How an utterance's F0 moves about its median: neither what is said nor who says it, and for the decoder alone.

A decoder that is told it leaves the content encoder no cause to carry it, and speech in another voice keeps its melody.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from disentangle.pitch import pitch

Array = NDArray[np.float32]
COLUMNS = 3  # octaves above the median, 0 where unvoiced; whether voiced; 1 where anything is told
RESOLUTION = 0.5  # semitones
WIDEST = 1.0  # octaves
UNTOLD = 0.1  # share of the utterances of training that the decoder has to say without


def contour(wave: Array, rate: int, hop: int, frames: int) -> Array:
    """The contour of a wave (samples,) for frames of so many samples, (frames, COLUMNS)."""
    f0 = pitch(wave, rate, hop=hop, resolution=RESOLUTION)[:frames]
    octaves = np.log2(np.pad(f0, (0, frames - len(f0)), constant_values=np.nan))
    voiced = np.isfinite(octaves)
    told = np.zeros((frames, COLUMNS), np.float32)
    told[:, 1], told[:, 2] = voiced, 1
    if voiced.any():
        told[voiced, 0] = (octaves[voiced] - np.median(octaves[voiced])).clip(-WIDEST, WIDEST)
    return told


def at_speed(told: Array, speed: float, frames: int) -> Array:
    """The contour (frames, columns) of the same sound faster and higher by a factor, of so many frames."""
    nearest = np.round(np.arange(frames) * speed).astype(int)
    return np.asarray(told[nearest.clip(0, len(told) - 1)])


def partly(told: Tensor, rng: np.random.Generator) -> Tensor:
    """Contours (batch, frames, columns), of which a share drawn at random says nothing."""
    if not told.shape[2]:
        return told
    return told * torch.from_numpy(rng.random((len(told), 1, 1)) >= UNTOLD)
