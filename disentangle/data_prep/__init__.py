"""One file for each corpus: what it is, its licence, layout and home, and ``prepare``, which makes data directories."""

import importlib
import pkgutil
from pathlib import Path
from typing import Protocol, cast

from disentangle.nearest import did_you_mean


class Corpus(Protocol):
    """What a module of this package offers."""

    def prepare(self, source: Path, target: Path) -> None:
        """Make data directories under ``target`` of the corpus found in ``source``."""
        ...


def names() -> list[str]:
    """The corpora that can be prepared."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))


def find(name: str) -> Corpus:
    """What prepares a corpus: a module of this package or, where there is none, a recipe of Lhotse's.

    Raises:
        ValueError: there is none of that name; names the nearest.
    """
    if name not in names():
        from disentangle.data_prep import _lhotse

        if name in _lhotse.names():
            return _lhotse.Recipe(name)
        raise ValueError(f"unknown corpus '{name}'. {did_you_mean(name, names())}")
    return cast(Corpus, importlib.import_module(f"disentangle.data_prep.{name}"))


def not_found(corpus: str, source: Path, looked_for: str, home: str) -> ValueError:
    """The error of a wrong source folder: what was looked for, and where the corpus is to be had."""
    return ValueError(f"no {corpus} in {source}: looked for {looked_for}. The corpus is to be had at {home}.")
