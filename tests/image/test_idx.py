"""Idx files, plain and gzipped, become pictures; what is not one, is cut off or contradicts is refused by name."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from disentangle.cli import main
from disentangle.image.download import CHECKSUMS, CORPORA, download
from disentangle.image.idx import DIGITS, FASHION, read_idx, read_mnist, read_pictures
from disentangle.image.pictures import from_bytes, to_bytes

Bytes = NDArray[np.uint8]


def idx(array: Bytes) -> bytes:
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


def corpus(folder: Path, labels: tuple[int, ...] = (3, 0, 9), dash: str = "-", packed: bool = True) -> Bytes:
    """Miniature MNIST, both parts alike; its pixels (pictures, 28, 28)."""
    pixels = np.random.default_rng(0).integers(256, size=(len(labels), 28, 28)).astype(np.uint8)
    folder.mkdir(parents=True, exist_ok=True)
    for part in ("train", "t10k"):
        for what, array in ((f"images{dash}idx3", pixels), (f"labels{dash}idx1", np.array(labels, np.uint8))):
            name = f"{part}-{what}-ubyte"
            (folder / (name + ".gz" * packed)).write_bytes(gzip.compress(idx(array), mtime=0) if packed else idx(array))
    return pixels


@pytest.mark.parametrize(("dash", "packed"), [("-", True), (".", False), ("-", False)])
def test_mnist_is_read_in_either_spelling(tmp_path: Path, dash: str, packed: bool) -> None:
    pixels = corpus(tmp_path, dash=dash, packed=packed)
    for part in ("train", "test"):
        pictures = read_mnist(tmp_path, part)
        assert pictures.x.shape == (3, 1, 28, 28)
        assert pictures.x.dtype == torch.float32
        assert torch.allclose(pictures.x[:, 0], torch.from_numpy(pixels).float() / 127.5 - 1)
        assert pictures.y.tolist() == [3, 0, 9]
        assert pictures.classes == DIGITS


def test_bytes_come_back() -> None:
    pixels = np.arange(256, dtype=np.uint8).reshape(1, 1, 16, 16)
    assert (float(from_bytes(pixels).min()), float(from_bytes(pixels).max())) == (-1, 1)
    assert np.array_equal(to_bytes(from_bytes(pixels)), pixels)
    assert to_bytes(torch.tensor([-3.0, 3.0])).tolist() == [0, 255]


def test_parts_and_channels_of_pictures(tmp_path: Path) -> None:
    corpus(tmp_path)
    pictures = read_mnist(tmp_path, classes=FASHION)
    part = pictures.part([2, 0])
    assert (len(part), part.y.tolist(), part.classes[9]) == (2, [9, 3], "ankle boot")
    assert torch.equal(part.x[1], pictures.x[0])
    coloured = pictures.coloured()
    assert coloured.x.shape == (3, 3, 28, 28)
    assert torch.equal(coloured.x[:, 2], pictures.x[:, 0])
    assert coloured.coloured() is coloured


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"\x89PNG\r\n", "not an idx file: it begins with 89 50 4e 47"),
        (b"", "not an idx file: it begins with nothing"),
        (idx(np.zeros((2, 3), np.uint8))[:-1], "cut off: 17 bytes where 2x3 values need 18"),
        (idx(np.zeros((2, 3), np.uint8)) + b"\0", "too long"),
        (idx(np.zeros((2, 3), np.uint8))[:9], "cut off within its header"),
        (b"\0\0\x0d\x01\0\0\0\x01\0\0\0\0", "type 0x0d"),
        (gzip.compress(idx(np.zeros((2, 3), np.uint8)), mtime=0)[:-9], "broken gzip"),
        (b"\x1f\x8b" + bytes(30), "broken gzip"),
    ],
)
def test_what_is_no_whole_idx_file_is_refused(tmp_path: Path, data: bytes, complaint: str) -> None:
    file = tmp_path / "pictures"
    file.write_bytes(data)
    with pytest.raises(ValueError, match=complaint) as refusal:
        read_idx(file)
    assert str(file) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_files_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    corpus(tmp_path / "a", (1, 2, 12))
    corpus(tmp_path / "b", (1, 2))
    images, labels = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"
    with pytest.raises(ValueError, match=rf"label 2 in .*{labels} is 12, but there are 10 classes"):
        read_mnist(tmp_path / "a")
    with pytest.raises(ValueError, match="holds 3 pictures and .* 2 labels"):
        read_pictures(tmp_path / "a" / images, tmp_path / "b" / labels, DIGITS)
    with pytest.raises(ValueError, match="exchanged"):
        read_pictures(tmp_path / "a" / labels, tmp_path / "a" / images, DIGITS)
    with pytest.raises(ValueError, match=r"no train-images-idx3-ubyte \(or .gz\) in .*nowhere"):
        read_mnist(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="cannot be read"):
        read_idx(tmp_path)


def test_the_whole_mnist(corpora: Path) -> None:
    pictures = read_mnist(corpora / "mnist", "test")
    assert torch.bincount(pictures.y).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert float(pictures.x.mean()) == pytest.approx(2 * 0.1325 - 1, abs=1e-3)


def test_downloads_are_kept_if_they_are_the_published_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served, kept = tmp_path / "served", tmp_path / "kept"
    served.mkdir()
    for name in CHECKSUMS["mnist"]:
        (served / name).write_bytes(b"another")
    address = f"{served.as_uri()}/"
    with pytest.raises(ValueError, match="train-images-idx3-ubyte.gz is not the published file"):
        download("mnist", kept, address)
    assert list(kept.iterdir()) == []
    another = "ae448ac86c4e8e4dec645729708ef41873ae79c6dff84eff73360989487f08e5"
    monkeypatch.setitem(CHECKSUMS, "mnist", dict.fromkeys(CHECKSUMS["mnist"], another))
    monkeypatch.setitem(CORPORA, "mnist", address)
    assert main(["download", "mnist", str(kept)]) == 0
    assert {file.name for file in kept.iterdir()} == set(CHECKSUMS["mnist"])
    (served / "t10k-images-idx3-ubyte.gz").unlink()
    download("mnist", kept, address)
    with pytest.raises(ValueError, match=r"cannot be fetched .* Put t10k-images-idx3-ubyte.gz into .*other by hand"):
        download("mnist", tmp_path / "other", address)
    with pytest.raises(ValueError, match="Did you mean 'mnist'"):
        download("mnst", kept)
