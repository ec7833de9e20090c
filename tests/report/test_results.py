"""Results over seeds: known means, rows that stay, seeds that come twice, tables in a README."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from disentangle.report.blocks import fill
from disentangle.report.experiment import read
from disentangle.report.results import as_json, collect, compact, markdown, read_results
from disentangle.report.writing import write

Maker = Callable[..., Path]


def test_a_row_holds_mean_deviation_and_every_seed_in_order(maker: Maker, tmp_path: Path) -> None:
    folders = [maker(tmp_path / f"e{seed}", seed=seed, shift=0.01 * seed) for seed in (10, 2, 0)]
    row = collect([read(folder) for folder in folders])["default"]
    assert row["scores"]["speaker_eer"] == {
        "mean": pytest.approx(0.052),
        "std": pytest.approx(0.052915),  # of 0, .02, .10 around .04, with n - 1
        "seeds": pytest.approx([0.012, 0.032, 0.112]),
        "chance": 0.5,
    }
    assert "chance" not in row["scores"]["conversion_both"]
    assert row["command"].splitlines() == [f"disentangle train default seed={seed}" for seed in (0, 2, 10)]
    assert (row["commit"], row["minutes"], row["machine"]) == ("abc1234", 12.5, "2 cores")


def test_every_commit_is_listed_and_one_seed_has_no_deviation(maker: Maker, tmp_path: Path) -> None:
    experiments = [read(maker(tmp_path / f"e{k}", seed=k, commit=commit)) for k, commit in enumerate("ab")]
    assert collect(experiments)["default"]["commit"] == "a, b"
    assert collect(experiments[:1])["default"]["scores"]["speaker_eer"]["std"] is None


def test_a_seed_twice_and_an_experiment_without_scores_are_refused(maker: Maker, tmp_path: Path) -> None:
    one, other = read(maker(tmp_path / "a")), read(maker(tmp_path / "b"))
    with pytest.raises(ValueError, match=r"seed 0 comes twice in row 'default', .*a and .*b"):
        collect([one, other])
    (tmp_path / "b" / "scores.json").unlink()
    with pytest.raises(ValueError, match=r"no scores, .*b/scores\.json"):
        collect([read(tmp_path / "b")])


def test_the_file_reads_back_with_the_seeds_of_a_score_on_one_line(maker: Maker, tmp_path: Path) -> None:
    results = collect([read(maker(tmp_path / f"e{seed}", seed=seed, shift=0.01 * seed)) for seed in range(3)])
    write(tmp_path / "RESULTS.json", as_json(results))
    assert read_results(tmp_path / "RESULTS.json") == results
    assert '"seeds": [0.012, 0.022, 0.032]' in as_json(results)
    assert read_results(tmp_path / "none.json") == {}
    write(tmp_path / "RESULTS.json", "{")
    with pytest.raises(ValueError, match=r"not JSON, .*RESULTS\.json:1"):
        read_results(tmp_path / "RESULTS.json")


def test_markdown_has_a_line_for_each_score_and_how_it_came_about(maker: Maker, tmp_path: Path) -> None:
    results = collect([read(maker(tmp_path / f"e{seed}", seed=seed, shift=0.01 * seed)) for seed in range(3)])
    text = markdown(results, "fsdd")
    assert text.startswith("# Results: fsdd\n")
    assert "| `speaker_eer` ↓ | 2.2 ± 1.0 % | 1.2 %, 2.2 %, 3.2 % | 50.0 % |" in text
    assert "Commit abc1234; 12.5 minutes a seed; 2 cores." in text and "disentangle train default seed=2" in text


def test_a_readme_gets_the_tables_that_its_markers_ask_for(maker: Maker, tmp_path: Path) -> None:
    experiments = [read(maker(tmp_path / "a")), read(maker(tmp_path / "b", name="plain"))]
    (tmp_path / "recipes" / "fsdd").mkdir(parents=True)
    write(tmp_path / "recipes" / "fsdd" / "RESULTS.json", as_json(collect(experiments)))
    marker = "<!-- scores: recipes/fsdd speaker_eer conversion_both -->"
    text = f"Before\n{marker}\nold\n<!-- end -->\nafter\n"
    readme = tmp_path / "README.md"
    write(readme, text)
    filled = fill(readme)
    table = compact(collect(experiments), ["speaker_eer", "conversion_both"])
    assert filled == f"Before\n{marker}\n{table}\n<!-- end -->\nafter\n"
    write(readme, filled)
    assert fill(readme) == filled
    assert table.splitlines()[0] == "| score | default | plain | chance | beside it |" and len(table.splitlines()) == 4


def test_a_block_of_rows_has_a_line_for_each_row_and_a_column_for_each_score(maker: Maker, tmp_path: Path) -> None:
    experiments = [read(maker(tmp_path / name, name=name)) for name in ("a", "b", "c")]
    (tmp_path / "recipes" / "fsdd").mkdir(parents=True)
    write(tmp_path / "recipes" / "fsdd" / "RESULTS.json", as_json(collect(experiments)))
    page = tmp_path / "docs" / "page.md"
    page.parent.mkdir()
    write(page, "<!-- rows: ../recipes/fsdd c,a speaker_eer conversion_both -->\nold\n<!-- end -->\n")
    lines = fill(page).splitlines()[1:-1]
    assert [line.split("|")[1].strip() for line in lines] == ["system", "---", "`c`", "`a`"]
    assert all(line.count("|") == 4 for line in lines) and "error rate ↓" in lines[0] and "%" in lines[2]


def test_a_block_of_scores_may_be_of_some_rows(maker: Maker, tmp_path: Path) -> None:
    """In the order of the block; scores named behind them are all that is shown."""
    results = collect([read(maker(tmp_path / name, name=name)) for name in ("default", "plain", "other")])
    write(tmp_path / "RESULTS.json", as_json(results))
    page = tmp_path / "README.md"
    page.write_text("<!-- scores: . plain,default -->\n<!-- end -->\n", "utf-8")
    assert fill(page).splitlines()[1].startswith("| score | plain | default | chance")
    page.write_text("<!-- scores: . plain speaker_eer -->\n<!-- end -->\n", "utf-8")
    head, _, *lines, _ = fill(page).splitlines()[1:]
    assert head.startswith("| score | plain | chance") and len(lines) == 1


def test_a_block_of_systems_may_be_of_one_game_and_links_to_its_file_from_the_page(tmp_path: Path) -> None:
    page = tmp_path / "docs" / "systems" / "infogan.md"
    page.parent.mkdir(parents=True)
    write(page, "<!-- systems: ../../recipes/image infogan.py -->\n<!-- end -->\n")
    lines = fill(page).splitlines()[3:-1]
    assert len(lines) == 2 and all("[infogan.py](../../disentangle/games/infogan.py)" in line for line in lines)


def test_a_table_shows_the_ceiling_and_real_speech_beside_what_they_measure(maker: Maker, tmp_path: Path) -> None:
    names = ["conversion_speaker_accept", "content_speaker_accuracy_sequence", "speaker_eer"]
    lines = compact(collect([read(maker(tmp_path / "a"))]), names).splitlines()
    assert [line.split("|")[4].strip() for line in lines[2:]] == ["real speech 97.0 %", "log-mel 100.0 %", ""]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nothing", "no block of scores"),
        ("<!-- scores: -->\n<!-- end -->", "names no recipe"),
        ("<!-- scores: recipes/none -->\n<!-- end -->", "no results, "),
        ("<!-- scores: recipes/fsdd speaker_er -->\n<!-- end -->", "no score speaker_er, "),
        ("<!-- rows: recipes/fsdd defualt speaker_eer -->\n<!-- end -->", "no row defualt, "),
        ("<!-- systems: recipes vaegn.py -->\n<!-- end -->", "no system in vaegn.py, .* There are gan.py, "),
    ],
)
def test_a_block_that_cannot_be_filled_is_refused(maker: Maker, tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "recipes" / "fsdd").mkdir(parents=True)
    write(tmp_path / "recipes" / "fsdd" / "RESULTS.json", as_json(collect([read(maker(tmp_path / "a"))])))
    write(tmp_path / "README.md", text)
    with pytest.raises(ValueError, match=message):
        fill(tmp_path / "README.md")


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.txt", "old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write(tmp_path / "a.txt", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"] and (tmp_path / "a.txt").read_text() == "old"


def adapted_scores(shift: float) -> dict[str, dict[str, object]]:
    values = {"unadapted_target_cer": 0.4, "target_cer": 0.3, "informed_target_cer": 0.2, "gap_closed": 0.5}
    values |= {"unadapted_a_distance": 1.5, "a_distance": 0.75}
    return {name: {"value": value + shift, "ci95": None, "n": 9, "chance": None} for name, value in values.items()}


def test_an_adapted_experiment_is_three_rows_and_a_line_of_the_table(maker: Maker, tmp_path: Path) -> None:
    for seed in (0, 1):
        folder = maker(tmp_path / f"e{seed}", seed=seed, name="far-adapted")
        (folder / "scores.json").write_text(json.dumps(adapted_scores(0.1 * seed)))
    rows = collect([read(tmp_path / "e0"), read(tmp_path / "e1")])
    assert sorted(rows) == ["far-adapted", "far-source_only", "far-target_only"]
    assert rows["far-source_only"]["scores"].keys() == {"target_cer", "a_distance"}
    assert rows["far-source_only"]["scores"]["target_cer"]["seeds"] == pytest.approx([0.4, 0.5])
    assert rows["far-target_only"]["scores"]["target_cer"]["seeds"] == pytest.approx([0.2, 0.3])
    assert rows["far-adapted"]["scores"]["gap_closed"]["mean"] == pytest.approx(0.55)
    page = tmp_path / "page.md"
    page.write_text("<!-- adapted: fsdd -->\n<!-- end -->\n")
    assert "Not measured yet: `fsdd/adapt.sh`." in fill(page)
    (tmp_path / "fsdd").mkdir()
    write(tmp_path / "fsdd" / "RESULTS.json", as_json(rows))
    line = next(line for line in fill(page).splitlines() if "`far`" in line)
    assert (
        "| 45.0 ± 7.1 % | 35.0 ± 7.1 % | 25.0 ± 7.1 % | 55.0 ± 7.1 % |" in line and "1.550" in line and "0.800" in line
    )
