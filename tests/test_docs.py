"""The code in the documentation runs as it stands, and does what the page says."""

import json
import re
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from disentangle.cli import main
from tests.commands.pictures import corpus
from tests.conftest import ROOT

DOCS = ROOT / "docs"


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def commands() -> dict[tuple[str, ...], set[str]]:
    """The commands that the pages name, with the options that they give each."""
    named: dict[tuple[str, ...], set[str]] = {}
    pages = [ROOT / "README.md", ROOT / "recipes" / "README.md", *DOCS.rglob("*.md")]
    for page in pages:
        text = page.read_text(encoding="utf-8").replace("\\\n", " ")
        for line in re.findall(r"^disentangle .*|`disentangle [^`]*`", text, re.MULTILINE):
            words = line.strip("`").partition("#")[0].split()
            command = tuple(words[1:3] if words[1] == "data" else words[1:2])
            named.setdefault(command, set()).update(word for word in words if word.startswith("--"))
    return named


@pytest.mark.parametrize(("command", "options"), commands().items(), ids=[" ".join(command) for command in commands()])
def test_every_command_on_a_page_takes_what_the_page_gives_it(
    command: tuple[str, ...], options: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    if command[0].isupper():
        return  # `disentangle COMMAND --help`
    with pytest.raises(SystemExit) as ended:
        main([*command, "--help"])
    assert ended.value.code == 0
    assert options - set(re.findall(r"--[a-z0-9-]+", capsys.readouterr().out)) == set()


@pytest.fixture(scope="module")
def added() -> Any:
    """The module that a reader of add-a-game.md has typed, before anything is trained."""
    module = ModuleType("labelled_lsgan")
    sys.modules[module.__name__] = module
    for block in blocks("add-a-game.md", "python")[:2]:
        exec(compile(block, "docs/add-a-game.md", "exec"), vars(module))
    yield module
    del sys.modules[module.__name__]


def test_the_added_game_trains_and_makes_what_it_is_told_to(
    added: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(blocks("add-a-game.md", "python")[2], "docs/add-a-game.md", "exec"), vars(added))
    exec(compile(blocks("add-a-game.md", "python")[3], "docs/add-a-game.md", "exec"), vars(added))
    assert capsys.readouterr().out == blocks("add-a-game.md", "text")[0]
    assert (tmp_path / "exp" / "labelled_lsgan" / "log.jsonl").is_file()


def test_an_entry_and_a_conf_make_the_added_game_a_system(
    added: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from disentangle.image import builders

    monkeypatch.setattr(builders, "SYSTEMS", dict(builders.SYSTEMS))
    exec("from disentangle.adversarial.priors import Categorical, Normal", vars(added))
    exec(compile(blocks("add-a-game.md", "python")[4], "docs/add-a-game.md", "exec"), vars(added))
    recipe = tmp_path / "conf"
    shutil.copytree(ROOT / "recipes" / "image" / "mnist" / "conf", recipe)
    (recipe / "labelled_lsgan.yaml").write_text(blocks("add-a-game.md", "yaml")[0], encoding="utf-8")
    mnist, out, few = corpus(tmp_path / "mnist"), tmp_path / "exp", ("training.steps=2", "training.tensorboard=false")
    tiny = (*few, "network.channels=2", "network.hidden=8", "network.code=16", "data.batch=10")
    assert main(["train", str(recipe / "labelled_lsgan.yaml"), "--data", str(mnist), "--out", str(out), *tiny]) == 0
    assert main(["score", str(out)]) == 0
    assert "sharpness" in json.loads((out / "scores.json").read_text("utf-8"))
    assert main(["report", str(out)]) == 0


def test_the_added_game_keeps_to_the_rules_of_games(added: Any) -> None:
    game = blocks("add-a-game.md", "python")[0]
    assert len(game.splitlines()) <= 100
    assert not re.search(r"detach|requires_grad|no_grad|optim\b", game)
    assert set(added.LabelledLSGAN.players) == {"critic", "generator"}


def test_the_examples_of_code_space_print_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    for block in blocks("code-space.md", "python"):
        exec(compile(block, "docs/code-space.md", "exec"), names)
    assert capsys.readouterr().out == blocks("code-space.md", "text")[0]
