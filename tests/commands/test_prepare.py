"""Preparing a corpus from the command line: what it prints, and one line for what goes wrong."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from disentangle.cli import main


def digits(folder: Path) -> Path:
    folder.mkdir()
    for take in (0, 5, 20, 30):
        for speaker in ("ann", "bob"):
            noise = np.random.default_rng(take).normal(0, 0.1, 2400)
            soundfile.write(folder / f"3_{speaker}_{take}.wav", noise, 8000)
    return folder


def test_the_data_directories_made_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prepare", "fsdd", str(digits(tmp_path / "source")), str(tmp_path / "data")]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed == [
        f"{tmp_path}/data/judge: 2 utterances of 2 speakers",
        f"{tmp_path}/data/test: 2 utterances of 2 speakers",
        f"{tmp_path}/data/train: 4 utterances of 2 speakers",
        f"{tmp_path}/data/validation/judge: 2 utterances of 2 speakers",
        f"{tmp_path}/data/validation/test: 2 utterances of 2 speakers",
        f"{tmp_path}/data/validation/train: 2 utterances of 2 speakers",
    ]


def test_a_folder_of_ones_own_is_prepared_by_a_pattern(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["prepare", "folder", str(digits(tmp_path / "source")), str(tmp_path / "data")]
    assert main([*command, "--pattern", r"(?P<digit>\d)_(?P<speaker>\w+)_\d+"]) == 0
    assert capsys.readouterr().out == f"{tmp_path}/data/all: 8 utterances of 2 speakers\n"
    assert main(["prepare", "fsdd", *command[2:], "--pattern", "x"]) == 2
    assert "fsdd has names of its own, --pattern" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("corpus", "said"),
    [
        ("fsd", "unknown corpus 'fsd'. Did you mean 'fsdd'?"),
        ("fsdd", "The corpus is to be had at https://github.com/Jakobovski/free-spoken-digit-dataset."),
        ("an4", "The corpus is to be had at https://github.com/cmusphinx/an4."),
    ],
)
def test_a_wrong_corpus_or_folder_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], corpus: str, said: str
) -> None:
    assert main(["prepare", corpus, str(tmp_path), str(tmp_path / "data")]) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("error: ")
    assert said in printed.err
    assert printed.err.count("\n") == 1
    assert not printed.out
    assert not (tmp_path / "data").exists()


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    source = digits(tmp_path / "source")
    for target in (tmp_path / "file", tmp_path / "file" / "data", Path("/proc/data")):
        assert main(["prepare", "fsdd", str(source), str(target)]) == 2
        printed = capsys.readouterr().err
        assert printed.startswith("error: ")
        assert printed.count("\n") == 1
    assert (tmp_path / "file").read_text() == "in the way"
