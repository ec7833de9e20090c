"""Channels do what they are named for: known bands, levels, ratios, echoes; the same seed gives the same sound."""

import numpy as np
import pytest

from disentangle.corpus import channels
from disentangle.corpus.channels import SOUND, heard_in, loudness, mu_law, noise, response, room, telephone

RATE = 16000


def tone(hertz: float, seconds: float = 0.5, rate: int = RATE) -> channels.Wave:
    return np.asarray(0.1 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate), np.float32)


@pytest.mark.parametrize(("hertz", "passes"), [(100, False), (1000, True), (3000, True), (5000, False)])
def test_a_telephone_passes_its_band_alone(hertz: float, passes: bool) -> None:
    both = tone(hertz) + tone(1200)
    heard = telephone(both, RATE)
    assert heard.shape == both.shape and heard.dtype == np.float32
    assert loudness(heard) == pytest.approx(loudness(both), rel=0.1)
    power = abs(np.fft.rfft(heard))[round(hertz / 2)] / abs(np.fft.rfft(heard))[600]
    assert power > 0.8 if passes else power < 0.05


def test_mu_law_has_256_levels_fine_where_it_is_quiet() -> None:
    x = np.linspace(-1, 1, 20001)
    y = mu_law(x)
    assert len(np.unique(y)) == 256
    assert np.abs(y - x).max() < 0.03 and np.abs(y - x)[np.abs(x) < 0.01].max() < 5e-4
    assert mu_law(np.array([-1.0, 1.0])) == pytest.approx([-1, 1])


def test_noise_has_the_ratio_asked_for_and_comes_from_the_generator_alone() -> None:
    wave = tone(440)
    for low, high in ((10, 10), (0, 15)):
        hiss = noise(wave, RATE, np.random.default_rng(1), low, high) - wave
        ratio = 20 * np.log10(loudness(wave) / loudness(hiss))
        assert low - 0.1 <= ratio <= high + 0.1
    one, same, other = (noise(wave, RATE, np.random.default_rng(s), 0, 15) for s in (1, 1, 2))
    assert np.array_equal(one, same) and not np.array_equal(one, other)


def test_the_first_echo_of_a_room_comes_from_the_nearest_wall_and_its_sound_decays() -> None:
    """One metre above the floor and one apart, in the middle: the floor's image is √5 m away, 3.6 ms behind."""
    size = np.array([20.0, 20.0, 9.0])
    mouth, microphone = np.array([9.5, 10.0, 1.0]), np.array([10.5, 10.0, 1.0])
    echoes = response(size, 0.4, mouth, microphone, RATE)
    later = np.flatnonzero(echoes)
    assert echoes[0] == 1
    assert later[1] == round((5**0.5 - 1) / channels.SOUND * RATE)
    assert 0.2 < echoes[later[1]] * 5**0.5 < 1
    energy = np.cumsum(echoes[::-1] ** 2)[::-1]
    decibels = 10 * np.log10(energy / energy[0])
    time = np.interp(25, -decibels, np.arange(len(decibels))) - np.interp(5, -decibels, np.arange(len(decibels)))
    assert time / RATE * 3 == pytest.approx(0.4, rel=0.35)


def test_a_room_keeps_length_and_loudness_and_smears() -> None:
    click = np.zeros(RATE, np.float32)
    click[100] = 0.5
    heard = room(click, RATE, np.random.default_rng(0))
    assert heard.shape == click.shape and np.argmax(np.abs(heard)) == 100
    assert loudness(heard) == pytest.approx(loudness(click))
    assert np.count_nonzero(np.abs(heard) > 1e-4) > 100
    assert np.abs(heard[:99]).max() < 1e-6


SIZE, MOUTH, MICROPHONE = np.array([5.0, 4.0, 3.0]), np.array([1.0, 1.5, 1.2]), np.array([3.0, 1.5, 1.2])


def test_the_six_first_echoes_arrive_when_they_must() -> None:
    echoes = response(SIZE, 0.4, MOUTH, MICROPHONE, RATE)
    assert echoes[0] == 1
    for image in ([-1.0, 1.5, 1.2], [9.0, 1.5, 1.2], [1.0, -1.5, 1.2], [1.0, 6.5, 1.2], [1, 1.5, -1.2], [1, 1.5, 4.8]):
        behind = float(np.linalg.norm(np.array(image) - MICROPHONE)) - 2.0
        assert echoes[round(behind / SOUND * RATE)] > 0


def test_a_longer_reverberation_rings_longer() -> None:
    short, long = (response(SIZE, decay, MOUTH, MICROPHONE, RATE) for decay in (0.15, 0.6))
    later = round(8 / SOUND * RATE)
    tails = [float(np.square(x[later:]).sum() / np.square(x).sum()) for x in (short, long)]
    assert tails[0] < tails[1] / 2


def test_nothing_but_the_direct_sound_changes_nothing() -> None:
    wave = np.random.default_rng(0).normal(0, 0.1, 4000).astype(np.float32)
    direct = np.zeros(300, np.float32)
    direct[120] = 0.01
    assert heard_in(wave, direct) == pytest.approx(wave, abs=1e-6)


def test_the_same_draw_gives_the_same_room() -> None:
    wave = np.random.default_rng(0).normal(0, 0.1, 4000).astype(np.float32)
    wet, again = (room(wave, RATE, np.random.default_rng(1)) for _ in range(2))
    assert np.square(wet).mean() == pytest.approx(np.square(wave).mean(), rel=1e-4)
    assert np.array_equal(wet, again) and not np.allclose(wet, wave, atol=1e-2)


@pytest.mark.parametrize("rate", [8000, 22050])
@pytest.mark.parametrize("name", channels.CODECS)
def test_a_codec_loses_something_and_keeps_length_loudness_and_place(name: str, rate: int) -> None:
    rng = np.random.default_rng(0)
    loud = tone(300, 0.6, rate) * 15 * np.hanning(round(0.6 * rate)).astype(np.float32)  # beyond full scale
    wave = loud + rng.normal(0, 0.02, len(loud)).astype(np.float32)
    coded = channels.codec(wave, rate, name)
    assert coded.shape == wave.shape and coded.dtype == np.float32
    assert np.array_equal(coded, channels.codec(wave, rate, name))
    assert loudness(coded) == pytest.approx(loudness(wave), rel=0.1)
    error = loudness(coded - wave) / loudness(wave)
    assert 0.003 < error < 0.3, "of a wave that is out of place it would be near 1.4"
