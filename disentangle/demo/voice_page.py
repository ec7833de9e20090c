"""What the Voice room looks like, and which of its controls asks it what."""

from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from disentangle.demo import figures
from disentangle.demo.events import BUSY
from disentangle.demo.figures import Bar
from disentangle.demo.uploads import LONGEST, recording
from disentangle.demo.voices import Asked, VoiceRoom
from disentangle.wishes import Pitch, Wishes

if TYPE_CHECKING:
    from gradio import Blocks

Wave = NDArray[np.float32]
NOBODY, OWN = "nobody", "your recording"
HEIGHTS: dict[str, Pitch | None] = {
    "as the voice has it": None,
    "the source's own height": "keep",
    "the voice's own height": "target",
}
SHOWN = 6  # bars of an answer


def build(page: "Blocks", room: VoiceRoom) -> None:
    """Lay the room out inside a page, and connect it."""
    import gradio as gr

    with gr.Row(elem_classes="room"):
        with gr.Column(elem_classes="asking", min_width=300):
            asked, manner = [*_source_card(room), *_voice_card(room)], _manner_card(room)
            convert = gr.Button("Convert", variant="primary", elem_id="convert")
        with gr.Column(elem_classes="answering", min_width=300):
            told = gr.HTML(elem_id="told-voice")
            heard = gr.HTML(elem_id="heard", elem_classes="sounds")
            with gr.Row(elem_classes="pair"):
                who = gr.HTML(elem_id="who")
                leak = gr.HTML(elem_id="leak")
            strip = gr.HTML(elem_id="strip")
    listens = partial(_listen, room)
    shown = [heard, who, leak, strip, told]
    gr.on(
        [page.load, *(control.change for control in asked)],
        listens,
        asked,
        shown,
        trigger_mode="always_last",
        show_progress="hidden",
        concurrency_limit=2,
        concurrency_id="listening",
        api_visibility="private",
    )
    convert.click(
        partial(_convert, room),
        [*asked, *manner],
        shown,
        concurrency_limit=2,
        concurrency_id=BUSY,
        show_progress_on=heard,
        api_visibility="private",
    )


def _source_card(room: VoiceRoom) -> list[Any]:
    """Example, and recording in its place."""
    import gradio as gr

    with gr.Group(elem_classes="card"):
        gr.HTML("<h2><i>1</i>What is said</h2>")
        example = gr.Radio(list(room.examples), value=next(iter(room.examples)), label="Examples")
        source = gr.Audio(
            sources=["microphone", "upload"],
            type="filepath",
            label=f"Or record or upload, up to {LONGEST:.0f} s",
            elem_id="source",
            buttons=[],
        )
    return [example, source]


def _voice_card(room: VoiceRoom) -> list[Any]:
    """Voice, recording in its place, other voice, its share."""
    import gradio as gr

    names = list(room.voices)
    with gr.Group(elem_classes="card"):
        gr.HTML("<h2><i>2</i>Whose voice</h2>")
        voice = gr.Radio([(_called(room, name), name) for name in names], value=names[-1], label="Voice")
        own = gr.Audio(
            sources=["microphone", "upload"],
            type="filepath",
            label="Or a voice that you bring",
            elem_id="own",
            buttons=[],
        )
        with gr.Row():
            other = gr.Dropdown([NOBODY, *names], value=NOBODY, label="Mixed with", min_width=200)
            mix = gr.Slider(0, 100, 50, step=5, label="Share of that voice, %", min_width=200, buttons=[])
    return [voice, own, other, mix]


def _manner_card(room: VoiceRoom) -> list[Any]:
    """Way to women's voices, height, semitones, speed."""
    import gradio as gr

    with gr.Group(elem_classes="card"):
        gr.HTML("<h2><i>3</i>In what manner</h2>")
        height = gr.Radio(list(HEIGHTS), value=next(iter(HEIGHTS)), label="Height")
        with gr.Row():
            pitch = gr.Slider(-12, 12, 0, step=0.5, label="Semitones up or down", min_width=200, buttons=[])
            speed = gr.Slider(0.5, 2, 1, step=0.05, label="Speed", min_width=200, buttons=[])
        gender = gr.Slider(
            -3,
            3,
            0,
            step=0.25,
            label="Men's to women's voices, in deviations",
            visible=room.gender is not None,
            buttons=[],
        )
    return [gender, height, pitch, speed]


def _called(room: VoiceRoom, name: str) -> str:
    gender = {"f": "♀", "m": "♂"}.get(room.genders[name][:1].lower(), "")
    return f"{name} {gender}".strip()


def _source(room: VoiceRoom, example: str, upload: str | None) -> tuple[str, Wave]:
    return (OWN, recording(Path(upload), room.model.rate)) if upload else (example, room.examples[example])


def _targets(
    room: VoiceRoom, voice: str, own: str | None, other: str, mix: float
) -> tuple[dict[str, Wave], dict[str, float]]:
    """Recordings of the voice, and how much each counts."""
    name, wave = ("your voice", recording(Path(own), room.model.rate)) if own else (voice, room.voices[voice])
    share = mix / 100 if other not in (NOBODY, name) else 0.0
    targets = {name: wave} if share < 1 else {}
    if share > 0:
        targets |= {other: room.voices[other]}
    return targets, {name: 1 - share} | ({other: share} if share > 0 else {})


def _listen(
    room: VoiceRoom, example: str, upload: str | None, voice: str, own: str | None, other: str, mix: float
) -> tuple[str, str, str, str, str]:
    """Source and voice to hear, and what leaks of the source's speaker, while nothing is converted yet."""
    try:
        name, source = _source(room, example, upload)
        targets, shares = _targets(room, voice, own, other, mix)
    except ValueError as error:
        return "", "", "", "", figures.alert(str(error))
    sounds = _sounds(room, name, source, targets, shares, None)
    return sounds, _nobody(), *_looked_at(room, source, name), ""


def _convert(
    room: VoiceRoom,
    example: str,
    upload: str | None,
    voice: str,
    own: str | None,
    other: str,
    mix: float,
    gender: float,
    height: str,
    semitones: float,
    speed: float,
) -> tuple[str, str, str, str, str]:
    try:
        name, source = _source(room, example, upload)
        targets, shares = _targets(room, voice, own, other, mix)
        along = ((room.gender, gender),) if room.gender is not None and gender else ()
        wishes = Wishes(along, False, HEIGHTS[height] or float(semitones), float(speed))
        result = room.say(Asked(source, targets, shares, wishes))
    except ValueError as error:
        return "", "", "", "", figures.alert(str(error))
    return (
        _sounds(room, name, source, targets, shares, result),
        _who(room, result, name, source, targets),
        *_looked_at(room, source, name),
        "",
    )


def _sounds(
    room: VoiceRoom,
    name: str,
    source: Wave,
    targets: Mapping[str, Wave],
    shares: Mapping[str, float],
    result: Wave | None,
) -> str:
    rate = room.model.rate
    longest = max(len(wave) for wave in (source, *targets.values(), *([] if result is None else [result]))) / rate
    draw: Callable[[str, str, Wave], str] = lambda role, whose, wave: figures.sound(role, whose, wave, rate, longest)  # noqa: E731
    parts = [draw("Source", name, source)]
    for target, wave in targets.items():
        parts.append(draw("Voice", target if len(targets) == 1 else f"{target}, {100 * shares[target]:.0f} %", wave))
    voices = " and ".join(targets)
    if result is None:
        parts.append(f'<p class="waiting">Press <b>Convert</b> to hear this as {escape(voices)}.</p>')
    else:
        parts.append(draw("Result", f"as {voices}", result))
    return "".join(parts)


def _nobody() -> str:
    return figures.bars(
        "Who is it?", "A verifier that shares nothing with the model will say, once there is a result.", []
    )


def _who(room: VoiceRoom, result: Wave, name: str, source: Wave, targets: Mapping[str, Wave]) -> str:
    speaker = name.partition(":")[0] if name in room.examples else ""
    others = {} if speaker in room.voices else {OWN: source}
    others |= {target: wave for target, wave in targets.items() if target not in room.voices}
    found = room.who(result, others)
    marks = dict.fromkeys(targets, "target") | {speaker or OWN: "source"}
    rows = [Bar(who, max(0.0, cosine), f"{cosine:.2f}", marks.get(who, "")) for who, cosine in found.items()]
    kept = rows[:SHOWN] + [row for row in rows[SHOWN:] if row.mark]
    note = "Cosine of the result with each voice, by a verifier of another kind that learnt the gallery's voices alone."
    return figures.bars("Who is it?", note, kept)


def _looked_at(room: VoiceRoom, source: Wave, name: str) -> tuple[str, str]:
    """What leaks of the speaker, and the content as colours."""
    code = room.content(source)
    found = room.leaked(code)
    speaker = name.partition(":")[0]
    rows = [Bar(who, share, f"{100 * share:.0f} %", "speaks" if who == speaker else "") for who, share in found.items()]
    kept = rows[:SHOWN] + [row for row in rows[SHOWN:] if row.mark]
    note = "A fresh linear attacker learnt the gallery's content codes and guesses who speaks from the source's alone."
    chance = 1 / len(found)
    leak = figures.bars("What leaked?", note, kept, chance, f"chance, {100 * chance:.0f} %")
    return leak, figures.strip(room.colours(code), len(source) / room.model.rate)
