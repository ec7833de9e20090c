"""Pseudo-voices: for each name a voice far from its own, which a secret key draws."""

import hashlib
import hmac

import numpy as np

from disentangle.speech.model import Array

FAR = 0.5  # share of the pool, the farthest of it, that a pseudo-voice is made of
BLENDED = 4  # voices of which one is the mean, at most half of the far ones
SMALLEST = 4  # voices of a pool


def pseudo_voice(own: Array, pool: Array, key: bytes, name: str) -> Array:
    """The mean of a few voices that the key draws for a name among those farthest from its own (Srivastava et al. 2020,
    https://arxiv.org/abs/2005.08601, section 3).

    Args:
        own: (dims,) unit vector of the voice to hide.
        pool: (voices, dims) unit vectors.
        key: without it nobody can tell which voices were drawn.
        name: of the speaker; one key gives one name the same voice every time.

    Returns:
        (dims,) of unit length.

    Raises:
        ValueError: too small a pool.
    """
    if len(pool) < SMALLEST:
        raise ValueError(f"{len(pool)} voices to make pseudo-voices of, where at least {SMALLEST} are needed")
    far = np.argsort(pool @ own, kind="stable")[: max(2, round(FAR * len(pool)))]
    drawn = hmac.new(key, name.encode("utf-8"), hashlib.sha256).digest()
    rng = np.random.default_rng(int.from_bytes(drawn, "big"))
    blended = pool[rng.choice(far, min(BLENDED, len(far) // 2), replace=False)].mean(0)
    return np.asarray(blended / max(float(np.linalg.norm(blended)), 1e-9), np.float32)
