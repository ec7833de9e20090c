"""The house's rules: imports point downwards, heavy libraries come late, games leave gradients to the engine."""

import ast
from collections.abc import Iterator
from pathlib import Path

import disentangle

PACKAGE = Path(disentangle.__file__).parent
TREES = {file: ast.parse(file.read_text()) for file in sorted(PACKAGE.rglob("*.py"))}

#: What each room may import besides itself; a new room needs its line here.
BELOW: dict[str, set[str]] = {
    "adversarial": set(),
    "corpus": set(),
    "compiled": set(),
    "evaluation": {"compiled", "pitch", "warping"},
    "nearest": set(),
    "pitch": {"compiled"},
    "progress": set(),
    "provenance": set(),
    "ranges": set(),
    "released": set(),
    "warping": set(),
    "yaml_tree": set(),
    "config": {"nearest", "yaml_tree"},
    "data_prep": {"corpus", "nearest"},
    "games": {"adversarial"},
    "latent": {"adversarial", "progress"},
    "image": {"adversarial", "config", "games", "latent", "nearest", "ranges", "released"},
    "speech": {
        "adversarial",
        "config",
        "corpus",
        "latent",
        "nearest",
        "pitch",
        "progress",
        "ranges",
        "released",
        "warping",
    },
    "scoring": {"corpus", "evaluation", "image", "latent", "nearest", "pitch", "progress", "speech"},
    "report": {"corpus", "evaluation", "nearest"},
    "wishes": {"latent", "pitch", "speech"},
    "builders": {"adversarial", "config", "corpus", "games", "speech"},
    "trainees": {
        "adversarial",
        "builders",
        "config",
        "corpus",
        "games",
        "image",
        "nearest",
        "progress",
        "scoring",
        "speech",
    },
    "demo": {
        "adversarial",
        "config",
        "corpus",
        "evaluation",
        "games",
        "image",
        "latent",
        "released",
        "report",
        "scoring",
        "speech",
        "trainees",
        "wishes",
    },
    "__init__": {"image", "released", "speech", "trainees"},
    "cli": {"adversarial", "commands", "nearest"},
}
BELOW["commands"] = set(BELOW) - {"__init__", "cli"}

LATE = {
    "espeakng_loader",
    "fastapi",
    "fsspec",
    "gradio",
    "jiwer",
    "lhotse",
    "librosa",
    "lightning",
    "matplotlib",
    "pyarrow",
    "pystoi",
    "skimage",
    "sounddevice",
    "sklearn",
    "speechbrain",
    "uvicorn",
}
HEAVY = {"PIL", "numpy", "pydantic", "scipy", "soundfile", "torch", "torchaudio", "yaml"}
ENGINE = {"backward", "detach", "detach_", "no_grad", "optim", "requires_grad", "requires_grad_", "zero_grad"}


def _name(file: Path) -> str:
    return str(file.relative_to(PACKAGE))


def _imports(tree: ast.AST) -> Iterator[str]:
    """Dotted names imported anywhere in the tree, each of `from X import a, b` by itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _at_once(tree: ast.Module) -> Iterator[str]:
    """What is imported as soon as the module is."""
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from _imports(node)


def test_imports_point_downwards() -> None:
    for file, tree in TREES.items():
        room = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
        assert room in BELOW, f"{room} has no line in BELOW"
        ours = {name.split(".")[1] for name in _imports(tree) if name.startswith("disentangle.")}
        assert ours - {room} <= BELOW[room], _name(file)


def test_the_rooms_have_no_cycle() -> None:
    placed: set[str] = set()
    rooms = BELOW
    while rooms:
        free = {room for room, below in rooms.items() if below <= placed}
        assert free, f"{sorted(rooms)} import each other"
        placed |= free
        rooms = {room: below for room, below in rooms.items() if room not in free}


def test_heavy_libraries_are_imported_where_they_are_needed() -> None:
    for file, tree in TREES.items():
        assert not {name.split(".")[0] for name in _at_once(tree)} & LATE, _name(file)


def test_commands_import_nothing_heavy_at_once() -> None:
    for file, tree in TREES.items():
        roots = {name.split(".")[0] for name in _at_once(tree)}
        assert file.parent.name != "commands" or not roots & HEAVY, _name(file)


def test_the_synthesiser_is_used_by_its_corpus_alone() -> None:
    users = [_name(file) for file, tree in TREES.items() if any("espeakng" in name for name in _imports(tree))]
    assert users == ["data_prep/espeak.py"]


def test_games_leave_gradients_and_steps_to_the_engine() -> None:
    games = {file: tree for file, tree in TREES.items() if file.parent.name == "games"}
    assert games
    for file, tree in games.items():
        used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        used |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        used |= {part for name in _imports(tree) for part in name.split(".")}
        assert not used & ENGINE, _name(file)


def test_files_and_functions_stay_short() -> None:
    for file, tree in TREES.items():
        assert file.read_text().count("\n") <= 300, _name(file)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 60, f"{_name(file)}: {node.name}"
