"""The page: a headline, a tab for each room, and a look that fetches nothing."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from disentangle.demo.codes import PictureRoom
from disentangle.demo.infogan import InfoRoom
from disentangle.demo.voices import VoiceRoom

if TYPE_CHECKING:
    from gradio import Blocks
    from gradio.themes import Base

STYLE = Path(__file__).parent / "assets" / "style.css"
TITLE = "disentangle"
FONTS = ("ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
MONO = ("ui-monospace", "SF Mono", "Menlo", "Consolas", "monospace")
HEAD = '<meta name="description" content="Voices and pictures taken apart, to play with">'
TOP = """<header class="top"><p class="kicker">disentangle</p><h1>{headline}</h1><p class="lead">{lead}</p></header>"""
FOOT = (
    '<footer class="foot">What you bring stays on the machine that shows this page, for your eyes alone, and is '
    "deleted within two hours. Convert voices of people who agreed to it, and say that a voice is converted.</footer>"
)
LEADS = {
    "Voice": "One recording says what; another, or a mixture of two, says who. Judges that share nothing with the "
    "model listen to what comes out, and to what the content lets slip.",
    "Pictures": "Find the code from which a trained generator draws your picture, then move through its space: more "
    "or less of an attribute, a stroke that the rest follows, a hole that is filled.",
}


@dataclass(frozen=True)
class Rooms:
    """What the page has; None where no experiment is shown there."""

    voice: VoiceRoom | None = None
    pictures: PictureRoom | None = None
    infogan: InfoRoom | None = None


def build(rooms: Rooms) -> "Blocks":
    """The page of these rooms."""
    import gradio as gr

    from disentangle.demo import infogan_page, picture_page, voice_page

    page = gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(600, 3600))
    with page, gr.Tabs(elem_id="rooms"):
        if rooms.voice is not None:
            with gr.Tab("Voice"):
                gr.HTML(TOP.format(headline="What is said, apart from who says it", lead=LEADS["Voice"]))
                voice_page.build(page, rooms.voice)
                gr.HTML(FOOT)
        if rooms.pictures is not None:
            with gr.Tab("Pictures"):
                gr.HTML(TOP.format(headline="A picture, and the code behind it", lead=LEADS["Pictures"]))
                state = picture_page.build(rooms.pictures)
                if rooms.infogan is not None:
                    infogan_page.build(page, rooms.infogan, state)
                gr.HTML(FOOT)
    page.queue(max_size=64)
    return page


def theme() -> "Base":
    """System fonts and the colours of the reports, on light and on dark."""
    import gradio as gr

    return gr.themes.Base(
        primary_hue=gr.themes.colors.blue, neutral_hue=gr.themes.colors.gray, font=FONTS, font_mono=MONO
    ).set(
        body_background_fill="#f6f6f3",
        body_background_fill_dark="#111318",
        block_background_fill="#ffffff",
        block_background_fill_dark="#191c22",
        block_border_color="#dddfdb",
        block_border_color_dark="#2d323b",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        block_label_border_width="0px",
        block_radius="14px",
        block_shadow="none",
        button_primary_background_fill="#2f6fd6",
        button_primary_background_fill_hover="#255bb3",
        button_primary_background_fill_dark="#2f6fd6",
        button_primary_text_color="#ffffff",
        slider_color="#2f6fd6",
        slider_color_dark="#6ea4ff",
    )
