"""The table of what is done in code space."""

import json
from pathlib import Path

from disentangle.report.catalogue import CATALOGUE
from disentangle.report.code_space import TASKS, code_space
from tests.conftest import ROOT


def test_every_task_names_a_row_of_its_recipe_scores_and_a_picture() -> None:
    for task in TASKS:
        conf = ROOT / "recipes" / "image" / task.recipe / "conf"
        assert all((conf / f"{row}.yaml").is_file() for row in (task.row, *task.baselines))
        assert set(task.scores) <= set(CATALOGUE)
        assert not task.picture or (ROOT / "docs" / "pictures" / task.picture).is_file()


def test_a_line_has_our_figure_and_what_lacks_is_not_measured_yet(tmp_path: Path) -> None:
    scores = {"inversion_mse": {"mean": 0.25, "std": None, "seeds": [0.25]}}
    (tmp_path / "mnist").mkdir()
    (tmp_path / "mnist" / "RESULTS.json").write_text(json.dumps({"inversion_encoder": {"scores": scores}}))
    lines = code_space(tmp_path, tmp_path / "page.md").splitlines()[2:]
    assert len(lines) == len(TASKS)
    measured = [line for line in lines if "0.25" in line]
    assert len(measured) == 2 and "not measured yet" in lines[0]
