"""The name that was meant: said by every error about a name that does not exist."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A sentence that names the nearest known name, or all of them where none is near.

    Example:
        >>> did_you_mean("trian", ["train", "score"])
        "Did you mean 'train'?"
        >>> did_you_mean("colour", ["train", "score"])
        'Known: train, score.'
    """
    names = list(known)
    near = get_close_matches(name, names, n=1)
    return f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(names)}."
