"""Trained models that come with the package, each a folder of `disentangle/models` known by its name."""

from pathlib import Path

FOLDER = Path(__file__).parent / "models"


def names() -> tuple[str, ...]:
    """Of those that are there."""
    return tuple(sorted(file.parent.name for file in FOLDER.glob("*/model.safetensors")))


def find(word: str | Path) -> Path:
    """The folder that is meant: the one of this path or, where nothing is, the package's model of this name."""
    path = Path(word)
    return FOLDER / str(word) if not path.exists() and str(word) in names() else path
