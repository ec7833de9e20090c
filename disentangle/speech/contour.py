"""How an utterance's F0 moves, and how high it is: not what is said, and for the decoder alone.

A decoder that is told it leaves the content encoder no cause to carry it, and speech in another voice keeps its melody
at the height of that voice.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from disentangle.pitch import pitch

Array = NDArray[np.float32]
COLUMNS = (
    4  # octaves above the median, 0 where unvoiced; whether voiced; 1 where anything is told; the median, its HEIGHT
)
HEIGHT = -1  # the same in all frames: octaves above REFERENCE, 0 where nothing is voiced
REFERENCE = 128.0  # Hz
RESOLUTION = 0.5  # semitones
WIDEST = 1.0  # octaves
UNTOLD = 0.1  # share of the utterances of training that the decoder has to say without


def contour(wave: Array, rate: int, hop: int, frames: int) -> Array:
    """The contour of a wave (samples,) for frames of so many samples, (frames, COLUMNS)."""
    f0 = pitch(wave, rate, hop=hop, resolution=RESOLUTION)[:frames]
    octaves = np.log2(np.pad(f0, (0, frames - len(f0)), constant_values=np.nan) / REFERENCE)
    voiced = np.isfinite(octaves)
    told = np.zeros((frames, COLUMNS), np.float32)
    told[:, 1], told[:, 2] = voiced, 1
    if voiced.any():
        told[:, HEIGHT] = height = np.median(octaves[voiced])
        told[voiced, 0] = (octaves[voiced] - height).clip(-WIDEST, WIDEST)
    return told


def at_speed(told: Array, speed: float, frames: int) -> Array:
    """The contour (frames, columns) of the same sound faster and higher by a factor, of so many frames."""
    nearest = np.round(np.arange(frames) * speed).astype(int)
    faster = told[nearest.clip(0, len(told) - 1)]
    if told[:, 1:2].any():
        faster[:, HEIGHT] += np.log2(speed)
    return np.asarray(faster)


def at_height(told: Tensor, height: Tensor) -> Tensor:
    """Contours, or what ends in them, (..., frames, columns) moved to another height (1,)."""
    return torch.cat([told[..., :HEIGHT], height.expand(*told.shape[:-1], 1)], -1)


def partly(told: Tensor, rng: np.random.Generator) -> Tensor:
    """Contours (batch, frames, columns), of which a share drawn at random says nothing but the height."""
    if not told.shape[2]:
        return told
    heard = told.clone()
    heard[:, :, :HEIGHT] *= torch.from_numpy(rng.random((len(told), 1, 1)) >= UNTOLD)
    return heard
