"""A folder of pictures of any size: a class for each sub-folder, or a table ``labels.csv``, or no classes."""

import csv
from collections import Counter
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageOps

from disentangle.image.pictures import Bytes, Pictures, labelled

TABLE = "labels.csv"
SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"}
GREY = {"1", "L", "LA"}
COLOUR = {"RGB", "RGBA", "P", "PA", "CMYK", "YCbCr", "LAB", "HSV"}


def read_folder(
    folder: Path, size: int | None = None, channels: Literal[1, 3] | None = None, label: str = "label"
) -> Pictures:
    """All pictures of a folder in the order of their names.

    The classes are the folder's sub-folders; or, where it holds ``labels.csv``, what that table says; or there are none
    (a single one without a name). Files with other suffixes than those of pictures are no part of it.

    Args:
        folder: of pictures, or of one folder for each class.
        size: height and width in pixels; a picture is cropped about its middle to a square, then resized. None: the
            pictures are taken as they are, and must all be of one size.
        channels: 1 makes all grey (luma of ITU-R 601), 3 makes all coloured. None: as they are, and all must be grey or
            all coloured. Where a picture is transparent it is white.
        label: the column of ``labels.csv`` with the class; the column ``file`` has the path within the folder.

    Raises:
        ValueError: no pictures, sizes or modes that are mixed, a class with one picture, a file that is no picture, of
            more than 8 bits, a table that does not fit the files.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder. Give one with pictures.")
    names = _table(folder, label) if (folder / TABLE).is_file() else _sorted_into(folder)
    if not names:
        raise ValueError(f"no pictures in {folder}. Their names end in {', '.join(sorted(SUFFIXES))}.")
    classes = sorted(set(names.values()))
    single = [name for name, count in Counter(names.values()).items() if count == 1 and name]
    if single:
        raise ValueError(f"class {single[0]} in {folder} has one picture only. Give it more, or leave it out.")
    pictures = _read_all(list(names), size, channels)
    return labelled(np.stack(pictures), [classes.index(name) for name in names.values()], classes)


def _sorted_into(folder: Path) -> dict[Path, str]:
    """Each picture with the name of its sub-folder, or with none where there are no sub-folders."""
    loose = pictures_in(folder)
    nested = {
        file: below.name
        for below in sorted(folder.iterdir())
        if below.is_dir() and not below.name.startswith(".")
        for file in pictures_in(below)
    }
    if loose and nested:
        remedy = "Move it into the folder of its class"
        raise ValueError(f"{loose[0]} lies beside folders of classes in {folder}. {remedy}.")
    return nested or dict.fromkeys(loose, "")


def pictures_in(folder: Path) -> list[Path]:
    """The files of a folder whose names end as those of pictures do."""
    return sorted(
        file for file in folder.iterdir() if file.suffix.lower() in SUFFIXES and not file.name.startswith(".")
    )


def _table(folder: Path, label: str) -> dict[Path, str]:
    """Each picture that the table names, with its class."""
    table = folder / TABLE
    names: dict[Path, str] = {}
    with table.open(newline="", encoding="utf-8-sig") as lines:
        rows = csv.DictReader(lines)
        missing = [column for column in ("file", label) if column not in (rows.fieldnames or ())]
        if missing:
            columns = ", ".join(rows.fieldnames or ()) or "none"
            raise ValueError(f"{table}:1 has no column '{missing[0]}'; its columns: {columns}. Name the one to take.")
        for row in rows:
            where, file = f"{table}:{rows.line_num}", folder / (row["file"] or "")
            if not row[label] or not file.is_file():
                raise ValueError(f"{where} names no class or no picture ({row['file']}). Correct or delete the line.")
            if file in names:
                raise ValueError(f"{where} names {row['file']} a second time. Delete one of the lines.")
            names[file] = row[label]
    return dict(sorted(names.items()))


def _read_all(files: list[Path], size: int | None, channels: int | None) -> list[Bytes]:
    """Pictures (channels, height, width) of one shape."""
    pictures: list[Bytes] = []
    first = files[0]
    for file in files:
        picture = read_picture(file, size, channels)
        if pictures and len(picture) != len(pictures[0]):
            kinds = {1: "grey", 3: "coloured"}
            mixed = f"{first} is {kinds[len(pictures[0])]} and {file} {kinds[len(picture)]}"
            raise ValueError(f"{mixed}. Say how many channels all shall have (1 or 3).")
        if pictures and picture.shape != pictures[0].shape:
            (h, w), (height, width) = pictures[0].shape[1:], picture.shape[1:]
            raise ValueError(f"{first} is {w} x {h} and {file} {width} x {height}. Say what size all shall have.")
        pictures.append(picture)
    return pictures


def read_picture(file: Path, size: int | None = None, channels: int | None = None) -> Bytes:
    """One picture (channels, height, width), cropped, resized and coloured as `read_folder` says.

    Raises:
        ValueError: a file that is no picture, or one of more than 8 bits.
    """
    picture = _opened(file)
    mode = "L" if (channels or (1 if picture.mode in GREY else 3)) == 1 else "RGB"
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return _pixels(picture.convert(mode), size, Image.Resampling.LANCZOS)


def read_marked(file: Path, size: int, channels: int) -> tuple[Bytes, Bytes]:
    """A picture of which parts are transparent: its colours (channels, size, size), and how far each pixel is opaque.

    Raises:
        ValueError: as `read_picture`, or nothing is transparent.
    """
    picture = _opened(file)
    if not picture.has_transparency_data:
        raise ValueError(f"no pixel of {file} is transparent. Leave transparent what is not meant.")
    picture = picture.convert("RGBA")
    colours = picture.convert("L" if channels == 1 else "RGB")
    nearest = Image.Resampling.NEAREST
    return _pixels(colours, size, nearest), _pixels(picture.getchannel("A"), size, nearest)[0]


def size_of(file: Path) -> tuple[int, int]:
    """Width and height of a picture in pixels.

    Raises:
        ValueError: as `read_picture`.
    """
    return _opened(file).size


def _opened(file: Path) -> Image.Image:
    try:
        with Image.open(file) as opened:
            picture: Image.Image = ImageOps.exif_transpose(opened)
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"{file} is no readable picture ({error}). Replace or delete it.") from error
    if picture.mode not in GREY | COLOUR:
        raise ValueError(f"{file} is of mode {picture.mode}; grey and colours of 8 bits are read. Convert it.")
    return picture


def _pixels(picture: Image.Image, size: int | None, resampling: Image.Resampling) -> Bytes:
    if size is not None:
        picture = _middle(picture).resize((size, size), resampling)
    pixels = np.asarray(picture, np.uint8)
    return pixels[None] if pixels.ndim == 2 else np.moveaxis(pixels, 2, 0)


def _middle(picture: Image.Image) -> Image.Image:
    """The largest square about the middle."""
    side = min(picture.size)
    left, top = ((length - side) // 2 for length in picture.size)
    return picture.crop((left, top, left + side, top + side))
