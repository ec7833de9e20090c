"""A canvas to paint on, as a component of the page: it sends what was painted as an address, no file is written."""

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradio import HTML

SCRIPT = Path(__file__).parent / "assets" / "canvas.js"
KEYS = "Arrow keys move, the space bar paints, shift and an arrow draw."


def canvas(
    name: str, label: str, size: int, ground: str, pens: dict[str, str], width: int, does: tuple[str, ...]
) -> "HTML":
    """A canvas with pens and buttons; its events "first" and "second" are those of the buttons.

    An event's data have ``strokes``: the painted layer as the address of a PNG with transparency; the component's value
    is the address of the picture under it.

    Args:
        name: of the element, unique on the page.
        label: for those who do not see it.
        size: pixels across.
        ground: colour where there is no picture.
        pens: colours by their names.
        width: of a stroke at the start, in pixels.
        does: what the one or two buttons say.
    """
    import gradio as gr

    chosen = "".join(
        f'<label><input type="radio" name="pen-{name}" value="{colour}"{" checked" if not place else ""}>'
        f'<i style="background:{colour if colour != "erase" else "none"}"></i>{escape(pen)}</label>'
        for place, (pen, colour) in enumerate((pens | {"rubber": "erase"}).items())
    )
    buttons = "".join(
        f'<button type="button" data-does="{event}">{escape(what)}</button>'
        for event, what in zip(("first", "second"), does, strict=False)
    )
    template = (
        f'<div class="canvas"><canvas tabindex="0" role="img" data-size="{size}" data-ground="{ground}" '
        f'aria-label="{escape(label)}. {KEYS}"></canvas>'
        f'<fieldset><legend class="hidden">Pen</legend>{chosen}</fieldset>'
        f'<label class="width">Width<input type="range" min="1" max="{max(4, size // 4)}" value="{width}"></label>'
        f'<div class="does"><button type="button" class="soft" data-does="clear">Clear</button>{buttons}</div>'
        f'<p class="note">{KEYS}</p></div>'
    )
    return gr.HTML(
        "", html_template=template, js_on_load=SCRIPT.read_text("utf-8"), elem_id=name, apply_default_css=False
    )
