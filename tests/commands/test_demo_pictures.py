"""The Pictures room of `demo` without a browser: what it finds, moves, paints and fills, and InfoGAN's codes."""

import gc
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from disentangle import released
from disentangle.demo import codes, infogan, picture_page
from disentangle.demo.codes import Found, PictureRoom
from disentangle.demo.infogan import InfoRoom
from disentangle.image.properties import PROPERTIES
from tests.commands.test_code_space import mnist, vae  # noqa: F401
from tests.commands.test_code_space import trained as trained_pictures


def untold(_: float) -> None:
    """Nobody watches the progress."""


@pytest.fixture
def gradio() -> Iterator[None]:
    """Gradio, which leaves event loops to the collector."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("gradio")
        yield
        gc.collect()


@pytest.fixture(scope="module")
def info(tmp_path_factory: pytest.TempPathFactory, mnist: Path) -> Path:  # noqa: F811
    code = ("network.code=16", "info.categories=[3]", "info.uniform=2")
    return trained_pictures(tmp_path_factory.mktemp("exp") / "infogan", mnist, "infogan", 2, *code)


@pytest.fixture(scope="module")
def picture_room(vae: Path) -> PictureRoom:  # noqa: F811
    return codes.opened(vae)


@pytest.fixture(scope="module")
def info_room(info: Path) -> InfoRoom:
    return infogan.opened(info)


@pytest.fixture(scope="module")
def found(picture_room: PictureRoom) -> Found:
    return picture_room.find(picture_room.read(picture_room.examples[4]), untold)


def test_the_room_knows_its_ground_and_its_attributes(picture_room: PictureRoom) -> None:
    assert picture_room.dark
    assert list(picture_room.ways) == ["slanted", "thick", "direction 1", "direction 2"]
    assert list(picture_room.classes) == [str(digit) for digit in range(10)]


def test_without_pictures_attributes_are_learnt_from_drawings() -> None:
    """As the package's own generator does, whose pictures nobody needs to have."""
    room = codes.opened(released.find("mnist"))
    assert list(room.ways) == ["slanted", "thick", "direction 1", "direction 2"]
    assert room.classes == {} and room.dark
    z = room.model.drawn(1, seed=3)
    found = Found(room.model.pictures(z), z, room.model.pictures(z), 0.0)
    for name, measure in PROPERTIES.items():
        less, more = (measure(room.moved(found, {name: strength})) for strength in (-2.0, 2.0))
        assert float(more) > float(less), name


def test_progress_rises_to_its_end(picture_room: PictureRoom) -> None:
    told: list[float] = []
    picture_room.find(picture_room.read(picture_room.examples[0]), told.append)
    assert told and told == sorted(told) and 0 < told[-1] <= 1


def test_nothing_moved_gives_the_picture_back(picture_room: PictureRoom, found: Found) -> None:
    assert torch.equal(picture_room.moved(found, dict.fromkeys(picture_room.ways, 0.0)), found.x)
    assert not torch.equal(picture_room.moved(found, {"7": 4.0}), found.x)


def bar(picture_room: PictureRoom, row: int, colour: str = "white") -> Image.Image:
    painted = Image.new("RGBA", (picture_room.size,) * 2)
    ImageDraw.Draw(painted).rectangle((4, row, 23, row + 1), fill=colour)
    return painted


def test_what_is_painted_comes_nearer(picture_room: PictureRoom, found: Found) -> None:
    rows = slice(4, 6)
    made = picture_room.painted(found, bar(picture_room, 4), untold)
    assert float(made[0, 0, rows, 4:24].mean()) > float(found.x[0, 0, rows, 4:24].mean()) + 0.2


def test_what_is_not_covered_stays_as_it_is(picture_room: PictureRoom, found: Found) -> None:
    strokes = bar(picture_room, 12)
    made = picture_room.filled(found, strokes, untold)
    known = torch.from_numpy(np.asarray(strokes.getchannel("A")) == 0)
    assert torch.equal(made[0, 0][known], found.x[0, 0][known])
    with pytest.raises(ValueError, match="Nothing is left"):
        picture_room.filled(found, Image.new("RGBA", (picture_room.size,) * 2, "black"), untold)


def test_a_drawing_is_brought_to_the_middle(picture_room: PictureRoom) -> None:
    pad = Image.new("RGBA", (56, 56))
    ImageDraw.Draw(pad).rectangle((2, 3, 6, 12), fill="black")
    x = picture_room.drawn(pad)
    assert x.shape == (1, 1, 28, 28) and float(x.min()) == -1 and float(x.max()) == 1
    ink = (x[0, 0] + 1) / 2
    places = torch.arange(28.0)
    assert float((ink.sum(1) * places).sum() / ink.sum()) == pytest.approx(13.5, abs=0.6)
    assert float((ink.sum(0) * places).sum() / ink.sum()) == pytest.approx(13.5, abs=0.6)


@pytest.mark.usefixtures("gradio")
def test_pictures_that_visitors_bring(picture_room: PictureRoom, tmp_path: Path) -> None:
    (tmp_path / "none.png").write_bytes(b"none")
    sliders = len(picture_room.ways)

    def ask(brought: Callable[..., Any], said: dict[str, Any], *inputs: Any) -> tuple[Any, ...]:
        return picture_page._found(
            picture_room, sliders, lambda *a: brought(picture_room, *a), said.get, untold, *inputs
        )

    good = ask(picture_page._picked, {"place": 3})
    assert isinstance(good[0], Found) and good[1].count("<figure") == 3 and good[2].startswith("data:image/png")
    assert "download=" in good[1] and good[3] == "" and good[4:] == (0.0,) * sliders + (picture_page.NO_CLASS,)
    for brought, said, inputs in (
        (picture_page._picked, {"place": 99}, ()),
        (picture_page._picked, {"place": "x"}, ()),
        (picture_page._drawn, {"strokes": "x"}, ()),
        (picture_page._uploaded, {}, (str(tmp_path / "none.png"),)),
        (picture_page._uploaded, {}, (None,)),
    ):
        answer = ask(brought, said, *inputs)
        assert 'role="alert"' in answer[3] and str(tmp_path) not in answer[3]
    assert 'role="alert"' in picture_page._moved(picture_room, None, picture_page.NO_CLASS, 2, *[0.0] * sliders)[1]
    assert 'role="alert"' in picture_page._painted(picture_room, picture_room.painted, lambda _: None, untold, None)[1]


# InfoGAN's codes


def test_a_category_is_one_of_its_row(info_room: InfoRoom) -> None:
    noise = info_room.noise(3)
    assert torch.equal(noise, info_room.noise(3)) and not torch.equal(noise, info_room.noise(4))
    row = info_room.row(noise, [0, 0.5, -0.5])
    assert len(row) == 3
    for number in range(3):
        assert torch.allclose(info_room.picture(noise, [number, 0.5, -0.5])[0], row[number], atol=1e-5)


def test_a_code_that_is_read_can_be_set(info_room: InfoRoom, found: Found) -> None:
    category, *numbers = info_room.read(found.x)
    assert category in range(3) and len(numbers) == 2 and all(-1 <= number <= 1 for number in numbers)
    assert info_room.noise_of(found.x, untold).shape == info_room.noise(0).shape


def test_another_system_has_no_such_codes(vae: Path) -> None:  # noqa: F811
    with pytest.raises(ValueError, match="no InfoGAN but 'vae'"):
        infogan.opened(vae)
