"""Vectors and matrices by name in Kaldi archives (ark and scp) and in NumPy's npz."""

import os
from collections.abc import Iterable
from pathlib import Path

import kaldiio
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def write(folder: Path, name: str, items: Iterable[tuple[str, NDArray[np.floating]]]) -> Path:
    """Write ``name.ark`` and ``name.scp`` under temporary names, then rename them.

    Args:
        folder: made if missing.
        name: of both files, e.g. ``speaker``.
        items: key and vector (dims,) or matrix (frames, dims) of each; kept as float32, the index in C order.

    Returns:
        The path of the scp.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ark, scp = folder / f"{name}.ark", folder / f"{name}.scp"
    new_ark, new_scp = (path.with_name(f".{path.name}.{os.getpid()}") for path in (ark, scp))
    places: dict[str, int] = {}
    try:
        with new_ark.open("wb") as stream:
            for key, array in items:
                assert key not in places, f"{key} comes twice"
                places[key] = stream.tell() + len(key.encode()) + 1
                kaldiio.save_ark(stream, {key: np.asarray(array, np.float32)})
        lines = [f"{key} {ark.absolute()}:{places[key]}\n" for key in sorted(places)]
        new_scp.write_text("".join(lines), encoding="utf-8")
        scp.unlink(missing_ok=True)  # an old index over a new archive would be worse than none
        new_ark.replace(ark)
        new_scp.replace(scp)
    finally:
        new_ark.unlink(missing_ok=True)
        new_scp.unlink(missing_ok=True)
    return scp


def write_npz(folder: Path, name: str, items: Iterable[tuple[str, NDArray[np.floating]]]) -> Path:
    """Write ``name.npz``, one float32 array a key, under a temporary name, then rename it; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.npz"
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as stream:
            np.savez(stream, **{key: np.asarray(array, np.float32) for key, array in items})  # type: ignore[arg-type]
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def read(path: Path) -> dict[str, Floats]:
    """All arrays of an scp or npz by key.

    An archive that has moved together with its scp is found beside it.

    Raises:
        ValueError: no such file, a bad line, or a damaged archive.
    """
    if not path.is_file():
        raise ValueError(f"no archive {path}. Make it with `disentangle embed`.")
    try:
        if path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as arrays:
                return {key: arrays[key] for key in arrays.files}
        lines = path.read_text(encoding="utf-8").splitlines()
        return {key: _array(path, place) for key, place in (line.split(maxsplit=1) for line in lines)}
    except OSError:
        raise
    except Exception as error:  # whatever a decoder of damaged bytes may raise
        raise ValueError(
            f"not readable as an archive ({error}), {path}. Make it again with `disentangle embed`."
        ) from None


def _array(scp: Path, place: str) -> Floats:
    """One array, of any kind that Kaldi writes: float, double, compressed, or rows of it (``FILE:OFFSET[FROM:TO]``)."""
    if place.rstrip().endswith("|"):
        raise ValueError(f"a shell command in place of an archive: {place}; copy its features to an ark")
    ark, colon, offset = place.rpartition(":") if "[" not in place else _before_range(place)
    if colon and not Path(ark).is_file():
        place = f"{scp.parent / Path(ark).name}:{offset}"
    return np.asarray(kaldiio.load_mat(place), np.float32)


def _before_range(place: str) -> tuple[str, str, str]:
    archive, bracket, rows = place.partition("[")
    ark, colon, offset = archive.rpartition(":")
    return ark, colon, f"{offset}{bracket}{rows}"
