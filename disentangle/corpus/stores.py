"""Files by path or by URL (``s3://bucket/name``, ``https://host/name``), whole or in part; fsspec speaks to stores."""

import re
import time
from collections.abc import Callable
from fnmatch import fnmatch
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

T = TypeVar("T")

#: A scheme of two letters or more; a ``Path`` keeps one slash of those that follow it.
_URL = re.compile(r"([a-z][a-z0-9+.-]+):/+")
TRIES = 3  # of what a network may lose
WAIT = 1.0  # seconds before the second


def is_url(place: str | Path) -> bool:
    """Whether a place is a URL and not a path.

    Example:
        >>> is_url("s3://bucket/a.flac"), is_url("/data/a.flac"), is_url("a.ark:17")
        (True, False, False)
    """
    return _URL.match(str(place)) is not None


def url(place: str | Path) -> str:
    """The URL that a path was made of.

    Example:
        >>> url(Path("s3://bucket/a.flac"))
        's3://bucket/a.flac'
    """
    text = str(place)
    return text if text.startswith("file:") else _URL.sub(r"\1://", text, count=1)


def opened(place: str | Path) -> BinaryIO:
    """A file to read and to seek in; of a store, only what is read is fetched, and a little ahead.

    Raises:
        ValueError: there is none, or it cannot be had.
    """
    if is_url(place):
        found: BinaryIO = _asked(place, lambda store, path: store.open(path, "rb"))
        return found
    try:
        return open(place, "rb")  # whoever asks closes it
    except FileNotFoundError:
        raise ValueError(f"no file {place}. Correct the path, or fetch it again.") from None


def whole(place: str | Path) -> BytesIO:
    """All bytes of a file in a store.

    Raises:
        ValueError: there is none, or it cannot be had.
    """
    return BytesIO(_asked(place, lambda store, path: store.cat_file(path)))


def part(place: str | Path, offset: int, size: int) -> bytes:
    """Bytes of a file from an offset on, fewer than asked for where it ends before.

    Raises:
        ValueError: there is none, it cannot be had, or its server gives no parts.
    """
    if not is_url(place):
        with opened(place) as stream:
            stream.seek(offset)
            return stream.read(size)
    found: bytes = _asked(place, lambda store, path: store.cat_file(path, start=offset, end=offset + size))
    if len(found) > size:
        raise ValueError(f"a server that gives whole files only, {url(place)}. Use one that heeds Range.")
    return found


def names(folder: str | Path, pattern: str) -> list[str]:
    """Names of the files in a folder that match a pattern, in order; none if there is no such folder on disk.

    Raises:
        ValueError: a folder of a store that is not there or cannot be listed.
    """
    if is_url(folder):
        listed: list[str] = _asked(folder, lambda store, path: store.ls(path, detail=False))
        found = [name.rstrip("/").rpartition("/")[2] for name in listed]
    else:
        found = [file.name for file in Path(folder).glob("*")]
    return sorted(name for name in found if fnmatch(name, pattern))


def exists(place: str | Path) -> bool:
    """Whether there is a file in a store.

    Raises:
        ValueError: nobody can tell.
    """
    return bool(_asked(place, lambda store, path: store.exists(path)))


def fetch(place: str | Path, file: Path) -> None:
    """Copy a file of a store to disk.

    Raises:
        ValueError: there is none, or it cannot be had.
    """
    _asked(place, lambda store, path: store.get_file(path, str(file)))


def put(file: Path, place: str | Path) -> None:
    """Copy a file to a store.

    Raises:
        ValueError: it does not take it.
    """
    _asked(place, lambda store, path: store.put_file(str(file), path))


def remove(place: str | Path) -> None:
    """Remove a file of a store.

    Raises:
        ValueError: there is none, or it cannot be removed.
    """
    _asked(place, lambda store, path: store.rm_file(path))


def beside(folder: str | Path, name: str) -> str:
    """The place of a file in a folder."""
    return f"{url(folder).rstrip('/')}/{name}" if is_url(folder) else str(Path(folder) / name)


def _asked(place: str | Path, question: Callable[[Any, str], T]) -> T:
    """What a store answers, asked again where the network fails."""
    import fsspec

    address = url(place)
    for tried in range(1, TRIES + 1):
        try:
            return question(*fsspec.core.url_to_fs(address))
        except FileNotFoundError:
            raise ValueError(f"no file {address}. Correct the URL, or see that you may read it.") from None
        except (ImportError, ValueError) as error:
            raise ValueError(f"no way to {address} ({error}). Install what fsspec needs for it.") from None
        except Exception as error:  # each store has errors of its own
            if tried == TRIES:
                told = " ".join(str(error).split()) or type(error).__name__
                raise ValueError(f"not to be had ({told}), {address}. See that its store can be reached.") from None
        time.sleep(WAIT * tried)
    raise AssertionError("the last try ends one way or the other")
