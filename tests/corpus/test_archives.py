"""Archives come back as they went in, can be moved, and are never half-written."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import kaldiio
import numpy as np
import pytest
from numpy.typing import NDArray

from disentangle.corpus.archives import read, write, write_npz

ITEMS = {"b": np.arange(6.0).reshape(3, 2), "a": np.arange(4.0), "ü": np.ones((1, 5), np.float32)}


@pytest.mark.parametrize("writer", [write, write_npz])
def test_arrays_come_back_as_float32(tmp_path: Path, writer: type) -> None:
    back = read(writer(tmp_path / "new", "x", ITEMS.items()))
    assert set(back) == set(ITEMS)
    for key, array in ITEMS.items():
        assert back[key].dtype == np.float32
        assert np.array_equal(back[key], array)


def test_kaldi_reads_them_and_the_index_is_sorted(tmp_path: Path) -> None:
    scp = write(tmp_path, "x", ITEMS.items())
    assert [line.split()[0] for line in scp.read_text("utf-8").splitlines()] == ["a", "b", "ü"]
    assert np.array_equal(kaldiio.load_scp(str(scp))["b"], ITEMS["b"])
    assert [key for key, _ in kaldiio.load_ark(str(tmp_path / "x.ark"))] == ["b", "a", "ü"]


def test_an_archive_that_has_moved_is_found_beside_its_index(tmp_path: Path) -> None:
    write(tmp_path / "old", "x", ITEMS.items())
    shutil.move(tmp_path / "old", tmp_path / "new")
    assert np.array_equal(read(tmp_path / "new" / "x.scp")["a"], ITEMS["a"])


@pytest.mark.parametrize("writer", [write, write_npz])
def test_a_failed_write_leaves_the_older_archive(tmp_path: Path, writer: type) -> None:
    path = writer(tmp_path, "x", ITEMS.items())
    files = sorted(tmp_path.iterdir())

    def broken() -> Iterator[tuple[str, NDArray[np.float64]]]:
        yield "c", np.zeros(3)
        raise ValueError("a wave that cannot be embedded")

    with pytest.raises(ValueError, match="cannot be embedded"):
        writer(tmp_path, "x", broken())
    assert sorted(tmp_path.iterdir()) == files
    assert set(read(path)) == set(ITEMS)


def test_missing_and_damaged_archives_are_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no archive .*x.scp.*disentangle embed"):
        read(tmp_path / "x.scp")
    scp = write(tmp_path, "x", ITEMS.items())
    (tmp_path / "x.ark").write_bytes(b"nothing of the kind")
    with pytest.raises(ValueError, match=r"not readable as an archive .*x.scp"):
        read(scp)
