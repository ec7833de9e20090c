"""Figures that take their colours from the page: inline SVG whose ink and hues are the style sheet's variables."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, LINE, SOFT = "#010203", "#040506", "#070809"  # stand-ins that the page's own colours replace
VARIABLES = {INK: "currentColor", LINE: "var(--line)", SOFT: "var(--soft)"}
HUES = [  # read well on light and on dark pages
    *("#3b7de0", "#e8743b", "#2fa36b", "#c64b8c", "#8f63d2", "#c9a227"),
    *("#1f9fb5", "#d64545", "#6f9a2d", "#7a7f87", "#a9683f", "#e07bb5"),
]

_STYLE: dict[Any, object] = {
    "svg.fonttype": "none",
    "font.size": 9.5,
    "axes.edgecolor": LINE,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "grid.color": LINE,
    "grid.linewidth": 0.7,
}


@dataclass(frozen=True)
class Key:
    """One line of a legend: a colour, its name, and the id of what the figure draws in it, if that can be lit up."""

    colour: str
    label: str
    group: str = ""

    @property
    def css(self) -> str:
        """The colour as the style sheet knows it."""
        return VARIABLES.get(self.colour, self.colour)


@dataclass(frozen=True)
class Panel:
    """A figure (SVG) with its heading, the legend of its colours and a sentence below."""

    title: str
    figure: str
    legend: tuple[Key, ...] = ()
    note: str = ""


@contextmanager
def drawing(name: str, width: float = 4.6, height: float = 3.1) -> Iterator[tuple["Figure", "Axes"]]:
    """A figure with one panel in the page's style.

    Args:
        name: unique on the page; keeps what the figure refers to inside itself apart from other figures.
        width: inches; 4.6 is a third of a wide page or the whole of a narrow one.
        height: inches.
    """
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context({**_STYLE, "svg.hashsalt": name}):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure, figure.subplots()


def svg(figure: "Figure", alt: str) -> str:
    """The figure as an SVG element that scales with the page, its colours the page's.

    Args:
        figure: made inside ``drawing``.
        alt: what it shows, for those who do not see it.
    """
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = stream.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r' (width|height)="[\d.]+pt"', "", text, count=2)
    text = re.sub(r"<svg([^>]*)>", rf'<svg\1 role="img" aria-label="{escape(alt)}">', text, count=1)
    for stand_in, variable in VARIABLES.items():
        text = text.replace(stand_in, variable)
    used = set(re.findall(r'#([\w.-]+)["\)]', text))
    return re.sub(r' id="([\w.-]+)"', lambda found: found[0] if _kept(found[1], used) else "", text)


def _kept(name: str, used: set[str]) -> bool:
    return name in used or name.startswith("group-")


def hues(count: int) -> list[str]:
    """As many colours as asked for: the page's own twelve, or a wheel of evenly spaced hues when there are more."""
    if count <= len(HUES):
        return HUES[:count]
    from colorsys import hls_to_rgb

    wheel = [hls_to_rgb(k / count, (0.45, 0.6)[k % 2], (0.75, 0.55)[k // 2 % 2]) for k in range(count)]
    return ["#" + "".join(f"{round(255 * part):02x}" for part in colour) for colour in wheel]


def bare(axes: "Axes") -> None:
    """No ticks and no frame, for maps whose axes mean nothing."""
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
