"""What the rooms show: text that visitors or corpora bring is never markup, and pictures are what they were."""

import base64
import io
import re

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from disentangle.demo import figures
from disentangle.demo.figures import Bar

EVIL = '<img src=x onerror="alert(1)">'


def shown(html: str) -> NDArray[np.uint8]:
    """The first picture of some HTML."""
    found = re.search(r'src="data:image/png;base64,([^"]+)"', html)
    assert found
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(found[1]))))


def test_names_are_text() -> None:
    wave = np.sin(np.arange(4000) / 5).astype(np.float32)
    made = (
        figures.sound("Source", EVIL, wave, 8000, 1.0),
        figures.bars(EVIL, EVIL, [Bar(EVIL, 0.5, EVIL, EVIL)], 0.1, EVIL),
        figures.picture(EVIL, EVIL, np.zeros((1, 4, 4), np.uint8), "a.png"),
        figures.lineup(EVIL, EVIL, np.zeros((2, 1, 4, 4), np.uint8), 0),
        figures.alert(EVIL),
    )
    assert not [html for html in made if "<img src=x" in html]


def test_a_picture_is_shown_pixel_by_pixel() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (3, 5, 4), dtype=np.uint8)
    assert (shown(figures.picture("Before", "", pixels)) == np.moveaxis(pixels, 0, 2)).all()


def test_a_strip_has_a_column_for_each_frame() -> None:
    colours = np.random.default_rng(0).random((7, 3))
    assert (shown(figures.strip(colours, 1.0)) == (255 * colours).astype(np.uint8)[None]).all()


def test_a_spectrogram_has_its_high_tones_above() -> None:
    wave = np.sin(2 * np.pi * 3500 * np.arange(8000) / 8000).astype(np.float32)
    rows = shown(figures.sound("Source", "x", wave, 8000, 1.0)).sum((1, 2))
    assert rows.argmax() < len(rows) / 4


def test_a_short_recording_takes_its_share_of_the_width() -> None:
    wave = np.sin(np.arange(4000) / 5).astype(np.float32)
    assert "width:25.0%" in figures.sound("Source", "x", wave, 8000, 2.0)


def test_bars_stay_on_their_track_and_have_their_numbers_as_text() -> None:
    html = figures.bars("Who?", "", [Bar("ann", 1.7, "1.70", "target"), Bar("bob", -1, "-1.00")])
    assert re.findall(r"width:([\d.]+)%", html) == ["100.0", "0.0"]
    assert all(word in html for word in ("ann", "target", "1.70", "bob", "-1.00"))
