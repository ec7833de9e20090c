"""Pictures to pick one of, as buttons of the page."""

from typing import TYPE_CHECKING

from disentangle.demo.figures import pixels_of, png
from disentangle.image.pictures import Bytes

if TYPE_CHECKING:
    from gradio import HTML

SCRIPT = """
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-place]");
  if (!button) return;
  for (const each of element.querySelectorAll("button")) each.setAttribute("aria-pressed", String(each === button));
  trigger("pick", { place: Number(button.dataset.place) });
});
"""


def picker(name: str, label: str, pictures: Bytes) -> "HTML":
    """Buttons of pictures (n, channels, height, width); its event "pick" has the ``place`` of one."""
    import gradio as gr

    buttons = "".join(
        f'<button type="button" data-place="{place}" aria-pressed="false" aria-label="Picture {place + 1}">'
        f'<img src="{png(pixels_of(picture))}" alt=""></button>'
        for place, picture in enumerate(pictures)
    )
    template = f'<div class="picker" role="group" aria-label="{label}">{buttons}</div>'
    return gr.HTML("", html_template=template, js_on_load=SCRIPT, elem_id=name, apply_default_css=False)
