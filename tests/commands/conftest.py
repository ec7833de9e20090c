"""What a user has at hand: a corpus of three made-up voices, a small configuration, and a model trained by both."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from disentangle.cli import main
from disentangle.corpus import audio, directory
from disentangle.corpus.utterances import Utterance

VOICES = {"ann": (120, 600), "bob": (160, 900), "cas": (210, 1300)}  # Hz: pitch, and the peak of the spectrum

MICROPHONE = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--no-sandbox")

CONFIG = """
name: tiny
model:
  front_end: {rate: 8000, mels: 16}
  content: {channels: 8, layers: 1, dims: 4, codes: 6}
  speaker: {channels: 8, dims: 6, second_order: 3}
  decoder: {channels: 8, layers: 1}
critic: {channels: 8}
batch: {speakers: 2, utterances: 2, seconds: 0.5}
training: {steps: 3, log_every: 1, save_every: 2}
"""

VOCODER = """
name: tiny_vocoder
vocoder:
  front_end: {rate: 8000, mels: 16}
  generator: {channels: 16, layers: 2}
critics: {channels: 2, periods: 1, spectra: 1}
crops: {size: 4, seconds: 0.2}
training: {steps: 3, log_every: 1, save_every: 2}
"""

Refusal = Callable[..., str]


def voiced(speaker: str, seconds: float, rate: int = 8000, seed: int = 0) -> NDArray[np.float64]:
    """Harmonics of the speaker's pitch below the speaker's formant and above, in a little noise: (samples,)."""
    pitch, formant = VOICES[speaker]
    t = np.arange(round(seconds * rate)) / rate
    tones = [k * pitch for k in range(1, 3500 // pitch)]
    wave = sum(np.exp(-(((tone - formant) / 400) ** 2)) * np.sin(2 * np.pi * tone * t) for tone in tones)
    syllables = 1 + 0.5 * np.sin(2 * np.pi * (3 + seed) * t)
    noise = np.random.default_rng(seed).normal(0, 0.005, len(t))
    return np.asarray(0.1 * wave * syllables + noise)


def spoken(folder: Path, name: str, seed: int) -> Path:
    """A data directory of three speakers with four utterances each."""
    utterances = []
    for speaker in ("ann", "bob", "cas"):
        for take in range(4):
            wav = folder / "wav" / f"{speaker}-{name}{take}.wav"
            audio.save(wav, voiced(speaker, 0.5, seed=seed + take), 8000)
            utterances.append(Utterance(wav.stem, speaker, str(wav), text="ONE", labels={"digit": "ONE"}))
    directory.write(folder / name, utterances)
    return folder / name


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory: each voice says four things of about 0.4 s."""
    folder, utterances = tmp_path_factory.mktemp("corpus"), []
    for speaker in VOICES:
        for take in range(4):
            wav = folder / "wav" / f"{speaker}-{take}.wav"
            audio.save(wav, voiced(speaker, 0.4 + 0.02 * take, seed=take), 8000)
            words = ("ONE", "TWO")[take % 2]
            utterances.append(Utterance(wav.stem, speaker, str(wav), text=words, labels={"digit": words}))
    directory.write(folder / "data", utterances)
    return folder / "data"


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration whose training takes a moment."""
    path = tmp_path_factory.mktemp("conf") / "tiny.yaml"
    path.write_text(CONFIG)
    return path


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, tiny: Path, data: Path) -> Path:
    """An experiment folder after training; to be read only."""
    out = tmp_path_factory.mktemp("trained") / "exp"
    assert main(["train", str(tiny), "--data", str(data), "--out", str(out)]) == 0
    return out


@pytest.fixture(scope="session")
def tiny_vocoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration of a vocoder for the log-mels of `tiny`."""
    path = tmp_path_factory.mktemp("conf") / "tiny_vocoder.yaml"
    path.write_text(VOCODER)
    return path


@pytest.fixture(scope="session")
def vocoder(tmp_path_factory: pytest.TempPathFactory, tiny_vocoder: Path, data: Path) -> Path:
    """An experiment folder after training a vocoder; to be read only."""
    out = tmp_path_factory.mktemp("vocoder") / "exp"
    assert main(["train", str(tiny_vocoder), "--data", str(data), "--out", str(out)]) == 0
    return out


@pytest.fixture
def experiment(trained: Path, tmp_path: Path) -> Path:
    """A copy of the trained experiment, to be spoilt."""
    return Path(shutil.copytree(trained, tmp_path / "exp"))


@pytest.fixture
def refusal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Refusal:
    """Runs a command that must fail: exit 2, one line `error: ...`, which is returned; no file may come, go or change.

    Only those whose names are given as `besides` may differ.
    """

    def refused(words: Sequence[str | Path], besides: Sequence[str] = ()) -> str:
        capsys.readouterr()
        before = _files(tmp_path, besides)
        assert main([str(word) for word in words]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("error: ") and said.err.count("\n") == 1, said.err
        assert _files(tmp_path, besides) == before
        return said.err.strip()

    return refused


def _files(folder: Path, besides: Sequence[str]) -> dict[Path, bytes | None]:
    """What lies in a folder: files with their bytes, and folders."""
    found = sorted(path for path in folder.rglob("*") if path.name not in besides)
    return {path: path.read_bytes() if path.is_file() else None for path in found}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser whose microphone hears a tone; a test that needs one is skipped where there is none."""
    pytest.importorskip("gradio", reason="the page needs gradio")
    playwright = pytest.importorskip("playwright.sync_api", reason="a browser test needs playwright")
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    if found is None:
        pytest.skip("a browser test needs a Chromium on the PATH, such as Debian's package chromium")
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=list(MICROPHONE))
        yield browser
        browser.close()
