"""The page in headless Chromium: every control is used, nothing is fetched from elsewhere, and the console is quiet.

Needs Gradio, playwright (`pip install -c constraints.txt playwright`) and a Chromium of the system; skipped without.
Screenshots are written to the folder `screenshots`.
"""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from PIL import Image

from disentangle.demo import server, voices
from disentangle.demo.page import Rooms
from disentangle.demo.voices import Asked, VoiceRoom
from tests.commands.browsing import SLOW, Visit, slide
from tests.commands.conftest import voiced
from tests.commands.test_code_space import mnist, vae  # noqa: F401
from tests.commands.test_demo_pictures import info  # noqa: F401


@pytest.fixture(scope="module")
def address(
    chromium: Any,  # noqa: ARG001, a page is served only where there is a browser
    trained: Path,
    data: Path,
    vae: Path,  # noqa: F811
    info: Path,  # noqa: F811
) -> Iterator[str]:
    words = ("demo", trained, vae, info, "--voices", data, "--port", "0")
    command = [sys.executable, "-m", "disentangle.cli", *map(str, words)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"}
    ) as served:
        assert served.stdout is not None
        yield served.stdout.readline().strip()
        served.terminate()


def test_every_control_of_the_voice_room(chromium: Any, address: str, tmp_path: Path) -> None:
    visit = Visit(chromium, address)
    page = visit.page
    for number, speaker in enumerate(("ann", "cas")):
        soundfile.write(tmp_path / f"{number}.wav", voiced(speaker, 1.0), 8000)
    page.get_by_role("radio", name=re.compile("^bob: ")).check()  # an example
    visit.says("#heard", "bob: ")
    visit.says("#leak", "speaks", "bob")
    assert page.locator("#strip img").count() == 1
    page.get_by_role("radio", name="ann", exact=True).check()  # a voice
    visit.says("#heard", "to hear this as ann.")
    page.get_by_label("Mixed with").click()
    page.get_by_role("option", name="cas").click()
    visit.says("#heard", "ann, 50 %", "cas, 50 %")
    for label, value in (("Share of that voice, %", 25), ("Semitones up or down", 2), ("Speed", 1.5)):
        slide(visit, label, value)
    page.get_by_role("radio", name="as the voice has it").check()
    page.click("#convert")
    page.wait_for_selector("#heard .result")
    visit.says("#heard", "ann, 75 %")
    visit.says("#who", "target")
    assert page.locator("#heard audio").count() == 4
    assert page.evaluate("[...document.querySelectorAll('#heard audio')].every(a => a.duration > 0.1)")
    visit.shot("voice")
    for height in ("the source's own height", "the voice's own height"):  # what a moment's training decodes has none
        page.get_by_role("radio", name=height).check()
        page.click("#convert")
        visit.says("#told-voice", "no voiced sound to take a pitch from")
    for place, (name, called) in enumerate((("source", "your recording"), ("own", "your voice"))):
        page.locator(f"#{name}").get_by_role("button", name=re.compile("upload", re.I)).first.click()
        page.set_input_files(f"#{name} input[type=file]", tmp_path / f"{place}.wav")
        visit.says("#heard", called)
    visit.over()


def test_what_is_recorded_is_heard(chromium: Any, address: str) -> None:
    visit = Visit(chromium, address)
    visit.page.locator("#source").get_by_role("button", name="Record").first.click()
    time.sleep(2)
    visit.page.locator("#source").get_by_role("button", name="Stop").first.click()
    visit.says("#heard", "your recording")
    visit.over()


def test_a_bad_recording_gets_a_sentence(chromium: Any, address: str, tmp_path: Path) -> None:
    visit = Visit(chromium, address)
    (tmp_path / "bad.wav").write_bytes(b"no sound at all")
    visit.page.locator("#source").get_by_role("button", name=re.compile("upload", re.I)).first.click()
    visit.page.set_input_files("#source input[type=file]", tmp_path / "bad.wav")
    visit.page.wait_for_selector("#told-voice [role=alert]")
    assert "cannot be used" in visit.page.inner_text("#told-voice")
    visit.context.close()  # the browser's own player may complain of the file


@pytest.fixture
def held_back(
    trained: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, threading.Event]]:
    """The address of a page whose conversions are made only once the event is set."""
    uvicorn = pytest.importorskip("uvicorn", reason="needs Gradio")
    go, say = threading.Event(), VoiceRoom.say

    def later(room: VoiceRoom, asked: Asked) -> NDArray[np.float32]:
        assert go.wait(SLOW / 1000)
        return say(room, asked)

    monkeypatch.setattr(VoiceRoom, "say", later)
    with server.listening("127.0.0.1", 0) as sockets:
        page = server.application(Rooms(voices.opened(trained, voices=data), None, None), tmp_path)
        served = uvicorn.Server(uvicorn.Config(page, log_level="warning"))
        thread = threading.Thread(target=served.run, args=([sockets],), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{sockets.getsockname()[1]}", go
        served.should_exit = True
        thread.join()


@pytest.mark.filterwarnings("ignore::Warning:gradio")  # its own of pandas
def test_who_has_to_wait_sees_the_place_in_the_queue(chromium: Any, held_back: tuple[str, threading.Event]) -> None:
    """Two are served at once; the others wait their turn and are told which it is, and can still listen."""
    address, go = held_back
    visits = [Visit(chromium, address) for _ in range(4)]
    for visit in visits:
        visit.page.click("#convert")
        visit.page.wait_for_selector("#heard .progress-text")
    visits[2].says("#heard", "queue: 1/1")
    visits[3].says("#heard", "queue: 2/2")
    visits[3].page.get_by_role("radio", name=re.compile("^bob: ")).check()
    visits[3].says("#leak", "speaks", "bob")
    go.set()
    for visit in visits:
        visit.page.wait_for_selector("#heard .result")
        visit.over()


def paint(visit: Visit, name: str) -> None:
    """A line across a canvas by the mouse, then a dot by the keyboard."""
    canvas = visit.page.locator(f"#{name} canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    visit.page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    visit.page.mouse.down()
    visit.page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.4 * box["height"], steps=5)
    visit.page.mouse.up()
    canvas.focus()
    for key in ("ArrowLeft", "Shift+ArrowDown", " "):
        canvas.press(key)


def test_every_control_of_the_pictures_room(chromium: Any, address: str, tmp_path: Path) -> None:
    visit = Visit(chromium, address)
    page = visit.page
    visit.room("Pictures")
    page.get_by_role("button", name="Picture 4").click()
    page.wait_for_selector("#seen .picture")
    seen = visit.held("#seen")
    for label in ("Slanted", "Thick", "Direction 1", "Direction 2"):
        slide(visit, label, 2)
        seen = visit.until("#seen", seen)
    page.get_by_label("Like the class").click()
    page.get_by_role("option", name="7", exact=True).click()
    seen = visit.until("#seen", seen)
    slide(visit, "How much of the class", 3)
    seen = visit.until("#seen", seen)
    for pen in ("black", "grey", "white"):
        page.locator("#board").get_by_text(pen, exact=True).click()
        paint(visit, "board")
    page.locator("#board input[type=range]").fill("3")
    page.get_by_role("button", name="Make it look so").click()
    seen = visit.until("#seen", seen)
    page.locator("#board").get_by_text("rubber", exact=True).click()
    paint(visit, "board")
    page.get_by_role("button", name="Fill what is covered").click()
    seen = visit.until("#seen", seen)
    with page.expect_download() as kept:
        page.get_by_role("link", name="Download PNG").first.click()
    with Image.open(kept.value.path()) as picture:
        assert picture.size == (28, 28)
    visit.shot("pictures")
    page.locator("#board").get_by_role("button", name="Clear").click()
    page.get_by_role("button", name="Fill what is covered").click()
    page.wait_for_selector("#told-picture [role=alert]")
    page.get_by_role("tab", name="Draw").click()
    paint(visit, "pad")
    page.get_by_role("button", name="Use this drawing").click()
    seen = visit.until("#seen", seen)
    Image.new("L", (60, 40), 255).save(tmp_path / "white.png")
    page.get_by_role("tab", name="Upload").click()
    page.set_input_files("#upload input[type=file]", tmp_path / "white.png")
    visit.until("#seen", seen)
    visit.over()


def test_every_control_of_infogans_codes(chromium: Any, address: str) -> None:
    visit = Visit(chromium, address)
    page = visit.page
    visit.room("Pictures")
    page.wait_for_selector("#info .picture")
    drawn = visit.held("#info")
    page.locator(".info").get_by_role("radio", name="2").check()
    drawn = visit.until("#info", drawn)
    for label in ("Number 1", "Number 2", "Another noise"):
        slide(visit, label, 1)
        drawn = visit.until("#info", drawn)
    page.click("#read")
    page.wait_for_selector("#told-info [role=alert]")  # there is no picture yet
    page.get_by_role("button", name="Picture 1", exact=True).click()
    page.wait_for_selector("#seen .picture")
    page.click("#read")
    visit.until("#info", drawn)
    visit.over()


def test_a_narrow_page_needs_no_scrolling_sideways(chromium: Any, address: str) -> None:
    visit = Visit(chromium, address, 400)
    for room in ("Voice", "Pictures"):
        visit.room(room)
        visit.page.wait_for_timeout(500)
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 400
        visit.shot(f"{room.lower()}-narrow")
    visit.over()


def test_whatever_can_be_used_has_a_name_and_can_be_reached_by_keyboard(chromium: Any, address: str) -> None:
    visit = Visit(chromium, address)
    for room in ("Voice", "Pictures"):
        visit.room(room)
        visit.page.wait_for_timeout(500)
        nameless = visit.page.evaluate(
            """() => [...document.querySelectorAll("button, input, select, audio, canvas, img, a[href]")]
            .filter(e => e.offsetParent && !(e.ariaLabel || e.title || e.alt || e.alt === "" || e.labels?.length
                || e.getAttribute("aria-labelledby") || e.innerText?.trim() || e.type === "file"))
            .map(e => e.outerHTML.slice(0, 200))"""
        )
        assert nameless == []
    visit.room("Voice")
    reached = set()
    visit.page.locator("body").press("Tab")
    for _ in range(60):
        reached.add(visit.page.evaluate("document.activeElement.id || document.activeElement.type || ''"))
        visit.page.keyboard.press("Tab")
    assert {"convert", "radio"} <= reached and any(name.startswith("range") for name in reached)
    visit.over()


def test_visitors_do_not_wait_for_each_others_light_work(chromium: Any, address: str) -> None:
    busy, other = Visit(chromium, address), Visit(chromium, address)
    busy.room("Pictures")
    busy.page.get_by_role("button", name="Picture 2").click()
    heard = other.held("#heard")
    other.page.get_by_role("radio", name=re.compile("^cas: ")).check()
    other.until("#heard", heard)
    busy.page.wait_for_selector("#seen .picture")
    for visit in (busy, other):
        visit.over()
