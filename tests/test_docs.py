"""The code in the documentation runs as it stands, and does what the page says."""

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

DOCS = Path(__file__).parent.parent / "docs"


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


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
    for block in blocks("add-a-game.md", "python")[2:]:
        exec(compile(block, "docs/add-a-game.md", "exec"), vars(added))
    assert capsys.readouterr().out == blocks("add-a-game.md", "text")[0]
    assert (tmp_path / "exp" / "labelled_lsgan" / "log.jsonl").is_file()


def test_the_added_game_keeps_to_the_rules_of_games(added: Any) -> None:
    game = blocks("add-a-game.md", "python")[0]
    assert len(game.splitlines()) <= 100
    assert not re.search(r"detach|requires_grad|no_grad|optim\b", game)
    assert set(added.LabelledLSGAN.players) == {"critic", "generator"}
