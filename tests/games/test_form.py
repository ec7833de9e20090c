"""Every game is here, and a file of a game is the mathematics alone."""

import ast
import inspect
from pathlib import Path
from typing import Any

import pytest

from disentangle.adversarial.game import Game
from tests.games.cases import GAMES, classes

LONG = {"speech_disentanglement.py"}
"""No one paper's algorithm: the lecture's game with every term that its ablation switches on and off."""

ENGINE = {"detach", "detach_", "requires_grad_", "zero_grad", "no_grad", "backward", "retain_graph"}


def test_every_game_of_the_project_is_here() -> None:
    assert {kind.__name__ for kind in classes()} == {type(case()[0]).__name__ for case in GAMES.values()}


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.__name__)
def test_a_game_is_the_mathematics_alone(kind: type[Game[Any]]) -> None:
    """One screen, its paper cited, and nothing that the engine owns."""
    name = Path(inspect.getfile(kind)).name
    source = Path(inspect.getfile(kind)).read_text(encoding="utf-8")
    tree = list(ast.walk(ast.parse(source)))
    words = {node.attr for node in tree if isinstance(node, ast.Attribute)}
    assert not ENGINE & (words | {node.arg for node in tree if isinstance(node, ast.keyword)})
    assert len(inspect.getsource(kind.round).splitlines()) <= 25
    assert len(source.splitlines()) <= (300 if name in LONG else 100)
    assert "https://" in source
