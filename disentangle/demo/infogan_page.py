"""What InfoGAN's codes look like in the Pictures room, and which controls ask what."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from torch import Tensor

from disentangle.demo import figures
from disentangle.demo.codes import Found
from disentangle.demo.events import BUSY, Data, Progress, with_data
from disentangle.demo.infogan import InfoRoom
from disentangle.image.pictures import to_bytes

if TYPE_CHECKING:
    from gradio import Blocks, State

SEEDS = 99
ROW = "the same noise and the other numbers, each number of the first category"


def build(page: "Blocks", room: InfoRoom, state: "State") -> None:
    """Lay it out below the Pictures room, whose picture is in ``state``, and connect it."""
    import gradio as gr

    noise = gr.State(None, time_to_live=3600)
    with gr.Group(elem_classes="card info"):
        gr.HTML(
            "<h2><i>4</i>InfoGAN's codes</h2><p>Numbers that nobody labelled: the generator was made to draw so that "
            "they can be read again.</p>"
        )
        with gr.Row():
            with gr.Column(min_width=280):
                categories = [
                    gr.Radio(list(range(count)), value=0, label=f"Category {place}")
                    for place, count in enumerate(room.categories, 1)
                ]
                numbers = [
                    gr.Slider(-2, 2, 0, step=0.05, label=f"Number {place}", buttons=[])
                    for place in range(1, room.continuous + 1)
                ]
                seed = gr.Slider(0, SEEDS, 0, step=1, label="Another noise", buttons=[])
                read = gr.Button("Read the code of the picture above", elem_id="read")
            with gr.Column(min_width=280):
                told = gr.HTML(elem_id="told-info")
                seen = gr.HTML(elem_id="info", elem_classes="pictures")
    values: list[Any] = [*categories, *numbers]
    light: dict[str, Any] = {
        "show_progress": "hidden",
        "concurrency_limit": 2,
        "concurrency_id": "moving",
        "api_visibility": "private",
    }
    gr.on(
        [page.load, *(value.change for value in values)],
        partial(_drawn, room),
        [noise, seed, *values],
        [seen, told],
        trigger_mode="always_last",
        **light,
    )
    seed.change(partial(_noisy, room), [seed, *values], [noise, seen, told], trigger_mode="always_last", **light)
    read.click(
        with_data(partial(_read, room), "finding the noise"),
        [state],
        [noise, *values, seen, told],
        concurrency_limit=2,
        concurrency_id=BUSY,
        show_progress_on=seen,
        api_visibility="private",
    )


def _seen(room: InfoRoom, noise: Tensor, values: Sequence[float]) -> str:
    one = figures.picture("Drawn", "by this code", to_bytes(room.picture(noise, values))[0], "infogan.png")
    others = figures.lineup(
        "Every category", ROW, to_bytes(room.row(noise, values)), int(values[0]) if room.categories else 0
    )
    return one + others


def _drawn(room: InfoRoom, noise: Tensor | None, seed: float, *values: float) -> tuple[str, str]:
    return _seen(room, room.noise(int(seed)) if noise is None else noise, values), ""


def _noisy(room: InfoRoom, seed: float, *values: float) -> tuple[Tensor, str, str]:
    noise = room.noise(int(seed))
    return noise, _seen(room, noise, values), ""


def _read(room: InfoRoom, _: Data, progress: Progress, found: Found | None) -> tuple[Any, ...]:
    """Noise and code of the picture in the room, and what is drawn of them."""
    import gradio as gr

    count = len(room.categories) + room.continuous
    shape = (room.model.config.data.channels, *[room.model.config.data.size] * 2)
    if found is None:
        return (*[gr.skip()] * (count + 2), figures.alert("There is no picture yet. Pick, draw or bring one first."))
    if found.x.shape[1:] != shape:
        return (*[gr.skip()] * (count + 2), figures.alert("This InfoGAN draws pictures of another size."))
    noise, values = room.noise_of(found.x, progress), room.read(found.x)
    return noise, *values, _seen(room, noise, values), ""
