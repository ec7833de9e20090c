"""Shar folders carried to a store and from one, shard by shard."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from disentangle.corpus import stores
from disentangle.corpus.shar import CUTS

FIRST = "cuts.000000.jsonl.gz"


def fetched(source: Path) -> Iterator[Path]:
    """A Shar folder on disk as it is, or each shard of one in a store, which lasts until the next.

    Raises:
        ValueError: there are no shards, or one cannot be had.
    """
    shards = stores.names(source, CUTS)
    if not shards:
        raise ValueError(
            f"no {CUTS} in {stores.url(source)}, so it is no Shar folder. Name the folder that holds them."
        )
    if not stores.is_url(source):
        yield source
        return
    for shard in shards:
        with TemporaryDirectory() as name:
            for file in stores.names(source, f"*.{shard.split('.')[1]}.*"):
                stores.fetch(stores.beside(source, file), Path(name) / file)
            yield Path(name)


def check_free(out: Path) -> None:
    """Raises ValueError where a store cannot be reached or holds Shar at that place already."""
    if stores.exists(stores.beside(out, FIRST)):
        raise ValueError(f"there is Shar already, {stores.url(out)}. Remove it, or name another folder.")


def send(folder: Path, out: Path) -> None:
    """Copy a Shar folder to a store: cuts last, which tell that there is Shar, and nothing if anything fails.

    Raises:
        ValueError: the store does not take it.
    """
    places: list[str] = []
    try:
        for file in sorted(folder.iterdir(), reverse=True):
            places.append(stores.beside(out, file.name))
            stores.put(file, places[-1])
    except BaseException:
        for place in places:
            with suppress(ValueError):
                stores.remove(place)
        raise
