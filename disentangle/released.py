"""What comes with the package in `disentangle/models`: trained models, each known by its folder's name, and voices."""

from pathlib import Path

FOLDER = Path(__file__).parent / "models"
GALLERY = "voices"


def names() -> tuple[str, ...]:
    """Of those that are there."""
    return tuple(sorted(file.parent.name for file in FOLDER.glob("*/model.safetensors")))


def find(word: str | Path) -> Path:
    """The folder that is meant: the one of this path or, where nothing is, the package's model of this name."""
    path = Path(word)
    return FOLDER / str(word) if not path.exists() and str(word) in names() else path


def gallery() -> Path | None:
    """Speech of several people, to show a model of speech with that has none of its own."""
    return FOLDER / GALLERY if (FOLDER / GALLERY).is_dir() else None
