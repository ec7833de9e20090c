"""`convert` as a user drives it: any audio in, a wav as long at the model's rate out; what cannot be is refused."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from disentangle.cli import main
from disentangle.corpus import audio
from disentangle.speech.model import Array as Wave
from disentangle.speech.model import SpeechModel
from tests.commands.conftest import Refusal, voiced

RATE = 8000  # the model's


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A recording of the voice to convert to."""
    soundfile.write(tmp_path / "cas.wav", voiced("cas", 0.5), RATE)
    return tmp_path / "cas.wav"


def convert(experiment: Path, source: Path, out: Path, *targets: Path) -> NDArray[np.float32]:
    """What converting writes, after a look at what holds of all that it writes."""
    words = ["--source", str(source), "--target", *map(str, targets), "--out", str(out)]
    assert main(["convert", str(experiment), *words]) == 0
    wave, rate = soundfile.read(out, dtype="float32")
    assert rate == RATE and wave.ndim == 1
    assert np.isfinite(wave).all()
    assert 0 < np.abs(wave).max() < 1
    return np.asarray(wave)


@pytest.mark.parametrize(
    ("name", "rate", "subtype", "channels"),
    [
        ("stereo.wav", 48000, "PCM_16", 2),
        ("deep.wav", 44100, "PCM_24", 1),
        ("wide.wav", 16000, "PCM_32", 1),
        ("float.wav", 11025, "FLOAT", 1),
        ("packed.flac", 22050, "PCM_24", 2),
        ("packed.ogg", 16000, "VORBIS", 1),
        ("packed.mp3", 16000, "MPEG_LAYER_III", 1),
    ],
)
def test_rates_widths_channels_and_containers(
    name: str, rate: int, subtype: str, channels: int, trained: Path, target: Path, tmp_path: Path
) -> None:
    wave = np.stack([voiced("ann", 0.7, rate)] * channels, 1)
    soundfile.write(tmp_path / name, wave, rate, subtype=subtype)
    out = convert(trained, tmp_path / name, tmp_path / "out.wav", target)
    assert len(out) == len(audio.load(tmp_path / name, RATE))
    assert len(out) == pytest.approx(0.7 * RATE, rel=0.1 if name.endswith("mp3") else 1e-3)


@pytest.mark.parametrize("seconds", [0.3, 1.0, 60.0])
def test_lengths(seconds: float, trained: Path, target: Path, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "ann.wav", voiced("ann", seconds), RATE)
    out = convert(trained, tmp_path / "ann.wav", tmp_path / "deep" / "er" / "out.wav", target)
    assert len(out) == round(seconds * RATE)


@pytest.mark.parametrize("level", [1e-3, 30.0])
def test_loudness_is_the_sources_but_never_clips(level: float, trained: Path, target: Path, tmp_path: Path) -> None:
    wave = level * voiced("ann", 1.0)
    soundfile.write(tmp_path / "ann.wav", wave, RATE, subtype="FLOAT")
    out = convert(trained, tmp_path / "ann.wav", tmp_path / "out.wav", target)
    if level < 1:
        assert np.sqrt(np.mean(out**2)) == pytest.approx(np.sqrt(np.mean(wave**2)), rel=0.1)
    else:
        assert np.abs(out).max() == pytest.approx(0.99, abs=1e-3)


def test_several_targets_are_averaged_whatever_their_order(trained: Path, target: Path, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "ann.wav", voiced("ann", 0.5), RATE)
    soundfile.write(tmp_path / "bob.wav", voiced("bob", 0.6), RATE)
    source, out, other = tmp_path / "ann.wav", tmp_path / "out.wav", tmp_path / "bob.wav"
    both = convert(trained, source, out, target, other)
    assert np.array_equal(both, convert(trained, source, out, other, target))
    assert np.array_equal(both, convert(trained, source, out, target, other, target, other))
    assert not np.array_equal(both, convert(trained, source, out, target))
    assert not np.array_equal(both, convert(trained, source, out, other))


def test_pairs_write_one_wav_for_each_line_and_print_it(
    trained: Path, target: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("ann", "bob"):
        soundfile.write(tmp_path / f"{name}.wav", voiced(name, 0.4), RATE)
    (tmp_path / "pairs").write_text(f"{tmp_path}/ann.wav {target} {tmp_path}/bob.wav\n{tmp_path}/bob.wav {target}\n")
    capsys.readouterr()
    assert main(["convert", str(trained), "--pairs", str(tmp_path / "pairs"), "--out", str(tmp_path / "out")]) == 0
    written = [tmp_path / "out" / f"{name}-as-cas.wav" for name in ("ann", "bob")]
    assert capsys.readouterr().out.splitlines() == [str(path) for path in written]
    assert sorted((tmp_path / "out").iterdir()) == written
    one = soundfile.read(written[1], dtype="float32")[0]
    assert np.array_equal(one, convert(trained, tmp_path / "bob.wav", tmp_path / "one.wav", target))


def asked(experiment: Path, source: Path, out: Path, *words: str) -> NDArray[np.float32]:
    assert main(["convert", str(experiment), "--source", str(source), "--out", str(out), *words]) == 0
    return np.asarray(soundfile.read(out, dtype="float32")[0])


def test_a_mixture_lies_between_the_voices_and_shares_are_relative(trained: Path, target: Path, tmp_path: Path) -> None:
    for name in ("ann", "bob"):
        soundfile.write(tmp_path / f"{name}.wav", voiced(name, 0.6), RATE)
    ann, bob, out = tmp_path / "ann.wav", tmp_path / "bob.wav", tmp_path / "out.wav"
    half = asked(trained, ann, out, "--mix", f"{target}:0.5,{bob}:0.5")
    assert len(half) == round(0.6 * RATE)
    assert np.array_equal(half, asked(trained, ann, out, "--mix", f"{target}:2,{bob}:2"))
    assert np.array_equal(half, asked(trained, ann, out, "--target", str(target), str(bob)))
    more = asked(trained, ann, out, "--mix", f"{target}:0.9,{bob}:0.1")
    whole = asked(trained, ann, out, "--target", str(target))
    assert not np.array_equal(more, half) and not np.array_equal(more, whole)
    assert np.array_equal(whole, asked(trained, ann, out, "--mix", f"{target}:0.25"))


def test_speed_divides_the_length_and_pitch_keeps_it(trained: Path, target: Path, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "ann.wav", voiced("ann", 0.6), RATE)
    ann, out, to = tmp_path / "ann.wav", tmp_path / "out.wav", ("--target", str(target))
    plain = asked(trained, ann, out, *to)
    assert len(asked(trained, ann, out, *to, "--speed", "1.5")) == round(0.6 * RATE / 1.5)
    higher, lower = (asked(trained, ann, out, *to, "--pitch", word) for word in ("+3", "-3"))
    assert not np.allclose(higher, lower, atol=1e-3)
    assert len(higher) == len(plain) and not np.allclose(higher, plain, atol=1e-3)
    assert np.array_equal(plain, asked(trained, ann, out, *to, "--pitch", "0", "--speed", "1"))
    assert higher.std() == pytest.approx(voiced("ann", 0.6).std(), rel=0.1), "as loud as the source"


def test_pitch_is_that_of_the_source_or_of_the_target(
    trained: Path, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a model that hums at 150 Hz whatever it hears: the source is at 120 Hz, the target at 210 Hz."""
    t, factors = np.arange(round(0.9 * RATE)) / RATE, []

    def hum(
        _: SpeechModel, wave: Wave, __: object, ___: float = 1.0, pitch: float = 1.0, *____: object, **_____: object
    ) -> Wave:
        factors.append(pitch)
        return np.asarray(0.1 * np.sin(2 * np.pi * 150 * t) ** 3, np.float32)[: len(wave)]

    monkeypatch.setattr(SpeechModel, "convert", hum)
    soundfile.write(tmp_path / "ann.wav", voiced("ann", 0.9), RATE)
    soundfile.write(target, voiced("cas", 0.9), RATE)
    for word in ("keep", "target"):
        asked(trained, tmp_path / "ann.wav", tmp_path / "out.wav", "--target", str(target), "--pitch", word)
    assert factors[1::2] == pytest.approx([120 / 150, 210 / 150], rel=0.03)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--pitch", "high"], "'high' is no pitch, --pitch. Give keep, target, or semitones"),
        (["--pitch", "25"], "'25' is no pitch"),
        (["--pitch", "nan"], "'nan' is no pitch"),
        (["--speed", "0"], "0 is no speed, --speed. Give a factor from 0.25 to 4"),
        (["--speed", "nan"], "nan is no speed"),
        (["--mix", "a.wav:1"], "one conversion is --source and --target (or --mix)"),
    ],
)
def test_wishes_that_cannot_be_met(
    words: list[str], said: str, trained: Path, target: Path, tmp_path: Path, refusal: Refusal
) -> None:
    one = ["--source", target, "--target", target, "--out", tmp_path / "out.wav"]
    assert said in refusal(["convert", trained, *one, *words])


@pytest.mark.parametrize(
    "mix", ["", "{ok}", "{ok}:0", "{ok}:-1", "{ok}:x", ":1", "{ok}:1,{ok}:2", "{ok}:1,", "{ok}:inf"]
)
def test_a_mixture_that_is_none(mix: str, trained: Path, target: Path, tmp_path: Path, refusal: Refusal) -> None:
    words = ["--source", target, "--mix", mix.format(ok=target), "--out", tmp_path / "out.wav"]
    assert "is no share of a voice, --mix. Write WAV:SHARE" in refusal(["convert", trained, *words])


def test_a_voice_without_pitch_has_none_to_take(trained: Path, tmp_path: Path, refusal: Refusal) -> None:
    soundfile.write(tmp_path / "hiss.wav", np.random.default_rng(0).normal(0, 0.1, RATE), RATE)
    words = ["--source", tmp_path / "hiss.wav", "--target", tmp_path / "hiss.wav", "--out", tmp_path / "out.wav"]
    assert "no voiced sound to take a pitch from" in refusal(["convert", trained, *words, "--pitch", "keep"])


def unusable(name: str, folder: Path) -> Path:
    """A file that is no speech, named after what is wrong with it."""
    path, good = folder / f"{name}.wav", voiced("ann", 0.5)
    waves = {"zero-length": good[:0], "20 ms": good[:160], "0.20 s": good[:1600], "silent": 0 * good}
    if name in waves:
        soundfile.write(path, waves[name], RATE)
    elif name == "not finite":
        soundfile.write(path, np.where(np.arange(len(good)) == 99, np.nan, good), RATE, subtype="FLOAT")
    elif name == "not readable":
        path.write_text("words where sound should be\n" * 50)
    elif name == "ogg audio":
        soundfile.write(path, good, RATE, format="OGG")
    elif name == "truncated":
        path = path.with_suffix(".flac")
        soundfile.write(path, voiced("ann", 3.0), RATE)
        path.write_bytes(path.read_bytes()[:9000])
    return path


FAULTS = ("no audio file", "zero-length", "20 ms", "silent", "not finite", "not readable", "ogg audio", "truncated")


@pytest.mark.parametrize("fault", [*FAULTS, "0.20 s"])
def test_an_unusable_source(fault: str, trained: Path, target: Path, tmp_path: Path, refusal: Refusal) -> None:
    source = unusable(fault, tmp_path)
    said = refusal(["convert", trained, "--source", source, "--target", target, "--out", tmp_path / "out" / "a.wav"])
    assert fault in said and str(source) in said


@pytest.mark.parametrize("fault", FAULTS)
def test_an_unusable_target_among_good_ones(
    fault: str, trained: Path, target: Path, tmp_path: Path, refusal: Refusal
) -> None:
    bad, out = unusable(fault, tmp_path), tmp_path / "out" / "a.wav"
    said = refusal(["convert", trained, "--source", target, "--target", target, bad, "--out", out])
    assert fault in said and str(bad) in said


def test_more_than_ten_minutes(trained: Path, target: Path, tmp_path: Path, refusal: Refusal) -> None:
    soundfile.write(tmp_path / "long.wav", np.tile(voiced("ann", 1.0), 601), RATE)
    words = ["--source", tmp_path / "long.wav", "--target", target, "--out", tmp_path / "out.wav"]
    assert "601.00 s of audio where from 0.3 s to 10 min can be converted" in refusal(["convert", trained, *words])


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("{ok} {ok}\n{ok}\n", "no source and target, {pairs}:2."),
        ("{ok} {ok}\n\n", "no source and target, {pairs}:2."),
        ("{ok} {ok}\n{ok} {ok}\n", "would be written for line 1 too, {pairs}:2."),
        ("{ok} {ok}\n{folder}/none.wav {ok}\n", "no audio file {folder}/none.wav"),
        ("{ok} {ok}\n{folder}/pairs {ok} {ok}\n", "not readable as audio"),
        ("", "no pairs, {pairs}."),
    ],
)
def test_a_bad_line_among_pairs(
    lines: str, said: str, trained: Path, target: Path, tmp_path: Path, refusal: Refusal
) -> None:
    names = {"ok": target, "folder": tmp_path, "pairs": tmp_path / "pairs"}
    names["pairs"].write_text(lines.format(**names))
    told = refusal(["convert", trained, "--pairs", names["pairs"], "--out", tmp_path / "out"])
    assert said.format(**names) in told


def test_pairs_that_are_no_text_or_not_there(trained: Path, tmp_path: Path, target: Path, refusal: Refusal) -> None:
    words = ["convert", trained, "--out", tmp_path / "out", "--pairs"]
    assert f"not UTF-8 text, {target}" in refusal([*words, target])
    assert f"{tmp_path}/none" in refusal([*words, tmp_path / "none"])


def test_neither_one_nor_many_or_both(trained: Path, target: Path, tmp_path: Path, refusal: Refusal) -> None:
    one, many = ["--source", target, "--target", target], ["--pairs", tmp_path / "pairs"]
    (tmp_path / "pairs").write_text(f"{target} {target}\n")
    for words in ([], one[:2], one[2:], [*one, *many], [*one[:2], *many]):
        said = refusal(["convert", trained, "--out", tmp_path / "out.wav", *words])
        assert "one conversion is --source and --target (or --mix), many are --pairs" in said
    assert "--out" in refusal(["convert", trained, *one])


def test_an_output_that_cannot_be_written(trained: Path, target: Path, tmp_path: Path, refusal: Refusal) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.wav").mkdir()
    words = ["convert", trained, "--source", target, "--target", target, "--out"]
    for out in (tmp_path / "out.mp3", tmp_path / "folder.wav"):
        assert f"not the name of a wav, --out {out}. Name a file" in refusal([*words, out])
    assert f"{tmp_path}/file" in refusal([*words, tmp_path / "file" / "out.wav"])
    (tmp_path / "pairs").write_text(f"{target} {target}\n")
    many = ["convert", trained, "--pairs", tmp_path / "pairs", "--out"]
    assert f"{tmp_path}/file" in refusal([*many, tmp_path / "file"])
