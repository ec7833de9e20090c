"""Folders of pictures in every layout, converted by one rule; mixed sizes or modes are refused unless told."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from disentangle.image.folder import read_folder


def picture(file: Path, mode: str = "L", size: tuple[int, int] = (8, 6), colour: object = 100) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(file)  # type: ignore[arg-type]
    return file


def classes(folder: Path) -> Path:
    for name, colour in (("dog", 0), ("cat", 255)):
        for number in (1, 2, 3):
            picture(folder / name / f"{number}.png", colour=colour)
    (folder / "README.md").write_text("not a picture")
    return folder


def test_each_folder_is_a_class(tmp_path: Path) -> None:
    pictures = read_folder(classes(tmp_path))
    assert pictures.x.shape == (6, 1, 6, 8)
    assert pictures.classes == ("cat", "dog")
    assert pictures.y.tolist() == [0, 0, 0, 1, 1, 1]
    assert pictures.x.flatten(1).mean(1).tolist() == [1, 1, 1, -1, -1, -1]


def test_a_table_names_the_classes(tmp_path: Path) -> None:
    classes(tmp_path)
    rows = ["file,person,glasses", "dog/2.png,bob,yes", "cat/1.png,ann,yes", "cat/3.png,ann,no", "dog/1.png,bob,no"]
    (tmp_path / "labels.csv").write_text("\n".join(rows))
    pictures = read_folder(tmp_path, label="person")
    assert [pictures.classes[y] for y in pictures.y] == ["ann", "ann", "bob", "bob"]
    assert pictures.x.flatten(1).mean(1).tolist() == [1, 1, -1, -1]
    pictures = read_folder(tmp_path, label="glasses")
    assert [pictures.classes[y] for y in pictures.y] == ["yes", "no", "no", "yes"]


def test_loose_pictures_have_one_class_without_a_name(tmp_path: Path) -> None:
    picture(tmp_path / "b.JPG", "RGB", colour=(255, 0, 0))
    pictures = read_folder(tmp_path)
    assert (pictures.x.shape, pictures.classes, pictures.y.tolist()) == ((1, 3, 6, 8), ("",), [0])


def test_a_picture_is_cropped_about_its_middle_and_resized(tmp_path: Path) -> None:
    """White with black bars at the edges, of which nothing is left."""
    pixels = np.full((20, 40), 255, np.uint8)
    pixels[:, :10] = pixels[:, 30:] = 0
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    Image.fromarray(pixels.T).save(tmp_path / "tall.png")
    pictures = read_folder(tmp_path, size=5)
    assert pictures.x.shape == (2, 1, 5, 5)
    assert float(pictures.x.min()) == 1
    assert read_folder(tmp_path, size=30).x.shape == (2, 1, 30, 30)


def test_modes_are_converted_by_one_rule(tmp_path: Path) -> None:
    colours = {"RGB": (100, 100, 100), "RGBA": (100, 100, 100, 255), "L": 100, "LA": (100, 255)}
    for mode, colour in colours.items():
        picture(tmp_path / f"{mode}.png", mode, colour=colour)
    picture(tmp_path / "palette.png", "RGB", colour=(100, 100, 100)).with_suffix("")
    Image.open(tmp_path / "palette.png").quantize(4).save(tmp_path / "palette.png")
    for channels in (1, 3):
        pictures = read_folder(tmp_path, channels=channels)
        assert pictures.x.shape == (5, channels, 6, 8)
        assert torch.allclose(pictures.x, torch.tensor(100 / 127.5 - 1), atol=1e-2)


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    picture(tmp_path / "clear.png", "RGBA", colour=(0, 0, 0, 0))
    assert float(read_folder(tmp_path).x.min()) == 1


def test_mixtures_are_refused_unless_size_and_channels_are_told(tmp_path: Path) -> None:
    picture(tmp_path / "sizes" / "a.png")
    picture(tmp_path / "sizes" / "b.png", size=(9, 6))
    with pytest.raises(ValueError, match=r"a.png is 8 x 6 and .*b.png 9 x 6. Say what size"):
        read_folder(tmp_path / "sizes")
    picture(tmp_path / "modes" / "a.png")
    picture(tmp_path / "modes" / "b.png", "RGB", colour=(1, 2, 3))
    with pytest.raises(ValueError, match=r"a.png is grey and .*b.png coloured. Say how many channels"):
        read_folder(tmp_path / "modes", size=4)
    assert read_folder(tmp_path / "modes", size=4, channels=3).x.shape == (2, 3, 4, 4)


def test_folders_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is no folder"):
        read_folder(tmp_path / "nothing")
    with pytest.raises(ValueError, match="no pictures in"):
        read_folder(tmp_path)
    picture(classes(tmp_path / "one") / "bird" / "1.png")
    with pytest.raises(ValueError, match="class bird in .*one has one picture only"):
        read_folder(tmp_path / "one")
    picture(classes(tmp_path / "loose") / "0.png")
    with pytest.raises(ValueError, match=r"0.png lies beside folders of classes"):
        read_folder(tmp_path / "loose")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "a.png").write_bytes(b"no picture")
    with pytest.raises(ValueError, match=r"a.png is no readable picture"):
        read_folder(tmp_path / "broken")
    whole = picture(tmp_path / "cut" / "a.png", size=(90, 90)).read_bytes()
    (tmp_path / "cut" / "a.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"a.png is no readable picture"):
        read_folder(tmp_path / "cut")
    picture(tmp_path / "deep" / "a.png", "I;16", colour=4000)
    with pytest.raises(ValueError, match=r"a.png is of mode I;16; grey and colours of 8 bits"):
        read_folder(tmp_path / "deep")


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ("file,kind\ndog/1.png,x\n", r"labels.csv:1 has no column 'label'; its columns: file, kind"),
        ("", r"labels.csv:1 has no column 'file'; its columns: none"),
        ("file,label\ndog/1.png,x\ndog/7.png,x\n", r"labels.csv:3 names no class or no picture \(dog/7.png\)"),
        ("file,label\ndog/1.png\n", r"labels.csv:2 names no class"),
        ("file,label\ndog/1.png,x\ndog/1.png,y\n", r"labels.csv:3 names dog/1.png a second time"),
        ("file,label\ndog/1.png,x\ndog/2.png,x\ncat/1.png,y\n", "class y in .* has one picture only"),
        ("file,label\n", "no pictures in"),
    ],
)
def test_tables_that_do_not_fit_are_refused(tmp_path: Path, table: str, complaint: str) -> None:
    classes(tmp_path)
    (tmp_path / "labels.csv").write_text(table)
    with pytest.raises(ValueError, match=complaint):
        read_folder(tmp_path)


def test_real_faces(corpora: Path) -> None:
    faces = read_folder(corpora / "att_faces", size=32)
    assert (faces.x.shape, len(faces.classes)) == ((400, 1, 32, 32), 40)
