"""Between Gradio's events and what the rooms do: an event's data by name, and progress as a share."""

from collections.abc import Callable
from typing import Any

Data = Callable[[str], Any]
"""What an event says, by name; None where it says nothing."""
BUSY = "computing"  # the queue of whatever takes more than a moment
Progress = Callable[[float], None]
"""Told how much is done, 0 to 1."""


def with_data(does: Callable[..., Any], doing: str) -> Callable[..., Any]:
    """What Gradio calls at an event whose data count: ``does`` with data, progress, and the inputs.

    Args:
        does: (data, progress, *inputs) -> outputs.
        doing: a few words beside the progress bar.
    """
    import gradio as gr

    def call(event: gr.EventData, progress: gr.Progress = gr.Progress(), *inputs: Any) -> Any:  # noqa: B008
        return does(lambda name: _said(event, name), lambda share: progress(share, desc=doing), *inputs)

    return call


def _said(event: Any, name: str) -> Any:
    try:
        return getattr(event, name, None)
    except TypeError:  # an event without any data
        return None
