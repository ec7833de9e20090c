"""MNIST-M is |patch - digit| in each channel, the same of the same seed, of photographs that the parts do not share."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from disentangle.image.mnist_m import blend, read_mnist_m, read_photos
from tests.image.test_idx import corpus


def photos(folder: Path, values: dict[str, int], size: tuple[int, int] = (40, 30)) -> Path:
    """One photograph of one colour for each part; its blue is 0."""
    for part, value in values.items():
        (folder / part).mkdir(parents=True)
        Image.new("RGB", size, (value, value, 0)).save(folder / part / "1.jpg", quality=100, subsampling=0)
    return folder


def test_each_channel_is_the_difference_of_patch_and_digit(tmp_path: Path) -> None:
    digits = corpus(tmp_path / "mnist")
    bsds = photos(tmp_path / "bsds", {"train": 200, "val": 200, "test": 20})
    for part, value in (("train", 200), ("test", 20)):
        pictures = read_mnist_m(tmp_path / "mnist", bsds, part)  # type: ignore[arg-type]
        pixels = (pictures.x.numpy() + 1) * 127.5
        assert pixels.shape == (3, 3, 28, 28)
        assert np.abs(pixels[:, 0] - np.abs(digits.astype(int) - value)).max() < 4
        assert np.abs(pixels[:, 2] - digits).max() < 4
        assert pictures.y.tolist() == [3, 0, 9]


def test_patches_are_of_any_place_and_photograph_and_follow_the_seed() -> None:
    """Photographs whose pixels tell where they were: row, column, number of the photograph."""
    rows, columns = np.indices((34, 40))
    pictures = [np.stack([rows, columns, np.full_like(rows, 100 + n)], 2).astype(np.uint8) for n in range(3)]
    black = np.zeros((2000, 28, 28), np.uint8)
    blended = blend(black, pictures, 0)
    tops, lefts, numbers = (blended[:, channel, 0, 0] for channel in range(3))
    assert set(tops.tolist()) == set(range(7))
    assert set(lefts.tolist()) == set(range(13))
    assert set(numbers.tolist()) == {100, 101, 102}
    assert np.array_equal(blended[:, 0], np.broadcast_to(tops[:, None, None] + rows[:28, :28], black.shape))
    assert np.array_equal(blended[:, 1], np.broadcast_to(lefts[:, None, None] + columns[:28, :28], black.shape))
    assert np.array_equal(blended, blend(black, pictures, 0))
    assert not np.array_equal(blended, blend(black, pictures, 1))


def test_the_archive_may_be_as_deep_as_it_comes(tmp_path: Path) -> None:
    photos(tmp_path / "BSR" / "BSDS500" / "data" / "images", {"train": 9})
    assert [photo.shape for photo in read_photos(tmp_path, ["train"])] == [(30, 40, 3)]


def test_what_is_missing_or_too_small_is_said(tmp_path: Path) -> None:
    corpus(tmp_path / "mnist")
    with pytest.raises(ValueError, match=r"no BSDS500 in .*: train/\*.jpg was looked for. It is at https"):
        read_mnist_m(tmp_path / "mnist", tmp_path)
    bsds = photos(tmp_path / "small", {"test": 9}, (27, 40))
    with pytest.raises(ValueError, match=r"too small for 28 x 28: \[\(40, 27\)\]"):
        read_mnist_m(tmp_path / "mnist", bsds, "test")
    (bsds / "test" / "1.jpg").write_bytes(b"no picture")
    with pytest.raises(ValueError, match=r"1.jpg is no readable photograph"):
        read_photos(bsds, ["test"])


def test_the_real_photographs(corpora: Path) -> None:
    photographs = read_photos(corpora / "bsds500", ["val"])
    assert len(photographs) == 100
    assert {photo.shape for photo in photographs} == {(321, 481, 3), (481, 321, 3)}
