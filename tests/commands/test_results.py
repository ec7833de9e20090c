"""`disentangle results`: writes RESULTS.json and RESULTS.md, keeps other rows, fills a README."""

import json
from pathlib import Path

import pytest

from disentangle.cli import main


def _experiment(folder: Path, name: str, seed: int, error: float) -> str:
    folder.mkdir()
    (folder / "config.yaml").write_text(f"name: {name}\nseed: {seed}\n", "utf-8")
    (folder / "scores.json").write_text(json.dumps({"speaker_eer": {"value": error, "chance": 0.5}}), "utf-8")
    (folder / "run.json").write_text('{"command": "train", "commit": "abc", "minutes": 2, "machine": "m"}', "utf-8")
    return str(folder)


def test_rows_are_written_and_rows_not_given_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe = tmp_path / "recipe"
    first = [_experiment(tmp_path / f"a{seed}", "default", seed, 0.01 + 0.01 * seed) for seed in range(3)]
    assert main(["results", *first, "--out", str(recipe)]) == 0
    assert "2.0 ± 1.0 %" in capsys.readouterr().out
    plain = _experiment(tmp_path / "b", "plain", 0, 0.2)
    assert main(["results", plain, "--out", str(recipe), "--command", "recipes/x/run.sh"]) == 0
    results = json.loads((recipe / "RESULTS.json").read_text("utf-8"))
    assert set(results) == {"default", "plain"}
    assert results["default"] == {
        "scores": {"speaker_eer": {"mean": 0.02, "std": 0.01, "seeds": [0.01, 0.02, 0.03], "chance": 0.5}},
        "command": "train",
        "commit": "abc",
        "minutes": 2.0,
        "machine": "m",
    }
    assert results["plain"]["command"] == "recipes/x/run.sh"
    assert "## plain" in (recipe / "RESULTS.md").read_text("utf-8")


def test_what_stands_beside_may_have_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Real speech is accepted and judged under the names of what is converted; what has no such score has none."""
    exp = Path(_experiment(tmp_path / "a", "release", 0, 0.1))
    found = {"conversion_speaker_accept": 0.8, "real_speaker_accept": 0.95, "conversion_cer": 0.3, "real_cer": 0.1}
    beside = {"resynthesis_cer": 0.2, "conversion_both": 0.7}
    scores = {name: {"value": value} for name, value in (found | beside).items()}
    (exp / "scores.json").write_text(json.dumps(scores), "utf-8")
    words = ["results", str(exp), "--out", str(tmp_path / "recipe"), "--beside"]
    assert main([*words, "real,resynthesis"]) == 0
    rows = json.loads((tmp_path / "recipe" / "RESULTS.json").read_text("utf-8"))
    means = {row: {name: value["mean"] for name, value in rows[row]["scores"].items()} for row in rows}
    assert means["real"] == {"conversion_speaker_accept": 0.95, "conversion_cer": 0.1}
    assert means["resynthesis"] == {"conversion_cer": 0.2} and len(means["release"]) == 6
    assert rows["real"]["commit"] == "abc"
    assert main([*words, "unreal"]) == 2
    assert "nothing of 'unreal' beside any score, --beside" in capsys.readouterr().err


def test_json_is_printed_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["results", _experiment(tmp_path / "a", "default", 0, 0.1), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["default"]["scores"]["speaker_eer"]["mean"] == 0.1


def test_a_readme_beside_the_recipes_is_filled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["results", _experiment(tmp_path / "a", "default", 0, 0.1), "--out", str(tmp_path / "recipes/x")]) == 0
    readme = tmp_path / "README.md"
    readme.write_text("<!-- scores: recipes/x -->\n<!-- end -->\n", "utf-8")
    assert main(["results", "--readme", str(readme)]) == 0
    assert "| Verification, equal error rate ↓ | 10.0 % | 50.0 % |" in readme.read_text("utf-8")
    readme.write_text("no block", "utf-8")
    assert main(["results", "--readme", str(readme)]) == 2
    assert capsys.readouterr().err.startswith(f"error: no block of scores, {readme}")


def test_a_seed_twice_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    twice = [_experiment(tmp_path / name, "default", 0, 0.1) for name in "ab"]
    assert main(["results", *twice, "--out", str(tmp_path / "recipe")]) == 2
    assert "seed 0 comes twice in row 'default'" in capsys.readouterr().err
    assert not (tmp_path / "recipe").exists()


def test_nothing_to_gather_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["results"]) == 2
    assert main(["results", "--out", str(tmp_path / "x")]) == 2
    assert capsys.readouterr().err.count("error: ") == 2
