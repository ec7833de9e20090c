"""A pseudo-voice is the key's and the name's alone, far from its own voice, and different for different names."""

import numpy as np
import pytest
from numpy.typing import NDArray

from disentangle.speech.pseudonyms import pseudo_voice

KEY = b"0123456789abcdef"


def pool(voices: int = 40, dims: int = 16) -> NDArray[np.float32]:
    x = np.random.default_rng(0).normal(size=(voices, dims)).astype(np.float32)
    return np.asarray(x / np.linalg.norm(x, axis=1, keepdims=True))


def test_it_follows_from_key_and_name_alone() -> None:
    own, others = pool()[0], pool()[1:]
    voice = pseudo_voice(own, others, KEY, "ann")
    assert np.array_equal(voice, pseudo_voice(own, others, KEY, "ann"))
    assert not np.allclose(voice, pseudo_voice(own, others, KEY, "bob"), atol=0.1)
    assert not np.allclose(voice, pseudo_voice(own, others, KEY + b"!", "ann"), atol=0.1)
    assert np.linalg.norm(voice) == pytest.approx(1, abs=1e-5)


def test_it_is_farther_than_half_of_the_pool_and_never_ones_own() -> None:
    voices = pool()
    for number, own in enumerate(voices):
        made = pseudo_voice(own, voices, KEY, f"s{number}")
        assert made @ own < np.median(voices @ own)


def test_a_small_pool_is_refused() -> None:
    with pytest.raises(ValueError, match="3 voices to make pseudo-voices of, where at least 4"):
        pseudo_voice(pool()[0], pool(3), KEY, "ann")
