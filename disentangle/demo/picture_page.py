"""What the Pictures room looks like, and which of its controls asks it what."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image
from torch import Tensor

from disentangle.demo import figures
from disentangle.demo.canvas import canvas
from disentangle.demo.codes import Found, PictureRoom
from disentangle.demo.events import BUSY, Data, Progress, with_data
from disentangle.demo.picker import picker
from disentangle.demo.uploads import picture, strokes
from disentangle.image.pictures import to_bytes

if TYPE_CHECKING:
    from gradio import HTML, Dropdown, Slider, State
    from gradio import Image as Upload

REACH = 4.0  # deviations to both sides
NO_CLASS = "no digit"
PAD = 56  # pixels of the drawing pad, which is finer than what is drawn


def build(room: PictureRoom) -> "State":
    """Lay the room out inside a page, and connect it; the visitor's picture, which other rooms may look at."""
    import gradio as gr

    ground = "#000000" if room.dark else "#ffffff"
    pens = {"white": "#ffffff", "black": "#000000", "grey": "#808080"}
    pens |= {"red": "#d62f2f", "green": "#2fa36b", "blue": "#2f6fd6"} if room.channels == 3 else {}
    state = gr.State(None, time_to_live=3600)
    with gr.Row(elem_classes="room"):
        with gr.Column(elem_classes="asking", min_width=300):
            picked, pad, upload = _ways_in(room)
            sliders, classes, strength = _attributes(room)
        with gr.Column(elem_classes="answering", min_width=300):
            told = gr.HTML(elem_id="told-picture")
            seen = gr.HTML(_waiting(), elem_id="seen", elem_classes="pictures")
            with gr.Group(elem_classes="card"):
                gr.HTML(
                    "<h2><i>3</i>Paint, or erase</h2><p>Paint how it shall look, or cover what is to be filled.</p>"
                )
                board = canvas(
                    "board", "The picture, to paint on", room.size, ground, pens, max(2, room.size // 12),
                    ("Make it look so", "Fill what is covered"),
                )  # fmt: skip
    shown = [state, seen, board, told, *sliders, classes]
    heavy: dict[str, Any] = {
        "concurrency_limit": 2,
        "concurrency_id": BUSY,
        "show_progress_on": seen,
        "api_visibility": "private",
    }
    for event, brought, inputs in (
        (picked.pick, partial(_picked, room), []),
        (pad.first, partial(_drawn, room), []),
        (upload.upload, partial(_uploaded, room), [upload]),
    ):
        event(with_data(partial(_found, room, len(sliders), brought), "finding the code"), inputs, shown, **heavy)
    gr.on(
        [*(slider.change for slider in sliders), classes.change, strength.change],
        partial(_moved, room),
        [state, classes, strength, *sliders],
        [seen, told],
        trigger_mode="always_last",
        show_progress="hidden",
        concurrency_limit=2,
        concurrency_id="moving",
        api_visibility="private",
    )
    for event, does in ((board.first, room.painted), (board.second, room.filled)):
        event(with_data(partial(_painted, room, does), "searching"), [state], [seen, told], **heavy)
    return state


def _ways_in(room: PictureRoom) -> "tuple[HTML, HTML, Upload]":
    """Pictures to pick, a drawing pad, and an upload."""
    import gradio as gr

    with gr.Group(elem_classes="card"):
        gr.HTML("<h2><i>1</i>A picture</h2>")
        with gr.Tabs(elem_id="ways-in"):
            with gr.Tab("Pick"):
                picked = picker("picked", "Pictures to begin with", room.examples)
            with gr.Tab("Draw"):
                pad = canvas("pad", "Drawing pad", PAD, "#ffffff", {"pen": "#000000"}, 5, ("Use this drawing",))
            with gr.Tab("Upload"):
                upload = gr.Image(
                    sources=["upload"],
                    type="filepath",
                    label="A picture",
                    elem_id="upload",
                    buttons=[],
                    height=180,
                )
    return picked, pad, upload


def _attributes(room: PictureRoom) -> "tuple[list[Any], Dropdown, Slider]":
    """A slider for each way, a class, and how much of it."""
    import gradio as gr

    with gr.Group(elem_classes="card"):
        gr.HTML("<h2><i>2</i>More or less of it</h2>")
        sliders = [gr.Slider(-REACH, REACH, 0, step=0.1, label=name.capitalize(), buttons=[]) for name in room.ways]
        classes = gr.Dropdown(
            [NO_CLASS, *room.classes], value=NO_CLASS, label="Like the class", visible=bool(room.classes)
        )
        strength = gr.Slider(
            0, REACH, 2, step=0.1, label="How much of the class", visible=bool(room.classes), buttons=[]
        )
    return sliders, classes, strength


def _waiting() -> str:
    return '<p class="waiting">Pick a picture, draw one or bring one: once its code is found, it can be changed.</p>'


def _picked(room: PictureRoom, data: Data) -> Tensor:
    place = data("place")
    if not isinstance(place, int) or not 0 <= place < len(room.examples):
        raise ValueError("There is no such picture. Pick another.")
    return room.read(room.examples[place])


def _drawn(room: PictureRoom, data: Data) -> Tensor:
    return room.drawn(strokes(data("strokes"), PAD))


def _uploaded(room: PictureRoom, _: Data, upload: str | None) -> Tensor:
    if upload is None:
        raise ValueError("No picture has arrived. Bring one.")
    return room.read(picture(Path(upload), room.size, room.channels))


def _found(
    room: PictureRoom, sliders: int, brought: Callable[..., Tensor], data: Data, progress: Progress, *inputs: Any
) -> tuple[Any, ...]:
    """The visitor's picture and its code, everything else as at the start."""
    import gradio as gr

    try:
        x = brought(data, *inputs)
    except ValueError as error:
        return (*[gr.skip()] * 3, figures.alert(str(error)), *[gr.skip()] * (sliders + 1))
    found = room.find(x, progress)
    address = figures.png(figures.pixels_of(to_bytes(x)[0]))
    return found, _seen(found, None), address, "", *[0.0] * sliders, NO_CLASS


def _seen(found: Found, changed: Tensor | None) -> str:
    drawn = f"mean squared error {found.error:.3f}"
    after = found.image if changed is None else changed
    return "".join(
        (
            figures.picture("Before", "your picture", to_bytes(found.x)[0]),
            figures.picture("Its code, drawn", drawn, to_bytes(found.image)[0], "code.png"),
            figures.picture("After", "move a slider, paint or erase", to_bytes(after)[0], "after.png"),
        )
    )


def _moved(room: PictureRoom, found: Found | None, name: str, strength: float, *values: float) -> tuple[str, str]:
    if found is None:
        return _waiting(), figures.alert("There is no picture yet. Pick, draw or bring one first.")
    strengths = dict(zip(room.ways, values, strict=True)) | ({name: strength} if name in room.classes else {})
    return _seen(found, room.moved(found, strengths)), ""


def _painted(
    room: PictureRoom,
    does: Callable[[Found, Image.Image, Progress], Tensor],
    data: Data,
    progress: Progress,
    found: Found | None,
) -> tuple[Any, str]:
    import gradio as gr

    try:
        if found is None:
            raise ValueError("There is no picture yet. Pick, draw or bring one first.")
        changed = does(found, strokes(data("strokes"), room.size), progress)
    except ValueError as error:
        return gr.skip(), figures.alert(str(error))
    return _seen(found, changed), ""
