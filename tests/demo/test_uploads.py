"""What visitors bring: enough of it is taken, and one sentence says what cannot be."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from disentangle.demo import uploads
from disentangle.demo.uploads import picture, recording, strokes


def tone(path: Path, seconds: float, rate: int = 8000, level: float = 0.1) -> Path:
    soundfile.write(path, level * np.sin(np.arange(round(seconds * rate)) / 5), rate)
    return path


def address(image: Image.Image) -> str:
    stream = io.BytesIO()
    image.save(stream, format="PNG")
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()


def test_a_recording_comes_at_the_models_rate(tmp_path: Path) -> None:
    assert len(recording(tone(tmp_path / "a.wav", 1.0, 48000), 8000)) == 8000


@pytest.mark.parametrize(
    ("seconds", "level", "what"), [(0.1, 0.1, "0.1 s"), (31.0, 0.1, "31.0 s"), (1.0, 0.0, "silent")]
)
def test_lengths_and_silence(tmp_path: Path, seconds: float, level: float, what: str) -> None:
    with pytest.raises(ValueError, match=f"^This recording cannot be used: .*{what}.*\\.$") as raised:
        recording(tone(tmp_path / "a.wav", seconds, level=level), 8000)
    assert str(tmp_path) not in str(raised.value)


def test_what_is_no_audio_gets_a_sentence_without_a_path(tmp_path: Path) -> None:
    for name, content in (("a.wav", b"no sound at all"), ("b.mp3", b""), ("c.wav", b"RIFF\xff\xff\xff\xffWAVEfmt ")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=r"^This recording cannot be used: ") as raised:
            recording(tmp_path / name, 8000)
        assert str(tmp_path) not in str(raised.value)


def test_large_files_are_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 100)
    with pytest.raises(ValueError, match="larger than"):
        recording(tone(tmp_path / "a.wav", 1.0), 8000)
    Image.new("L", (64, 64)).save(tmp_path / "a.bmp")
    with pytest.raises(ValueError, match="larger than"):
        picture(tmp_path / "a.bmp", 28, 1)


def test_a_picture_is_cropped_and_resized(tmp_path: Path) -> None:
    Image.new("RGB", (90, 50), "red").save(tmp_path / "a.png")
    assert picture(tmp_path / "a.png", 28, 3).shape == (3, 28, 28)


def test_a_picture_of_too_many_pixels_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("L", (200, 200)).save(tmp_path / "a.png")
    monkeypatch.setattr(uploads, "MOST_PIXELS", 39_999)
    with pytest.raises(ValueError, match="^This picture cannot be used"):
        picture(tmp_path / "a.png", 28, 1)
    (tmp_path / "b.png").write_bytes(b"none")
    with pytest.raises(ValueError, match="^This picture cannot be used"):
        picture(tmp_path / "b.png", 28, 1)


def test_strokes_come_as_they_were_painted() -> None:
    painted = Image.new("RGBA", (28, 28))
    painted.putpixel((3, 4), (255, 0, 0, 255))
    assert strokes(address(painted), 28).getpixel((3, 4)) == (255, 0, 0, 255)


@pytest.mark.parametrize(
    "said", [None, 7, "", "data:text/html;base64,AAAA", "data:image/png;base64,!!", "data:image/png;base64,AAAA"]
)
def test_what_no_canvas_sends_is_refused(said: object) -> None:
    with pytest.raises(ValueError, match="did not arrive"):
        strokes(said, 28)


def test_strokes_of_another_size_or_without_any_stroke_are_refused() -> None:
    with pytest.raises(ValueError, match="did not arrive"):
        strokes(address(Image.new("RGBA", (29, 28), "red")), 28)
    with pytest.raises(ValueError, match="did not arrive"):
        strokes("data:image/png;base64," + "A" * uploads.MOST_STROKES, 28)
    with pytest.raises(ValueError, match="Nothing is painted"):
        strokes(address(Image.new("RGBA", (28, 28))), 28)
