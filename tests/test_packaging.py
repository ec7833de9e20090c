"""The built wheel works outside the checkout: commands, recipes' configurations, embedded corpus."""

import ast
import os
import re
import subprocess
import sys
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel alone is installed."""
    folder = tmp_path_factory.mktemp("packaging")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("disentangle-*.whl")
    install = [*pip, "install", "--no-deps", "--no-index", "--target", str(folder / "site"), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    return folder / "site"


def _run(site: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        cwd=site.parent,
        env=os.environ | {"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_all_of_the_package_and_nothing_of_its_surroundings(site: Path) -> None:
    sources = {
        file.relative_to(ROOT) for file in (ROOT / "disentangle").rglob("*") if file.is_file() and file.suffix != ".pyc"
    }
    installed = {file.relative_to(site) for file in (site / "disentangle").rglob("*") if file.suffix != ".pyc"}
    assert sources <= installed
    assert Path("disentangle/py.typed") in installed
    assert {path.name for path in site.iterdir() if not path.name.endswith(".dist-info")} == {"disentangle", "bin"}


def test_the_command_line_and_the_recipes_are_found(site: Path) -> None:
    assert (site / "bin" / "disentangle").is_file()
    assert "usage: disentangle" in _run(site, "-m", "disentangle.cli", "--help")
    found = _run(site, "-c", "from disentangle.config import find; print(find('fsdd/default'))")
    assert Path(found.strip()) == site / "disentangle" / "recipes" / "fsdd" / "conf" / "default.yaml"
    for conf in sorted(ROOT.glob("recipes/**/conf/*.yaml")):
        assert (site / "disentangle" / conf.relative_to(ROOT)).read_bytes() == conf.read_bytes()


def test_the_embedded_corpus_is_made(site: Path) -> None:
    pytest.importorskip("espeakng_loader", reason="needs the extra espeak")
    printed = _run(site, "-m", "disentangle.cli", "prepare", "espeak", "wav", "data")
    assert "test" in printed
    assert (site.parent / "data" / "train" / "wav.scp").is_file()
    assert len(list((site.parent / "wav").rglob("*.wav"))) >= 360


def test_whatever_is_imported_is_asked_for() -> None:
    def plain(name: str) -> str:
        return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", name)[0]).lower()

    asked = {plain(name) for name in requires("disentangle") or []}
    owners = packages_distributions()
    for file in (ROOT / "disentangle").rglob("*.py"):
        nodes = list(ast.walk(ast.parse(file.read_text())))
        names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
        roots = {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"disentangle", "pydantic_core"}
        unasked = {root for root in roots if not asked & {plain(owner) for owner in owners.get(root, [root])}}
        assert not unasked, file.name
