"""Rooms: impulse responses of shoebox rooms by the image method, and sound heard through a response."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Floats = NDArray[np.float64]

SOUND = 343.0  # m/s
ORDER = 8  # images to each side, along each axis
SMALLEST, LARGEST = (3.0, 3.0, 2.5), (10.0, 8.0, 4.0)  # m
REVERBERATION = (0.15, 0.6)  # s until the sound has fallen by 60 dB
MARGIN = 0.5  # m between walls and whoever is in the room


def random_room(rate: int, rng: np.random.Generator) -> Array:
    """The response (samples,) of a room of random size and reverberation, speaker and microphone anywhere in it."""
    size = rng.uniform(SMALLEST, LARGEST)
    speaker, microphone = rng.uniform(MARGIN, size - MARGIN, (2, 3))
    return image_method(size, speaker, microphone, rng.uniform(*REVERBERATION), rate)


def image_method(size: Floats, speaker: Floats, microphone: Floats, reverberation: float, rate: int) -> Array:
    """The response of a shoebox room whose walls reflect alike (Allen and Berkley 1979, https://doi.org/10.1121/1.382599,
    equation 10).

    Args:
        size: (3,) m.
        speaker: (3,) m from the corner at the origin.
        microphone: likewise.
        reverberation: seconds until the sound has fallen by 60 dB, which sets the walls' reflection (Eyring 1930).
        rate: Hz.

    Returns:
        (samples,) with each image at the sample nearest to its arrival.
    """
    cells, sides = np.arange(-ORDER, ORDER + 1), np.array([0, 1])
    n, p = (grid.ravel() for grid in np.meshgrid(cells, sides, indexing="ij"))
    offsets = (1 - 2 * p)[:, None] * speaker + 2 * n[:, None] * size - microphone  # (images along an axis, 3)
    bounces = np.abs(n - p) + np.abs(n)
    squares = np.square(offsets)
    distance = np.sqrt(squares[:, None, None, 0] + squares[None, :, None, 1] + squares[None, None, :, 2]).ravel()
    hits = (bounces[:, None, None] + bounces[None, :, None] + bounces[None, None, :]).ravel()
    gain = _reflection(size, reverberation) ** hits / (4 * np.pi * np.maximum(distance, 0.01))
    at = np.rint(distance / SOUND * rate).astype(np.int64)
    heard = at < max(1, round(reverberation * rate)) + at.min()
    return np.bincount(at[heard], gain[heard]).astype(np.float32)


def _reflection(size: Floats, reverberation: float) -> float:
    """The share of the pressure that a wall gives back."""
    volume, surface = float(np.prod(size)), 2 * float(size[0] * size[1] + size[1] * size[2] + size[0] * size[2])
    absorbed = 1 - np.exp(-24 * np.log(10) * volume / (SOUND * surface * reverberation))
    return float(np.sqrt(1 - absorbed))


def heard_in(wave: Array, response: Array) -> Array:
    """A wave (samples,) through a response (taps,): as long, as loud, its direct sound where it was."""
    from scipy.signal import oaconvolve

    direct = response[int(np.abs(response).argmax()) :]
    wet = oaconvolve(wave.astype(np.float64), direct.astype(np.float64))[: len(wave)]
    power = np.sqrt(np.square(wave, dtype=np.float64).mean() / max(float(np.square(wet).mean()), 1e-20))
    return np.asarray(wet * power, np.float32)
