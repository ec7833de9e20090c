"""Loudness: the level that a voice has had so far, and sound made as loud as other sound."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
SPEECH, WARM = -4.0, 50  # level of speech that nobody has heard yet, and of how many frames
PEAK = 0.99  # of full scale, so that nothing clips


def running_level(log_mel: Array, heard: tuple[float, int] = (0.0, 0)) -> tuple[Array, tuple[float, int]]:
    """The mean of what was heard so far, and of half a hundred frames of speech that are taken for heard before.

    Args:
        log_mel: (frames, mels).
        heard: sum and number of the frames' mean values before these.

    Returns:
        (frames, 1), and sum and number with these.
    """
    sums = heard[0] + np.cumsum(log_mel.mean(1, dtype=np.float64))
    counts = heard[1] + np.arange(1, len(log_mel) + 1)
    levels = (SPEECH * WARM + sums) / (WARM + counts)
    return levels[:, None].astype(np.float32), (float(sums[-1]), int(counts[-1]))


def matched(wave: Array, like: Array) -> Array:
    """``wave`` at the mean power of ``like``, or lower where it would clip."""
    power = float(np.sqrt(np.mean(like.astype(np.float64) ** 2)))
    own = float(np.sqrt(np.mean(wave.astype(np.float64) ** 2)))
    peak = float(np.abs(wave).max(initial=0.0))
    return np.asarray(wave * min(power / max(own, 1e-9), PEAK / max(peak, 1e-9)), np.float32)
