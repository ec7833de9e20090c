"""`disentangle report`: prints the page it wrote, or one line that says what is missing."""

import json
from pathlib import Path

import pytest

from disentangle.cli import main


def _experiment(folder: Path) -> Path:
    folder.mkdir()
    (folder / "config.yaml").write_text("name: default\nseed: 3\n", "utf-8")
    scores = {"speaker_eer": {"value": 0.01, "ci95": [0.0, 0.02], "n": 30, "chance": 0.5}}
    (folder / "scores.json").write_text(json.dumps(scores), "utf-8")
    return folder


def test_the_page_lies_in_the_folder_and_its_path_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _experiment(tmp_path / "exp")
    assert main(["report", str(folder)]) == 0
    assert capsys.readouterr().out == f"{folder / 'report.html'}\n"
    assert "1.0 %" in (folder / "report.html").read_text("utf-8")


def test_several_experiments_share_a_page_that_may_lie_elsewhere(tmp_path: Path) -> None:
    folders = [_experiment(tmp_path / name) for name in ("a", "b")]
    assert main(["report", *map(str, folders), "--out", str(tmp_path / "both.html")]) == 0
    assert "2 experiments compared" in (tmp_path / "both.html").read_text("utf-8")
    assert not (folders[0] / "report.html").exists()


def test_a_folder_without_anything_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(tmp_path)]) == 2
    line = capsys.readouterr().err
    assert line.startswith(f"error: nothing to report in {tmp_path}. ") and line.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
    assert main(["report", str(tmp_path / "none")]) == 2
    assert "no experiment folder" in capsys.readouterr().err


def test_an_output_folder_that_is_not_there_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = _experiment(tmp_path / "exp")
    assert main(["report", str(folder), "--out", str(tmp_path / "none" / "page.html")]) == 2
    assert capsys.readouterr().err.startswith("error: No such file or directory")
