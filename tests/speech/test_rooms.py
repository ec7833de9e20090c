"""A room's response has direct sound and echoes where geometry puts them, and changes nothing else of a wave."""

import numpy as np
import pytest

from disentangle.speech.rooms import SOUND, heard_in, image_method, random_room

RATE = 16000
SIZE, SPEAKER, MICROPHONE = np.array([5.0, 4.0, 3.0]), np.array([1.0, 1.5, 1.2]), np.array([3.0, 1.5, 1.2])


def at(metres: float) -> int:
    return round(metres / SOUND * RATE)


def test_direct_sound_and_first_echoes_arrive_when_they_must() -> None:
    response = image_method(SIZE, SPEAKER, MICROPHONE, 0.4, RATE)
    first = int(np.flatnonzero(response)[0])
    assert first == at(2.0)
    assert response[first] == pytest.approx(1 / (4 * np.pi * 2.0), rel=1e-5)
    for image in (
        [-1.0, 1.5, 1.2],
        [9.0, 1.5, 1.2],
        [1.0, -1.5, 1.2],
        [1.0, 6.5, 1.2],
        [1.0, 1.5, -1.2],
        [1.0, 1.5, 4.8],
    ):
        assert response[at(float(np.linalg.norm(np.array(image) - MICROPHONE)))] > 0


def test_a_longer_reverberation_rings_longer() -> None:
    short, long = (image_method(SIZE, SPEAKER, MICROPHONE, t, RATE) for t in (0.15, 0.6))
    tails = [float(np.square(x[at(10) :]).sum() / np.square(x).sum()) for x in (short, long)]
    assert tails[0] < tails[1] / 2


def test_nothing_but_the_direct_sound_changes_nothing() -> None:
    wave = np.random.default_rng(0).normal(0, 0.1, 4000).astype(np.float32)
    response = np.zeros(300, np.float32)
    response[120] = 0.01
    assert heard_in(wave, response) == pytest.approx(wave, abs=1e-6)


def test_length_and_loudness_stay_and_the_same_draw_gives_the_same_room() -> None:
    wave = np.random.default_rng(0).normal(0, 0.1, 4000).astype(np.float32)
    wet = heard_in(wave, random_room(RATE, np.random.default_rng(1)))
    assert wet.dtype == np.float32 and wet.shape == wave.shape
    assert np.square(wet).mean() == pytest.approx(np.square(wave).mean(), rel=1e-4)
    assert not np.allclose(wet, wave, atol=1e-2)
    assert np.array_equal(wet, heard_in(wave, random_room(RATE, np.random.default_rng(1))))
