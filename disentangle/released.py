"""What comes with the package in `disentangle/models`: trained models, each known by its folder's name, and voices."""

from difflib import get_close_matches
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


def remedy(word: Path) -> str:
    """What to do where no model is: take the package's whose name this nearly is, or train one."""
    near = get_close_matches(str(word), names(), n=1) if not word.exists() else []
    if near:
        return f"Did you mean '{near[0]}', which comes with the package?"
    return f"Train one there by `disentangle train CONFIG --out {word}`."


def gallery() -> Path | None:
    """Speech of several people, to show a model of speech with that has none of its own."""
    return FOLDER / GALLERY if (FOLDER / GALLERY).is_dir() else None
