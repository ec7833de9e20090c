"""Training on a corpus that cannot be used ends with one line that names what and where, and leaves no model."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from disentangle.cli import main
from disentangle.corpus.directory import write
from disentangle.corpus.utterances import Utterance


def corpus(folder: Path, utterances_of: dict[str, int]) -> Path:
    """A data directory of noise; each speaker with so many utterances of half a second."""
    utterances = []
    for speaker, count in utterances_of.items():
        for take in range(count):
            file = folder / f"{speaker}{take}.wav"
            soundfile.write(file, np.random.default_rng(take).normal(0, 0.1, 4000), 8000)
            labels = {"digit": str(take % 2)}
            utterances.append(Utterance(f"{speaker}-{take}", speaker, str(file), text="one", labels=labels))
    write(folder / "data", utterances)
    return folder / "data"


def refusal(data: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The one line that training on the data directory ends with; no checkpoint or model may be left."""
    out = data.parent / "exp"
    assert main(["train", "fsdd/default", "--data", str(data), "--out", str(out)]) == 2
    said = [line for line in capsys.readouterr().err.splitlines() if "reading" not in line]
    assert len(said) == 1
    assert said[0].startswith("error: ")
    assert not (out / "checkpoints").exists()
    assert not (out / "model").exists()
    return said[0]


@pytest.mark.parametrize(
    ("utterances_of", "said"),
    [
        ({"ann": 3, "bob": 1}, "bob has a single utterance"),
        ({"ann": 3}, "1 speaker in"),
    ],
)
def test_too_few_speakers_or_utterances(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], utterances_of: dict[str, int], said: str
) -> None:
    assert said in refusal(corpus(tmp_path, utterances_of), capsys)


def test_a_missing_or_empty_data_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no data directory" in refusal(tmp_path / "missing", capsys)
    (tmp_path / "empty").mkdir()
    assert "so it is no data directory" in refusal(tmp_path / "empty", capsys)
    data = corpus(tmp_path, {"ann": 2, "bob": 2})
    (data / "utt2spk").write_text("")
    assert "utt2spk is empty" in refusal(data, capsys)


@pytest.mark.parametrize("name", ["zero-length", "20 ms", "silent", "not finite", "truncated", "not readable", "named"])
def test_unusable_audio(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    data, file = corpus(tmp_path, {"ann": 2, "bob": 2}), tmp_path / "bob1.wav"
    waves = {"zero-length": [], "20 ms": [0.1] * 160, "silent": [0.0] * 4000, "not finite": [np.nan] * 4000}
    if name in waves:
        soundfile.write(file, np.array(waves[name]), 8000, subtype="FLOAT")
    elif name == "truncated":
        file.write_bytes(file.read_bytes()[:3000])
    elif name == "not readable":
        file.write_text("words where sound should be\n" * 50)
    else:
        soundfile.write(file, np.random.default_rng(0).normal(0, 0.1, 4000), 8000, format="OGG")
    said = refusal(data, capsys)
    assert name.replace("named", "ogg audio under a name that ends with .wav") in said
    assert str(file) in said
