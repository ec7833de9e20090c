"""What visitors bring along: how much of it is taken, and one sentence about what cannot be."""

import base64
import binascii
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from disentangle.corpus import audio

if TYPE_CHECKING:
    from PIL import Image

MOST_BYTES = 10_000_000  # of an upload
SHORTEST, LONGEST = 0.3, 30.0  # seconds of a recording
MOST_PIXELS = 20_000_000  # of a picture
MOST_STROKES = 400_000  # characters of an address that holds what was painted
_PNG = "data:image/png;base64,"

Wave = NDArray[np.float32]
Bytes = NDArray[np.uint8]


def recording(path: Path, rate: int) -> Wave:
    """A recording that a visitor brings, (samples,) at ``rate`` Hz.

    Raises:
        ValueError: a sentence for the visitor: no audio, too large, too short, too long, silent.
    """
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"This file is larger than {MOST_BYTES // 1_000_000} MB. Take a shorter recording.")
    try:
        seconds, _ = audio.duration(str(path))
        if not SHORTEST <= seconds <= LONGEST:
            raise ValueError(f"{seconds:.1f} s of sound, where {SHORTEST} to {LONGEST:.0f} s are taken, {path}.")
        return audio.load(path, rate)
    except ValueError as error:
        what = _without(str(error), path)
        raise ValueError(f"This recording cannot be used: {what}. Take WAV, FLAC, OGG or MP3.") from None


def _without(said: str, path: Path) -> str:
    """What an error says before it comes to the file, of which a visitor knows another name."""
    return said.partition(f", {path}")[0].replace(str(path), "it").rstrip(". ")


def picture(path: Path, size: int, channels: int) -> Bytes:
    """A picture that a visitor brings, cropped and resized, (channels, size, size).

    Raises:
        ValueError: a sentence for the visitor: no picture, or too large.
    """
    from PIL import Image

    from disentangle.image.folder import read_picture

    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"This file is larger than {MOST_BYTES // 1_000_000} MB. Take a smaller picture.")
    try:
        with Image.open(path) as opened:  # tells the size before anything is unpacked
            pixels = opened.width * opened.height
        if pixels > MOST_PIXELS:
            raise ValueError(f"{pixels // 1_000_000} million pixels")
        return read_picture(path, size, channels)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        most = f"up to {MOST_PIXELS // 1_000_000} million pixels"
        raise ValueError(f"This picture cannot be used. Take PNG, JPEG, GIF or WebP of {most}.") from None


def strokes(address: object, size: int | None = None) -> "Image.Image":
    """What was painted on a canvas: a picture with transparency, from the ``data:`` address that holds it.

    Args:
        address: of a PNG.
        size: width and height that it must have; None: any up to 1024.

    Raises:
        ValueError: no PNG, of another size, or nothing was painted.
    """
    from PIL import Image

    if not isinstance(address, str) or len(address) > MOST_STROKES or not re.match(re.escape(_PNG), address):
        raise ValueError("What was painted did not arrive. Paint again.")
    try:
        found = Image.open(io.BytesIO(base64.b64decode(address.removeprefix(_PNG), validate=True)))
        if max(found.size) > 1024 or (size is not None and found.size != (size, size)):
            raise ValueError("another size")
        painted: Image.Image = found.convert("RGBA")
    except (OSError, SyntaxError, ValueError, binascii.Error):
        raise ValueError("What was painted did not arrive. Paint again.") from None
    if not painted.getchannel("A").getbbox():
        raise ValueError("Nothing is painted yet. Paint on the canvas first.")
    return painted
