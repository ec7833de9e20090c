"""The pages that a newcomer types from run as they stand, those commands that train with a tiny model."""

import importlib
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from disentangle import data_prep
from disentangle.cli import main
from disentangle.corpus import audio
from disentangle.corpus.directory import read
from tests.commands.conftest import VOICES, voiced
from tests.conftest import ROOT

QUICK = {
    "train": "training.steps=2 settled=1 training.tensorboard=false batch.speakers=2 batch.seconds=0.5 "
    "augmentation.speeds=[1.0] model.content.channels=8 model.speaker.channels=8 model.speaker.dims=6 "
    "model.decoder.channels=8 critic.channels=8",
    "score": "--only verification",
}


def lines(page: str) -> list[str]:
    """The commands of a page's blocks of shell."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    found = re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [line for block in found for line in block.replace("\\\n", " ").splitlines() if line]


def typed(commands: Sequence[str]) -> None:
    """Our commands, which need not load everything anew; a page is served until it is stopped, so its help is asked."""
    for line in commands:
        words = shlex.split(line, comments=True)[1:]
        assert line.startswith("disentangle "), line
        if words[0] == "demo":
            with pytest.raises(SystemExit, match="0"):
                main(["demo", "--help"])
        else:
            assert main([*words, *shlex.split(QUICK.get(words[0], ""))]) == 0, line


def test_quickstart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("espeakng_loader", reason="needs the extra espeak")
    monkeypatch.chdir(tmp_path)
    typed(lines("quickstart.md"))
    for made in ("m8-as-f1.wav", "exp/first/report.html", "exp/first/scores.json", "exp/first/test/content.scp"):
        assert (tmp_path / made).stat().st_size, made


def test_your_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for number, speaker in enumerate([*VOICES, *VOICES]):
        for take in range(6):
            wav = tmp_path / "recordings" / f"{speaker}{number}" / f"{take}.wav"
            audio.save(wav, voiced(speaker, 0.5, 16000, 10 * number + take), 16000)
            wav.with_suffix(".txt").write_text("ONE\n")
    typed(lines("your-corpus.md"))
    assert len(read(tmp_path / "data" / "all").utterances) == 36 and (tmp_path / "exp/mine/report.html").is_file()
    pattern = re.search(r"`(disentangle prepare folder [^`]*)`", (ROOT / "docs/your-corpus.md").read_text("utf-8"))
    for file in (tmp_path / "recordings").glob("*/*.wav"):
        file.rename(tmp_path / "recordings" / f"{file.parent.name}_{file.name}")
    assert pattern is not None
    typed([pattern[1].replace(" data ", " data2 ")])
    assert len(read(tmp_path / "data2" / "all").speakers()) == 6


def test_add_a_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "add-a-corpus.md").read_text("utf-8")
    (module,) = re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    (tmp_path / "added").mkdir()
    (tmp_path / "added" / "greetings.py").write_text(module, "utf-8")
    monkeypatch.setattr(data_prep, "__path__", [*data_prep.__path__, str(tmp_path / "added")])
    importlib.invalidate_caches()
    for number, speaker in enumerate([*VOICES, *VOICES]):
        for word in ("hello", "goodbye"):
            for take in range(5):
                wav = tmp_path / "greetings" / f"{speaker}{'x' * (number > 2)}_{word}_{take}.wav"
                audio.save(wav, voiced(speaker, 0.5, 8000, 100 * number + take), 8000)
    typed(lines("add-a-corpus.md"))
    found = read(tmp_path / "data" / "test")
    assert {u.text for u in found.utterances} == {"HELLO", "GOODBYE"} and len(found.speakers()) == 1
    with pytest.raises(ValueError, match="no Greetings in .* looked for ann_hello_1.wav"):
        data_prep.find("greetings").prepare(tmp_path / "data", tmp_path / "other")
    ruff = subprocess.run(
        [sys.executable, "-m", "ruff", "check", tmp_path / "added"], capture_output=True, text=True, check=False
    )
    assert ruff.returncode == 0, ruff.stdout
