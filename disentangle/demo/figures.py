"""What the rooms show, as HTML that needs no file of its own: sounds and pictures are in the page, text is escaped."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

Wave = NDArray[np.float32]
Bytes = NDArray[np.uint8]
TICKS = (500, 1000, 2000, 4000)  # Hz beside a spectrogram


@dataclass(frozen=True)
class Bar:
    """One answer of many.

    Args:
        name: of the answer.
        share: how long the bar is, 0 to 1.
        shown: the number beside it.
        mark: what else is to be said of the answer, such as "target".
    """

    name: str
    share: float
    shown: str
    mark: str = ""


def png(pixels: Bytes) -> str:
    """Pixels (height, width) or (height, width, 3) as an address that holds them."""
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format="PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode("ascii")


def _spectrogram(wave: Wave, rate: int) -> str:
    from matplotlib import colormaps

    from disentangle.report.hearing import RANGE, spectrogram

    level = 1 + spectrogram(wave, rate)[::-1] / RANGE
    return png((255 * colormaps["magma"](level)[..., :3]).astype(np.uint8))


def sound(role: str, name: str, wave: Wave, rate: int, longest: float) -> str:
    """A recording to hear and to see.

    Args:
        role: source, voice or result.
        name: whose.
        wave: (samples,).
        rate: Hz.
        longest: seconds that the full width stands for, the same for recordings beside each other.
    """
    from disentangle.report.hearing import flac_uri

    role, name, seconds = escape(role), escape(name), len(wave) / rate
    width = min(100.0, 100 * seconds / max(longest, 1e-3))
    ticks = "".join(
        f'<i style="bottom:{100 * _mel(hertz) / _mel(rate / 2):.1f}%">{hertz / 1000:g}</i>'
        for hertz in TICKS
        if hertz < 0.9 * rate / 2
    )
    return (
        f'<figure class="sound {role.lower()}"><figcaption><b>{role}</b><span>{name}</span>'
        f"<small>{seconds:.1f} s</small></figcaption>"
        f'<div class="seen"><span class="ticks" aria-hidden="true">{ticks}<u>kHz</u></span><div class="sky">'
        f'<img style="width:{width:.1f}%" src="{_spectrogram(wave, rate)}" alt="Spectrogram of {role.lower()}, {name}">'
        f'</div></div><audio controls preload="metadata" aria-label="{role}: {name}" src="{flac_uri(wave, rate)}">'
        "</audio></figure>"
    )


def _mel(hertz: float) -> float:
    return float(np.log10(1 + hertz / 700))


def bars(title: str, note: str, rows: Sequence[Bar], line: float | None = None, line_name: str = "") -> str:
    """Answers as bars, the first one lit.

    Args:
        title, note: what is asked, and how it was answered.
        rows: the answers.
        line: where a dashed line stands, 0 to 1.
        line_name: what it stands for.
    """
    drawn = "".join(_bar(row, place, line) for place, row in enumerate(rows))
    key = f'<p class="key"><i></i>{escape(line_name)}</p>' if line is not None else ""
    return (
        f'<section class="answers"><h3>{escape(title)}</h3><ol>{drawn}</ol>{key}'
        f'<p class="note">{escape(note)}</p></section>'
    )


def _bar(row: Bar, place: int, line: float | None) -> str:
    mark = f"<em>{escape(row.mark)}</em>" if row.mark else ""
    dashed = f'<u style="left:{100 * line:.1f}%"></u>' if line is not None else ""
    return (
        f'<li class="{"first" if not place else ""}"><span>{escape(row.name)}{mark}</span>'
        f'<i class="track"><b style="width:{100 * min(max(row.share, 0), 1):.1f}%"></b>{dashed}</i>'
        f"<small>{escape(row.shown)}</small></li>"
    )


def strip(colours: NDArray[np.floating], seconds: float) -> str:
    """A coloured strip, a column for each frame of content.

    Args:
        colours: (frames, 3) from 0 to 1.
        seconds: how long it is.
    """
    pixels = (255 * np.clip(colours, 0, 1)).astype(np.uint8)[None]
    return (
        '<section class="answers"><h3>Content, frame by frame</h3>'
        f'<img class="strip" src="{png(pixels)}" alt="{len(colours)} coloured columns, one for each frame of content">'
        f'<p class="ends" aria-hidden="true"><span>0 s</span><span>{seconds:.1f} s</span></p>'
        '<p class="note">The code that says what is said. Frames of one colour have nearly one code; the three '
        "principal components of the gallery's codes are red, green and blue.</p></section>"
    )


def pixels_of(picture: Bytes) -> Bytes:
    """(channels, height, width) -> (height, width) or (height, width, 3)."""
    return picture[0] if len(picture) == 1 else np.moveaxis(picture, 0, 2)


def picture(title: str, note: str, pixels: Bytes, download: str = "") -> str:
    """A picture (channels, height, width), enlarged, and a link to keep it where ``download`` names a file."""
    address = png(pixels_of(pixels))
    link = f'<a class="keep" href="{address}" download="{escape(download)}">Download PNG</a>' if download else ""
    return (
        f'<figure class="picture"><img src="{address}" alt="{escape(title)}">'
        f"<figcaption><b>{escape(title)}</b><small>{escape(note)}</small>{link}</figcaption></figure>"
    )


def alert(sentence: str) -> str:
    """What is to be said to the visitor; nothing where there is nothing to say."""
    return f'<p class="alert" role="alert">{escape(sentence)}</p>' if sentence else ""


def lineup(title: str, note: str, pictures: Bytes, lit: int) -> str:
    """Pictures (n, channels, height, width) side by side, one of them lit."""
    each = "".join(
        f'<img class="{"lit" if place == lit else ""}" src="{png(pixels_of(pixels))}" alt="{place}">'
        for place, pixels in enumerate(pictures)
    )
    return (
        f'<figure class="lineup"><div>{each}</div><figcaption><b>{escape(title)}</b><small>{escape(note)}</small>'
        "</figcaption></figure>"
    )
