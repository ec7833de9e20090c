"""Conversions in bulk: every speaker as every other, and the worst, on the page and refused where damaged."""

import re
from pathlib import Path

import pytest
import soundfile

from disentangle.report.conversions import LONGEST, matrix, worst
from disentangle.report.experiment import read
from disentangle.report.hearing import compressed_uri
from disentangle.report.page import chapter, render
from tests.report.conftest import RATE, in_bulk, voice
from tests.report.test_page import Maker, Page


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    """An experiment with a matrix of three speakers, of whom none passes as bob, and with its worst."""
    return filled(tmp_path / "exp")


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Its page."""
    return render([chapter(read(filled(tmp_path_factory.mktemp("page") / "exp")), "e0")])


def filled(folder: Path) -> Path:
    (folder / "examples").mkdir(parents=True)
    (folder / "config.yaml").write_text("name: judged\n")
    in_bulk(folder / "examples")
    return folder


def test_every_cell_of_the_matrix_can_be_heard(text: str) -> None:
    page = Page(text)
    cells = [button for button in page.all("button") if "play" in str(button.get("class"))]
    assert len(cells) == 9 and all(str(cell["data-clip"]).startswith("data:audio/mpeg;base64,") for cell in cells)
    assert cells[0]["aria-label"] == "ann as recorded"
    assert cells[1]["aria-label"] == "ann as bob, not accepted as target" and str(cells[1]["class"]).endswith("bad")
    assert cells[2]["aria-label"] == "ann as <cas>, accepted as target" and str(cells[2]["class"]).endswith("good")
    assert len({cell["data-clip"] for cell in cells}) == 9
    assert "At most ten speakers, and five seconds of each" in text


def test_the_worst_are_told_with_what_was_said_and_recognised_and_can_be_heard(text: str) -> None:
    part = text[text.index('id="e0-worst"') : text.index('id="e0-maps"')]
    assert part.count("<audio") == 4 and part.count("ann-7") == 2 * 3
    told = re.sub(r"<[^>]+>", " ", part)
    assert "Least understood" in told and "Least like the target" in told
    assert told.split().count("FIVE") == 2 and "nothing" in told and "0.25" in told


def test_where_nothing_was_judged_the_page_says_what_makes_it(maker: Maker, tmp_path: Path) -> None:
    experiment = maker(tmp_path / "exp")
    text = render([chapter(read(experiment), "e0")])
    assert "No matrix of conversions yet." in text and "--only conversion" in text
    assert matrix(experiment) == [] and worst(experiment) == []


def test_a_clip_is_cut_and_compressed_and_kept_whole_at_a_rate_that_mp3_lacks(judged: Path) -> None:
    long = voice(110, 1)
    assert len(compressed_uri(long, RATE)) < 0.5 * len(compressed_uri(long, 20000))
    assert compressed_uri(long, 20000).startswith("data:audio/flac")
    path = judged / "examples" / "matrix-0.wav"
    samples = round(LONGEST * RATE)
    soundfile.write(path, [0.0] * (2 * samples), RATE)
    twice = matrix(judged)[0][0].audio
    soundfile.write(path, [0.0] * samples, RATE)
    assert matrix(judged)[0][0].audio == twice


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("matrix.json", "[", "not JSON .*matrix.json. Make it again with: disentangle score"),
        ("matrix.json", "[1]", "not a list of conversions, .*matrix.json"),
        ("matrix.json", '[{"source": "a"}]', "a conversion without target, "),
        ("matrix.json", '[{"source": "a", "target": "b", "wav": "none.wav"}]', "no file .*none.wav"),
        ("matrix.json", '[{"source": "a", "target": "b", "wav": "matrix-0.wav"}]', "not every speaker as every other"),
        ("worst.json", "[1]", "not lists by their judges, "),
        ("worst.json", '{"words": [{"source": "a"}]}', "a conversion without error, "),
    ],
)
def test_damaged_lists_are_refused(judged: Path, name: str, text: str, message: str) -> None:
    (judged / "examples" / name).write_text(text)
    with pytest.raises(ValueError, match=message):
        (matrix if name == "matrix.json" else worst)(judged)
