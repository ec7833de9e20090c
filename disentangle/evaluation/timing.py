"""Content with the timing taken out of it: how long an utterance lasts tells of its speaker too."""

import numpy as np
from numpy.typing import NDArray

from disentangle.evaluation.sequences import Features

SHORT = 0.05  # share of the utterances that may be shorter than what all are brought to


def common_length(features: Features) -> int:
    """Frames that nearly all utterances (frames, dims) have: whoever has more loses some, nobody has to repeat any."""
    return max(1, int(np.quantile([len(x) for x in features], SHORT)))


def retimed(features: Features, frames: int) -> list[NDArray[np.floating]]:
    """Every utterance with so many of its own frames, equally spaced from its first to its last.

    Frames are picked, not averaged, so that noise on them stays what it is.

    Example:
        >>> [x[:, 0].tolist() for x in retimed([np.arange(9.0)[:, None], np.arange(3.0)[:, None]], 3)]
        [[1.0, 4.0, 7.0], [0.0, 1.0, 2.0]]
    """
    middles = (np.arange(frames) + 0.5) / frames
    return [np.asarray(x)[(middles * len(x)).astype(int)] for x in features]
