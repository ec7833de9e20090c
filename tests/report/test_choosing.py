"""One of several starts: the best by a score that knows no labels, copied whole, with what all took together."""

import json
from pathlib import Path

import pytest

from disentangle.cli import main
from disentangle.report.experiment import read
from disentangle.report.page import facts
from disentangle.report.results import collect, markdown


def start(folder: Path, seed: int, overlap: float, name: str = "infogan") -> Path:
    (folder / "model").mkdir(parents=True)
    (folder / "model" / "model.safetensors").write_text(f"weights {seed}")
    (folder / "config.yaml").write_text(f"name: {name}\nseed: {seed}\nsystem: infogan\n")
    (folder / "run.json").write_text(json.dumps({"command": f"train {seed}", "commit": "abc", "minutes": 5.0}))
    scores = {"effects_overlap": overlap, "mutual_information": overlap, "mig": 1 - overlap}
    (folder / "scores.json").write_text(json.dumps({name: {"value": value} for name, value in scores.items()}))
    return folder


@pytest.fixture
def starts(tmp_path: Path) -> list[Path]:
    return [start(tmp_path / f"exp.{n}", 10 + n, overlap) for n, overlap in enumerate((0.3, 0.1, 0.2), 1)]


def chosen(starts: list[Path], by: str, out: Path) -> int:
    return main(["choose", *map(str, starts), "--by", by, "--out", str(out)])


def test_the_least_overlap_and_the_most_information_are_taken(starts: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "exp"
    (out / ".done").mkdir(parents=True)
    (out / "scores.json").write_text("{}")
    for by, seed in (("effects_overlap", 12), ("mutual_information", 11)):
        assert chosen(starts, by, out) == 0
        assert (out / "model" / "model.safetensors").read_text() == f"weights {seed}"
        run = json.loads((out / "run.json").read_text())
        assert run["minutes"] == 15.0
        assert run["chosen"] == f"of 3 starts by {by}, without labels"
        assert run[by] == {"11": 0.3, "12": 0.1, "13": 0.2}
        assert (out / ".done").is_dir() and not (out / "scores.json").exists(), "what was measured of another"
        assert not (out / ".chosen").exists()


def test_a_row_says_that_it_was_chosen(starts: list[Path], tmp_path: Path) -> None:
    assert chosen(starts, "effects_overlap", tmp_path / "exp") == 0
    (tmp_path / "exp" / "scores.json").write_text('{"mig": {"value": 0.5}}')
    assert ("chosen", "of 3 starts by effects_overlap, without labels") in facts(read(tmp_path / "exp"))
    rows = collect([read(tmp_path / "exp")])
    assert rows["infogan"]["chosen"] == "of 3 starts by effects_overlap, without labels"
    assert "each seed the best of 3 starts by effects_overlap, without labels" in markdown(rows, "shapes")
    assert "chosen" not in collect([read(starts[0])])["infogan"]


@pytest.mark.parametrize(
    ("by", "said"),
    [("mig", "which may know labels"), ("effects_overlop", "Did you mean 'effects_overlap'?")],
)
def test_nothing_is_chosen_by_labels(
    starts: list[Path], tmp_path: Path, by: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert chosen(starts, by, tmp_path / "exp") == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "exp").exists()


def test_starts_that_cannot_be_compared(starts: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert chosen([*starts, start(tmp_path / "other", 9, 0.0, "gan")], "effects_overlap", tmp_path / "exp") == 2
    assert "not of one configuration" in capsys.readouterr().err
    longer = start(tmp_path / "longer", 9, 0.0)
    (longer / "config.yaml").write_text("name: infogan\nseed: 9\nsystem: infogan\ntraining: {steps: 9}\n")
    assert chosen([*starts, longer], "effects_overlap", tmp_path / "exp") == 2
    assert f"{starts[0]} and {longer}" in capsys.readouterr().err
    assert chosen(starts, "effects_overlap", starts[0]) == 2
    assert "is one of the starts" in capsys.readouterr().err
    assert (starts[0] / "model" / "model.safetensors").read_text() == "weights 11"
    (starts[2] / "scores.json").write_text('{"mig": {"value": 0.5}}')
    assert chosen(starts, "effects_overlap", tmp_path / "exp") == 2
    assert f"disentangle score {starts[2]} --only effects" in capsys.readouterr().err
