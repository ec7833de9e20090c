"""The page: one file, nothing from outside, every part or a sentence that says what makes it."""

import io
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from disentangle.report.comparison import names_of
from disentangle.report.experiment import read
from disentangle.report.page import chapter, render
from disentangle.report.rows import compared, headlines, row_of
from disentangle.report.table import print_scores

Maker = Callable[..., Path]
VOID = {"meta", "link", "img", "br", "input", "source"}


class Page(HTMLParser):
    """Tags with their attributes; complains about tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def text(experiment: Path) -> str:
    return render([chapter(read(experiment), "e0")])


def test_the_page_asks_nothing_of_the_network(text: str) -> None:
    page = Page(text)
    for _, attributes in page.tags:
        for name in ("src", "href", "xlink:href", "data", "poster", "srcset", "action"):
            value = attributes.get(name)
            assert not value or value.startswith(("data:", "#")), (name, value[:80])
    assert "@import" not in text and not re.search(r"url\((?!#)", text)
    policy = next(a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    assert policy and policy.startswith("default-src 'none'")


def test_every_part_is_there_and_can_be_reached(text: str) -> None:
    page = Page(text)
    ids = [a["id"] for _, a in page.tags if a.get("id")]
    links = [a["href"] for a in page.all("a")]
    assert len(links) == 10 and all(link and link[1:] in ids for link in links)
    unique = [i for i in ids if i and not i.startswith("group-")]
    assert len(unique) == len(set(unique))
    assert "missing" not in re.sub(r"<style>.*?</style>", "", text, flags=re.S)


def test_sound_and_pictures_have_words(text: str) -> None:
    page = Page(text)
    assert len(page.all("audio")) == 12 + 1 + 4 and all(
        a.get("aria-label") and "controls" in a for a in page.all("audio")
    )
    assert len(page.all("svg")) == 12 + 3 + 1 + 4 + 3
    assert all(a.get("aria-label") for a in page.all("svg"))
    assert {"lang": "en"} in page.all("html") and any(a.get("name") == "viewport" for a in page.all("meta"))
    groups = {a["id"] for a in page.all("g") if a.get("id")}
    assert {b["data-group"] for b in page.all("button") if "data-group" in b} <= groups


def test_scores_stand_with_interval_chance_and_ceiling(text: str) -> None:
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))
    assert "content_speaker_accuracy_linear" in plain
    assert "↓ lower is better chance 16.7 % majority 16.7 % log-mel 98.0 %" in plain
    assert "42.0 % 95 % interval 31.0–52.0 n = 180" in plain
    assert "real speech 97.0 %" in plain and "source itself 9.02 dB" in plain
    assert "seed 0" in plain and "commit abc1234" in plain and "minutes 12.5" in plain


def test_what_is_not_there_is_said_with_the_command_that_makes_it(maker: Maker, tmp_path: Path) -> None:
    folder = maker(tmp_path / "exp")
    for name in ("scores.json", "run.json"):
        (folder / name).unlink()
    text = render([chapter(read(folder), "e0")])
    Page(text)
    for words in (f"disentangle score {folder}", f"disentangle embed {folder}", "disentangle train"):
        assert words in text
    assert text.count('class="missing"') == 8


def test_codes_of_unknown_utterances_ask_for_the_data_directory(maker: Maker, tmp_path: Path) -> None:
    folder = maker(tmp_path / "exp")
    (folder / "embeddings" / "test").mkdir(parents=True)
    (folder / "embeddings" / "test" / "speaker.scp").write_text("", "utf-8")
    assert "--data DATA_DIR" in render([chapter(read(folder), "e0")])


def test_names_from_files_are_text_and_not_markup(maker: Maker, tmp_path: Path) -> None:
    folder = maker(tmp_path / "exp", name="<script>alert(1)</script>")
    text = render([chapter(read(folder), "e0")])
    assert "<script>alert" not in text and "&lt;script&gt;alert" in text


def test_several_experiments_share_curves_and_name_the_settings_that_differ(maker: Maker, tmp_path: Path) -> None:
    one, other = maker(tmp_path / "one"), maker(tmp_path / "other", name="plain", shift=0.02)
    for folder, terms in ((one, {"critic/pair": 0.6, "content/letters": 2.0}), (other, {"critic/pair": 0.4})):
        lines = [json.dumps({"step": step} | terms) for step in (10, 20, 30)]
        (folder / "log.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    config = (other / "config.yaml").read_text("utf-8")
    (other / "config.yaml").write_text(config.replace("hop: 0.01", "hop: 0.02"), "utf-8")
    text = render([chapter(read(folder), f"e{place}") for place, folder in enumerate((one, other))])
    Page(text)
    told = re.sub(r"<[^>]+>", " ", text[text.index('id="differences"') : text.index('id="e0"')])
    assert "speech.hop" in told and "0.01" in told and "0.02" in told and "train" not in told
    curves = text[text.index('id="curves"') : text.index('id="differences"')]
    assert "critic: pair over the steps: default, seed 0 ends at 0.6, plain, seed 0 ends at 0.4." in curves
    assert "letters" not in curves, "one of them alone has it"


def test_experiments_of_one_name_are_told_apart_by_their_folders(maker: Maker, tmp_path: Path) -> None:
    found = [read(maker(tmp_path / "a")), read(maker(tmp_path / "b")), read(maker(tmp_path / "c", seed=1))]
    assert names_of(found) == (
        f"default, seed 0 ({tmp_path}/a)",
        f"default, seed 0 ({tmp_path}/b)",
        "default, seed 1",
    )


def test_several_experiments_are_compared_first(maker: Maker, tmp_path: Path) -> None:
    experiments = [read(maker(tmp_path / "a")), read(maker(tmp_path / "b", name="plain", shift=0.02))]
    text = render([chapter(e, f"e{k}") for k, e in enumerate(experiments)])
    Page(text)
    assert "2 experiments compared" in text and text.index('id="comparison"') < text.index('id="e0"')
    rows = {row.entry.name: row for row in compared(experiments)}
    assert [cell.best for cell in rows["speaker_eer"].cells] == [True, False]
    assert [cell.best for cell in rows["content_digit_accuracy"].cells] == [False, True]
    assert [cell.text for cell in rows["speaker_eer"].cells] == ["1.2 %", "3.2 %"]


def test_gauges_place_values_between_nothing_and_the_largest_in_sight(experiment: Path) -> None:
    found = read(experiment)
    row = row_of("speaker_eer", found)
    assert row.ends == ("0", "50 %") and row.chance is not None
    assert (row.place, row.chance.place) == (2.4, 100.0)
    assert [mark.label for mark in row_of("conversion_mcd", found).beside] == ["source itself"]
    assert [row.entry.name for row in headlines(found)] == [
        "speaker_eer",
        "content_speaker_accuracy_sequence",
        "content_digit_accuracy",
        "conversion_both",
    ]


def test_the_terminal_shows_the_same_scores() -> None:
    stream = io.StringIO()
    scores: dict[str, dict[str, object]] = {
        "content_speaker_accuracy_linear": {"value": 0.42, "ci95": [0.31, 0.52], "n": 180, "chance": 1 / 6},
        "mel_speaker_accuracy_linear": {"value": 0.98, "ci95": None, "n": 180, "chance": 1 / 6},
    }
    print_scores(scores, stream)
    lines = [line.split() for line in stream.getvalue().splitlines() if "speaker_accuracy" in line]
    assert lines == [
        ["content_speaker_accuracy_linear", "↓", "42.0", "%", "31.0–52.0", "16.7", "%", "180", "log-mel", "98.0", "%"]
    ]
