"""The adapter's recipes run all their set-ups on made-up miniatures, and a second time train nothing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.data_prep import test_an4, test_fsdd
from tests.test_recipes import TINY, copied, ran

SHORT = """#!{python}
import sys
from disentangle.cli import main
from disentangle.evaluation.classifiers import SequenceClassifier
from disentangle.evaluation.convergence import Limits
from disentangle.scoring import adapting
adapting.STEPS = 2
SequenceClassifier.__init__.__defaults__ = (0, 16, 8, Limits(patience=5, steps=10))
if __name__ == "__main__":
    sys.exit(main())
"""
RECOGNISED = {"fsdd": "target_accuracy", "an4": "target_cer"}


def _adapt(folder: Path, recipe: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Runs the recipe with attackers and recognisers that give up at once."""
    command = folder / "bin" / "disentangle"
    command.parent.mkdir(exist_ok=True)
    command.write_text(SHORT.format(python=sys.executable))
    command.chmod(0o755)
    words = ("--nj", "1", "--overrides", f"{TINY} training.tensorboard=false", "--adapter", "--steps 3", *options)
    return ran(folder, f"{recipe}/adapt.sh", *words, binaries=command.parent)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("recipe", "setups"), [("fsdd", ["leave1"]), ("an4", ["women"])])
def test_each_setup_is_three_rows(recipe: str, setups: list[str], tmp_path: Path) -> None:
    copied(tmp_path)
    source = tmp_path / "source"
    if recipe == "fsdd":
        test_fsdd.public_layout(source, ".wav")
    else:
        test_an4.public_layout(source, "wav", ("fash", "fbbh", "mdcs", "mdcs2"), ("fcaw", "mmxg"))
    options = ("--corpus", "source", "--setups", " ".join(setups), "--seeds", "1")
    first = _adapt(tmp_path, recipe, *options)
    assert first.returncode == 0, first.stderr
    here = tmp_path / "recipes" / recipe
    found = json.loads((here / "RESULTS.json").read_text())
    for setup in setups:
        before, after, best = (found[f"{setup}-{row}"]["scores"] for row in ("source_only", "adapted", "target_only"))
        name = RECOGNISED[recipe]
        assert {name, "a_distance"} <= before.keys() & after.keys() and name in best
        assert after[f"unadapted_{name}"] == before[name] and after[f"informed_{name}"] == best[name]
        assert (here / "exp" / f"{setup}-adapted-1" / "report.html").stat().st_size
    assert "default" in found, "rows that were not made stay"
    again = _adapt(tmp_path, recipe, *options)
    assert again.returncode == 0 and again.stderr == ""


def test_no_such_setup_is_one_line(tmp_path: Path) -> None:
    copied(tmp_path)
    done = _adapt(tmp_path, "fsdd", "--corpus", "none", "--setups", "leave9")
    assert (
        done.returncode == 2 and done.stderr.startswith("error: leave9 is no set-up") and done.stderr.count("\n") == 1
    )
    assert not (tmp_path / "recipes" / "fsdd" / "exp").exists()
