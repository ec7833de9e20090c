"""Noise has the ratio and colour that were asked for, a telephone its band, and all of it comes from the generator."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from disentangle.corpus import audio
from disentangle.corpus.channels import codec, loudness, telephone
from disentangle.speech.disturbances import Disturbance, pink, white, with_noise
from disentangle.speech.sound_options import SoundOptions

RATE = 16000
Array = NDArray[np.float32]


def speech(seconds: float = 1.0, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(0, 0.1, round(RATE * seconds)).astype(np.float32)


def disturbance(options: SoundOptions) -> Disturbance:
    return Disturbance(options, RATE, 5, lambda i: speech(0.3, 100 + i))


def disturbed(options: SoundOptions, seed: int = 0) -> Array:
    change = disturbance(options).drawn(np.random.default_rng(seed))
    assert change is not None
    return change(speech())


def slope(wave: Array) -> float:
    """Of the power over the frequency, both as logarithms."""
    power = np.square(np.abs(np.fft.rfft(wave)))[10:7000]
    return float(np.polyfit(np.log(np.arange(10, 7000)), np.log(power), 1)[0])


def test_white_noise_is_flat_and_pink_falls() -> None:
    rng = np.random.default_rng(0)
    assert slope(white(RATE, rng)) == pytest.approx(0, abs=0.05)
    assert slope(pink(RATE, rng)) == pytest.approx(-1, abs=0.05)


@pytest.mark.parametrize("name", ["white", "pink", "babble"])
def test_noise_is_added_at_the_ratio_that_was_drawn(name: str) -> None:
    noise = disturbed(SoundOptions(noise=1.0, noises=(name,), snr=(7.0, 7.0))) - speech()
    assert 10 * np.log10(np.square(speech()).mean() / np.square(noise).mean()) == pytest.approx(7, abs=0.01)


def test_ratios_stay_in_their_range_and_differ() -> None:
    found = []
    for seed in range(20):
        noise = disturbed(SoundOptions(noise=1.0, noises=("white",), snr=(0.0, 10.0)), seed) - speech()
        found.append(10 * np.log10(np.square(speech()).mean() / np.square(noise).mean()))
    assert -0.01 <= min(found) < 3 and 7 < max(found) <= 10.01


@pytest.mark.parametrize("kind", ["data directory", "wav.scp", "folder"])
def test_recorded_noise_comes_from_where_it_is_named(kind: str, tmp_path: Path) -> None:
    hum = np.sin(2 * np.pi * 440 * np.arange(3 * 8000) / 8000)
    soundfile.write(tmp_path / "hum.wav", 0.1 * hum, 8000)
    scp = tmp_path / "data" / "wav.scp"
    scp.parent.mkdir()
    scp.write_text(f"hum {tmp_path}/hum.wav\n")
    place = {"data directory": scp.parent, "wav.scp": scp, "folder": tmp_path}[kind]
    noise = disturbed(SoundOptions(noise=1.0, noises=(str(place),), snr=(0.0, 0.0))) - speech()
    assert int(np.abs(np.fft.rfft(noise)).argmax()) == 440
    assert np.square(noise).mean() == pytest.approx(np.square(speech()).mean(), rel=1e-3)


def test_noise_that_is_too_short_is_repeated(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "click.wav", speech(0.1), RATE)
    noise = disturbed(SoundOptions(noise=1.0, noises=(str(tmp_path),))) - speech()
    assert noise[1600:3200] == pytest.approx(noise[:1600], abs=1e-5)


def test_a_telephone_keeps_its_band_the_length_and_the_loudness() -> None:
    wave = telephone(speech(), RATE)
    power = np.square(np.abs(np.fft.rfft(wave)))
    inside, below, above = power[500:3000].mean(), power[:150].mean(), power[4100:].mean()
    assert wave.shape == speech().shape
    assert below < 0.01 * inside and above < 0.01 * inside
    assert loudness(wave) == pytest.approx(loudness(speech()), rel=0.1)


def test_a_telephone_rounds_as_g711_does() -> None:
    """A tone far below full scale keeps 13 bits' worth of it, one near full scale 8: never an error above 3 %."""
    t = np.arange(RATE) / RATE
    tone = (0.3 * np.sin(2 * np.pi * 1000 * t)).astype(np.float32)
    error = np.abs(telephone(tone, RATE) - tone)[2000:-2000]
    assert 1e-4 < error.max() < 0.03 * 0.3


def test_rooms_come_from_a_folder_of_responses(tmp_path: Path) -> None:
    echo = np.zeros(801)
    echo[0], echo[800] = 0.9, 0.45
    soundfile.write(tmp_path / "echo.wav", echo, RATE, subtype="FLOAT")
    wet = disturbed(SoundOptions(room=1.0, rooms=str(tmp_path)))
    dry = speech()
    expected = dry + 0.5 * np.concatenate([np.zeros(800), dry[:-800]])
    assert np.corrcoef(wet, expected)[0, 1] > 0.9999


def test_a_share_is_spared_and_the_same_draws_give_the_same_sound() -> None:
    options = SoundOptions(noise=0.3, noises=("babble", "pink"), room=0.3, telephone=0.3)
    apparatus = disturbance(options)
    spared = [apparatus.drawn(np.random.default_rng(seed)) is None for seed in range(300)]
    assert 0.25 < np.mean(spared) < 0.45, "0.7 ** 3 is 0.343"
    for seed in [seed for seed, is_spared in enumerate(spared) if not is_spared][:10]:
        assert np.array_equal(disturbed(options, seed), disturbed(options, seed))


def test_a_share_is_coded_by_one_of_the_codecs_that_are_named_and_no_share_draws_nothing() -> None:
    options = SoundOptions(codec=0.5, codecs=("mp3", "vorbis"))
    wave, heard = speech(), set[bytes]()
    changes = [disturbance(options).drawn(np.random.default_rng(seed)) for seed in range(12)]
    heard = {change(wave).tobytes() for change in changes if change}
    assert heard == {codec(wave, RATE, name).tobytes() for name in options.codecs}
    assert 2 <= sum(change is None for change in changes) <= 10
    with_none, before = np.random.default_rng(0), np.random.default_rng(0)
    disturbance(SoundOptions(noise=0.5)).drawn(with_none)
    before.random(3)
    assert with_none.random() == before.random()


def test_what_cannot_be_had_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no recordings, .*none\. Name white, pink, babble"):
        disturbance(SoundOptions(noise=0.1, noises=(str(tmp_path / "none"),)))
    with pytest.raises(ValueError, match="no recordings"):
        disturbance(SoundOptions(room=0.1, rooms=str(tmp_path)))
    (tmp_path / "bad.wav").write_text("words" * 100)
    with pytest.raises(ValueError, match="not readable as audio"):
        disturbance(SoundOptions(noise=0.1, noises=(str(tmp_path),)))
    with pytest.raises(ValueError, match="snr should be"):
        SoundOptions(snr=(9.0, 3.0))
    disturbance(SoundOptions(noises=(str(tmp_path / "none"),)))  # nobody asks for it


def test_silence_adds_nothing_and_stays_silence() -> None:
    assert np.array_equal(with_noise(speech(), np.zeros(RATE, np.float32), 0.0), speech())
    assert audio.fault(telephone(np.zeros(RATE, np.float32), RATE), RATE) == "silent audio"
