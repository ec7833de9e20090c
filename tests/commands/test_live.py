"""`convert --live` as a user drives it: PCM in, PCM out, as long; what it cannot do is one line."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
import yaml
from numpy.typing import NDArray

from disentangle import config as configuration
from disentangle.cli import main
from disentangle.speech.options import SpeechConfig
from tests.commands.conftest import Refusal, voiced
from tests.conftest import ROOT

FEW = ("training.steps=2", "training.tensorboard=false")


@pytest.fixture(scope="module")
def causal(tmp_path_factory: pytest.TempPathFactory, tiny: Path, tiny_vocoder: Path, data: Path) -> tuple[Path, Path]:
    """A causal model and a causal vocoder."""
    out = tmp_path_factory.mktemp("causal")
    model = ("model.causal=true", "model.content.instance_norm=false")
    assert main(["train", str(tiny), "--data", str(data), "--out", str(out / "exp"), *model, *FEW]) == 0
    generator = "vocoder.generator.causal=true"
    assert main(["train", str(tiny_vocoder), "--data", str(data), "--out", str(out / "voc"), generator, *FEW]) == 0
    return out / "exp", out / "voc"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    soundfile.write(tmp_path / "cas.wav", voiced("cas", 0.5), 8000)
    return tmp_path / "cas.wav"


def words(causal: tuple[Path, Path], target: Path, *more: str) -> list[str]:
    return ["convert", str(causal[0]), "--live", "--vocoder", str(causal[1]), "--target", str(target), *more]


def pcm(wave: NDArray[np.float64]) -> bytes:
    return np.round(wave * 32767).astype("<i2").tobytes()


def test_what_is_spoken_comes_out_as_long_whatever_the_block(causal: tuple[Path, Path], target: Path) -> None:
    spoken, found = pcm(voiced("ann", 1.0)), []
    for block in ("20", "170"):
        done = subprocess.run(
            [sys.executable, "-m", "disentangle.cli", *words(causal, target, "--block", block)],
            input=spoken,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr.decode() == (
            f"latency {36 + int(block)} ms: 36 ms to look ahead and {block} ms of a block; 8000 Hz\n"
        )
        found.append(np.frombuffer(done.stdout, "<i2").astype(float))
    assert len(found[0]) == len(found[1]) == 8000
    assert np.abs(found[0]).max() > 0
    np.testing.assert_allclose(found[0], found[1], rtol=0, atol=1e-4 * 32767)


def test_what_does_not_go_together(
    causal: tuple[Path, Path],
    trained: Path,
    vocoder: Path,
    target: Path,
    tmp_path: Path,
    refusal: Refusal,
) -> None:
    live, to = ["convert", causal[0], "--live"], ["--target", target]
    assert "no voice to convert to, or two" in refusal([*live, "--vocoder", causal[1]])
    assert "Name a trained vocoder by --vocoder" in refusal([*live, *to])
    both = [*live, "--vocoder", causal[1], *to]
    assert "--out does not go with --live" in refusal([*both, "--out", tmp_path / "a.wav"])
    assert "--speed does not go with --live" in refusal([*both, "--speed", "2"])
    assert "a block of 2 ms, --block" in refusal([*both, "--block", "2"])
    whole = ["convert", trained, "--live", "--vocoder", vocoder, *to]
    assert "hears an utterance as a whole" in refusal(whole)
    assert "no file to write, --out" in refusal(["convert", trained, "--source", target, *to])
    assert "a causal model levels by what it has heard" in refusal(
        ["export", causal[0], tmp_path / "out", "--format", "torch"]
    )


def test_half_a_sample_is_told(
    causal: tuple[Path, Path], target: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\0" * 801)))
    assert main(words(causal, target)) == 2
    assert b"error: half a sample at the end of stdin" in capfdbinary.readouterr().err


class Device:
    """Hears a wave, then Ctrl-C; keeps what it is given to say."""

    PortAudioError = type("PortAudioError", (Exception,), {})

    def __init__(self, spoken: bytes) -> None:
        self.spoken, self.said = io.BytesIO(spoken), b""

    def RawStream(self, samplerate: int, blocksize: int, channels: int, dtype: str) -> "Device":  # noqa: N802
        assert (samplerate, blocksize, channels, dtype) == (8000, 320, 1, "int16")
        return self

    def __enter__(self) -> "Device":
        return self

    def __exit__(self, *_: object) -> None:
        self.spoken.close()

    def read(self, frames: int) -> tuple[bytes, bool]:
        if len(pcm := self.spoken.read(2 * frames)) < 2 * frames:
            raise KeyboardInterrupt
        return pcm, False

    def write(self, pcm: bytes) -> None:
        self.said += pcm


def test_a_microphone_is_heard_until_it_is_stopped(
    causal: tuple[Path, Path], target: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The loudspeaker says what stdout has of the same speech, but for the end that is looked ahead to."""
    spoken = pcm(voiced("ann", 1.0))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(spoken)))
    assert main(words(causal, target)) == 0
    piped, told = capfdbinary.readouterr()
    device = Device(spoken)
    monkeypatch.setitem(sys.modules, "sounddevice", device)
    assert main(words(causal, target, "--microphone")) == 0
    assert 12000 < len(device.said) < len(piped) and piped.startswith(device.said) and device.spoken.closed
    assert capfdbinary.readouterr().err == told


def test_no_way_to_a_microphone_is_one_line(
    causal: tuple[Path, Path], target: Path, refusal: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    assert "Install disentangle[live] and PortAudio, or pipe" in refusal([*words(causal, target), "--microphone"])
    device = Device(b"")

    def absent(**_: object) -> Device:
        raise device.PortAudioError("device -1")

    monkeypatch.setattr(device, "RawStream", absent)
    monkeypatch.setitem(sys.modules, "sounddevice", device)
    assert "no microphone or no loudspeaker, --microphone (device -1)" in refusal(
        [*words(causal, target), "--microphone"]
    )
    assert "Add --live" in refusal(["convert", causal[0], "--source", target, "--target", target, "--microphone"])


def test_a_causal_model_converts_files_too(causal: tuple[Path, Path], target: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    assert main(["convert", str(causal[0]), "--source", str(target), "--target", str(target), "--out", str(out)]) == 0
    assert soundfile.info(out).frames == 4000


def test_the_recipes_model_and_vocoder_fit() -> None:
    conf = ROOT / "recipes" / "an4" / "conf"
    assert configuration.read(conf / "live.yaml", SpeechConfig).model.causal
    assert yaml.safe_load((conf / "vocoder_live.yaml").read_text())["vocoder"]["generator"]["causal"]
