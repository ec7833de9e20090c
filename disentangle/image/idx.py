"""The idx files of MNIST and of the corpora that took over its format, plain or gzipped."""

import gzip
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from disentangle.image.pictures import Bytes, Pictures, labelled

DIGITS = tuple("0123456789")
FASHION = ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")

Part = Literal["train", "test"]
STEMS: dict[Part, str] = {"train": "train", "test": "t10k"}


def read_mnist(folder: Path, part: Part = "train", classes: Sequence[str] = DIGITS) -> Pictures:
    """MNIST (LeCun et al. 1998), or Fashion-MNIST (Xiao et al. 2017) with ``classes=FASHION``.

    Args:
        folder: holds ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte`` and the same of ``t10k``, plain or
            ``.gz``, the type's dash a dot or not.
        part: train (60,000) or test (10,000).
        classes: names of the labels 0, 1, ...

    Returns:
        Pictures (samples, 1, 28, 28).

    Raises:
        ValueError: files that are missing, not idx, cut off, or that contradict each other.
    """
    return read_pictures(_find(folder, STEMS[part], "images", 3), _find(folder, STEMS[part], "labels", 1), classes)


def read_pictures(images: Path, labels: Path, classes: Sequence[str]) -> Pictures:
    """Grey pictures of one idx file with the labels of another.

    Raises:
        ValueError: files that are not idx, cut off, not pictures and labels, of two lengths, or labels out of range.
    """
    pixels, y = read_idx(images), read_idx(labels)
    if pixels.ndim != 3 or y.ndim != 1:
        shapes = f"{images} holds an array of {pixels.ndim} dims and {labels} one of {y.ndim}"
        raise ValueError(f"{shapes}; pictures have 3 and labels 1. Are the two files exchanged?")
    if len(pixels) != len(y) or not len(y):
        counts = f"{images} holds {len(pixels)} pictures and {labels} {len(y)} labels"
        raise ValueError(f"{counts}. Take the two files of one part of the corpus.")
    if y.max() >= len(classes):
        place = int((y >= len(classes)).argmax())
        wrong = (
            f"label {place} in {labels} is {y[place]}, but there are {len(classes)} classes (0 to {len(classes) - 1})"
        )
        raise ValueError(f"{wrong}. Fetch the file again, or name all classes.")
    return labelled(pixels[:, None], y, classes)


def read_idx(path: Path) -> Bytes:
    """The array of an idx file of unsigned bytes.

    Raises:
        ValueError: no such file, broken gzip, not an idx file, another type, cut off or too long.
    """
    data = _unpacked(path)
    if len(data) < 4 or data[:2] != b"\0\0":
        raise ValueError(f"{path} is not an idx file: it begins with {data[:4].hex(' ') or 'nothing'}. Fetch it again.")
    kind, dims = data[2], data[3]
    if kind != 8 or not dims:
        raise ValueError(f"{path} is an idx file of type {kind:#04x} with {dims} dims; unsigned bytes (0x08) are read.")
    header = 4 + 4 * dims
    if len(data) < header:
        raise ValueError(f"{path} is cut off within its header ({len(data)} bytes). Fetch it again.")
    shape = np.frombuffer(data, ">u4", dims, 4).astype(int)
    expected = header + int(np.prod(shape))
    if len(data) != expected:
        how = "cut off" if len(data) < expected else "too long"
        sizes = f"{len(data)} bytes where {'x'.join(map(str, shape))} values need {expected}"
        raise ValueError(f"{path} is {how}: {sizes}. Fetch it again.")
    return np.frombuffer(data, np.uint8, offset=header).reshape(shape)


def _unpacked(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path} is a broken gzip file ({error}). Fetch it again.") from error
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror}). Give the path of an idx file.") from error


def _find(folder: Path, part: str, what: str, dims: int) -> Path:
    names = [f"{part}-{what}{dash}idx{dims}-ubyte{suffix}" for suffix in ("", ".gz") for dash in "-."]
    for name in names:
        if (folder / name).is_file():
            return folder / name
    remedy = "Give the folder that holds the corpus's four idx files"
    raise ValueError(f"no {names[0]} (or .gz) in {folder}. {remedy}.")
