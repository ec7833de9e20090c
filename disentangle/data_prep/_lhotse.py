"""The one bridge to Lhotse's recipes, for every corpus that it prepares and this package does not."""

import inspect
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from disentangle.corpus.manifests import write_manifests

if TYPE_CHECKING:
    from lhotse import RecordingSet, SupervisionSet

    Manifests = dict[str, "RecordingSet | SupervisionSet"]

PREFIX = "prepare_"


def names() -> list[str]:
    """Corpora that Lhotse prepares; none where it is not installed."""
    if find_spec("lhotse") is None:
        return []
    from lhotse import recipes

    return sorted(name.removeprefix(PREFIX) for name in dir(recipes) if name.startswith(PREFIX))


class Recipe:
    """A recipe of Lhotse's as a corpus of this package.

    Args:
        name: one of `names`.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def prepare(self, source: Path, target: Path) -> None:
        """Make ``target/PART`` of each part that the recipe makes, or ``target/all`` where there are no parts.

        Raises:
            ValueError: the recipe needs more than a folder, or does not find the corpus in it.
        """
        from lhotse import recipes

        recipe = getattr(recipes, f"{PREFIX}{self.name}")
        _, *others = inspect.signature(recipe).parameters.values()
        if needed := [p.name for p in others if p.default is p.empty and p.kind is not p.VAR_KEYWORD]:
            raise ValueError(f"Lhotse's recipe of {self.name} needs {needed[0]} too. Run it by `lhotse prepare`.")
        try:
            found = recipe(source)
        except (AssertionError, OSError, KeyError) as error:
            what = " ".join(str(error).split()) or type(error).__name__
            raise ValueError(
                f"Lhotse's recipe finds no {self.name} in {source}: {what}. Its documentation tells the layout."
            ) from None
        for part, manifests in _parts(found, ()).items():
            write_manifests(target / (part or "all"), manifests["recordings"], manifests["supervisions"])


def _parts(found: dict[str, object], path: tuple[str, ...]) -> dict[str, dict[str, "RecordingSet | SupervisionSet"]]:
    """The pairs of manifests in what recipes return: a pair, or dictionaries of pairs by part, language or both."""
    if "supervisions" in found and "recordings" in found:
        return {"/".join(path): found}
    parts: dict[str, dict[str, RecordingSet | SupervisionSet]] = {}
    for name, inner in found.items():
        if isinstance(inner, dict):
            parts |= _parts(inner, (*path, str(name)))
    return parts
