"""A corpus of pictures in idx files, as small as a test needs: bars that stand where their digit says."""

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Bytes = NDArray[np.uint8]
SIZES = {"train": 60, "t10k": 40}


def idx(array: Bytes) -> bytes:
    """The bytes of an idx file."""
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


def digits(count: int, seed: int) -> tuple[Bytes, Bytes]:
    """Pictures (count, 28, 28), each with a bar where its digit says, in a little noise; digits (count,)."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(count) % 10).astype(np.uint8)
    pictures = rng.integers(0, 40, (count, 28, 28), dtype=np.uint8)
    for picture, label in zip(pictures, labels, strict=True):
        row = 4 + 2 * int(label) + int(rng.integers(2))
        picture[row : row + 2, 4:24] = 255
    return pictures, labels


def corpus(folder: Path) -> Path:
    """The four files of MNIST's layout."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed, (part, count) in enumerate(SIZES.items()):
        pictures, labels = digits(count, seed)
        (folder / f"{part}-images-idx3-ubyte").write_bytes(idx(pictures))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(idx(labels))
    return folder


def photos(folder: Path) -> Path:
    """Two photographs of each part, in BSDS500's layout."""
    for part in ("train", "val", "test"):
        (folder / part).mkdir(parents=True, exist_ok=True)
        for number in range(2):
            rng = np.random.default_rng([number, len(part)])
            smooth = np.kron(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8), np.ones((8, 8, 1), np.uint8))
            Image.fromarray(smooth).save(folder / part / f"{number}.jpg")
    return folder


def faces(folder: Path) -> Path:
    """Four bars that are somebody, light from the left in every second picture, and labels.csv with both."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures, numbers = digits(60, 2)
    table = ["file,subject,condition"]
    for place, (picture, number) in enumerate(zip(pictures, numbers % 4, strict=True)):
        lit = place // 4 % 2
        picture[:, :8] |= np.uint8(200 * lit)
        Image.fromarray(picture).resize((40, 32)).save(folder / f"{place}.png")
        table.append(f"{place}.png,subject{number},{'leftlight' if lit else 'normal'}")
    (folder / "labels.csv").write_text("\n".join(table))
    return folder
