"""Each fault of a data directory is found, with its file and line; a sound one has none."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from disentangle.corpus.directory import read, write
from disentangle.corpus.utterances import Utterance
from disentangle.corpus.validation import validate


def said(folder: Path, rate: int | None = None, allow_pipes: bool = False) -> list[str]:
    return [str(p).replace(f"{folder}/", "") for p in validate(folder, rate, allow_pipes) if not p.is_warning]


def warned(folder: Path) -> list[str]:
    return [str(p).replace(f"{folder}/", "") for p in validate(folder) if p.is_warning]


def edit(file: Path, change: Callable[[list[str]], list[str]]) -> None:
    file.write_text("".join(change(file.read_text().splitlines(keepends=True))))


def swap(lines: list[str]) -> list[str]:
    return [lines[1], lines[0], *lines[2:]]


def test_a_sound_directory_has_no_problems(data: Path) -> None:
    assert validate(data) == []
    assert said(data, rate=8000) == []


def test_a_missing_or_foreign_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no data directory"):
        validate(tmp_path / "nothing")
    with pytest.raises(ValueError, match="no tables"):
        validate(tmp_path)


@pytest.mark.parametrize("table", ["utt2spk", "wav.scp", "text", "spk2utt", "spk2gender", "utt2dur", "utt2digit"])
def test_unsorted_tables(data: Path, table: str) -> None:
    edit(data / table, swap)
    assert f"{table}:2: unsorted: " in "\n".join(said(data))


@pytest.mark.parametrize("table", ["utt2spk", "wav.scp", "text", "spk2utt", "utt2dur"])
def test_duplicates(data: Path, table: str) -> None:
    edit(data / table, lambda lines: [lines[0], *lines])
    key = "ann" if table == "spk2utt" else "ann-0"
    assert f"{table}:2: {key} is a duplicate of line 1" in said(data)


@pytest.mark.parametrize(
    ("table", "where"),
    [("wav.scp", "utt2spk:2"), ("text", "utt2spk:2"), ("utt2dur", "utt2spk:2"), ("spk2gender", "utt2spk:4")],
)
def test_tables_that_lack_an_entry(data: Path, table: str, where: str) -> None:
    edit(data / table, lambda lines: [lines[0], *lines[2:]])
    what = "speaker bob" if table == "spk2gender" else "utterance ann-1"
    what = what.replace("utterance", "recording") if table == "wav.scp" else what
    assert said(data) == [f"{where}: {what} is not in {table}"]


@pytest.mark.parametrize("table", ["wav.scp", "text", "utt2dur", "utt2digit"])
def test_tables_that_have_an_entry_too_many(data: Path, table: str) -> None:
    edit(data / table, lambda lines: [*lines, lines[-1].replace("cyd-2", "dan-0")])
    assert f"{table}:10: {'recording' if table == 'wav.scp' else 'utterance'} dan-0 is not in utt2spk" in said(data)


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("utt2spk", "ann-0 ann bob"),
        ("utt2spk", "ann-0"),
        ("spk2utt", "ann"),
        ("spk2gender", "ann female"),
        ("utt2dur", "ann-0 0"),
        ("utt2dur", "ann-0 long"),
        ("utt2num_frames", "ann-0 1.5"),
        ("spk2warp", "ann 1.6"),
        ("utt2warp", "ann-0 0.4"),
        ("reco2dur", "ann-0 -1"),
        ("reco2file_and_channel", "ann-0 ann-0 C"),
    ],
)
def test_lines_of_the_wrong_form(data: Path, table: str, line: str) -> None:
    rest = (data / table).read_text().splitlines(keepends=True)[1:] if (data / table).exists() else []
    (data / table).write_text("".join([f"{line}\n", *rest]))
    assert any(found.startswith(f"{table}:1: ") and " is not " in found for found in said(data))


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("ann ann-0 ann-1", "lacks ann-2"),
        ("ann ann-0 ann-1 ann-2 bob-0", "adds bob-0"),
        ("ann ann-0 ann-2 ann-1", "another order"),
    ],
)
def test_speakers_listed_otherwise_than_in_utt2spk(data: Path, line: str, what: str) -> None:
    edit(data / "spk2utt", lambda lines: [f"{line}\n", *lines[1:]])
    (found,) = said(data)
    assert found.startswith("spk2utt:1: ann disagrees with utt2spk: ")
    assert what in found


def test_utterances_whose_names_do_not_sort_by_speaker(tmp_path: Path, data: Path) -> None:
    recordings = [u.recording for u in read(data).utterances]
    write(tmp_path / "d", [Utterance(f"u{i}", f"s{9 - i}", file) for i, file in enumerate(recordings)])
    assert any(found.startswith("utt2spk:2: unsorted by speaker") for found in said(tmp_path / "d"))


@pytest.mark.parametrize("table", ["utt2spk", "text", "wav.scp"])
def test_empty_missing_and_undecodable_tables(data: Path, table: str) -> None:
    content = (data / table).read_bytes()
    (data / table).write_bytes(b"")
    assert f"{table}: is empty" in said(data)
    (data / table).write_bytes(content.replace(b"ann-1 ", b"ann-1\xff "))
    assert f"{table}:2: is not UTF-8" in said(data)
    (data / table).unlink()
    assert (f"{table}: is missing" in said(data)) == (table != "text")


def test_line_ends(data: Path) -> None:
    content = (data / "text").read_bytes()
    (data / "text").write_bytes(content[:-1])
    assert said(data) == ["text:9: does not end with a newline"]
    (data / "text").write_bytes(content.replace(b"\n", b"\r\n", 2).replace(b"ann-2 a word\n", b"\n"))
    assert said(data) == [
        "text:1: holds a carriage return (a Windows line ending)",
        "text:2: holds a carriage return (a Windows line ending)",
        "text:3: is blank",
        "utt2spk:3: utterance ann-2 is not in text",
    ]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("<s> hello </s>", "reserved word"),
        ("silence #0", "reserved word"),
        ("no\u00a0break", "white space"),
        ("thin\u2009space", "white space"),
        ("a \x07bell", "a control character"),
    ],
)
def test_words_that_kaldi_refuses(data: Path, words: str, what: str) -> None:
    edit(data / "text", lambda lines: [f"ann-0 {words}\n", *lines[1:]])
    (found,) = said(data)
    assert found.startswith("text:1: ann-0 holds ")
    assert what in found


def test_words_that_kaldi_accepts(data: Path) -> None:
    edit(data / "text", lambda lines: ["ann-0\n", "ann-1\ta<s>b  [laughter] #01 \n", *lines[2:]])
    assert said(data) == []


def test_audio_that_is_missing_or_of_no_use(data: Path) -> None:
    audio = data.parent / "audio"
    (audio / "ann0.wav").unlink()
    (audio / "ann1.wav").write_text("not a sound")
    soundfile.write(audio / "ann2.wav", np.zeros(2400), 8000)
    soundfile.write(audio / "bob0.wav", np.ones(160), 8000)
    soundfile.write(audio / "bob1.wav", np.full(2400, np.nan), 8000, subtype="FLOAT")
    content = (audio / "bob2.wav").read_bytes()
    (audio / "bob2.wav").write_bytes(content[:2000])
    soundfile.write(audio / "cyd0.wav", np.zeros(0), 8000)
    found = said(data)
    expected = [
        "no audio file",
        "not readable as audio",
        "silent",
        "only 20 ms",
        "not finite",
        "truncated",
        "zero-length",
    ]
    assert [line.split(":")[1] for line in found] == [str(n) for n in range(1, 8)]
    for line, what in zip(found, expected, strict=True):
        assert what in line


def test_rates_that_differ_are_wrong_where_one_is_asked_for(data: Path) -> None:
    soundfile.write(data.parent / "audio" / "bob0.wav", np.random.default_rng(0).normal(0, 0.1, 4800), 16000)
    assert said(data) == []
    assert warned(data) == ["wav.scp:4: bob-0 has 16000 Hz where most have 8000; it will be resampled"]
    assert said(data, rate=8000) == ["wav.scp:4: bob-0 has 16000 Hz, not 8000"]
    assert len(said(data, rate=16000)) == 8


def test_commands_are_unchecked_without_permission(data: Path) -> None:
    edit(data / "wav.scp", lambda lines: ["ann-0 exit 1 |\n", "ann-1 ~/a.wav\n", *lines[2:]])
    assert len(warned(data)) == 1
    assert "wav.scp:1" not in "\n".join(said(data))
    assert "wav.scp:1: ann-0: exit status 1" in "\n".join(said(data, allow_pipes=True))
    assert "wav.scp:2: ann-1 begins with a tilde, which no program expands" in said(data)


def test_many_commands_are_one_warning(data: Path) -> None:
    edit(data / "wav.scp", lambda lines: [f"{line.split()[0]} exit 1 |\n" for line in lines])
    assert warned(data) == ["wav.scp:1: ann-0 and 8 others: a shell command, unchecked. Trust it with --allow-pipes"]


def test_a_single_speaker_is_a_warning(data: Path, tmp_path: Path) -> None:
    write(tmp_path / "one", read(data).utterances[:3])
    assert said(tmp_path / "one") == []
    assert warned(tmp_path / "one") == ["utt2spk: has one speaker only, so none can be told apart"]


def test_segments(tmp_path: Path) -> None:
    file = tmp_path / "r.wav"
    soundfile.write(file, np.r_[np.random.default_rng(0).normal(0, 0.1, 16000), np.zeros(8000)], 8000)
    folder = tmp_path / "d"
    cut = [Utterance(f"a-{i}", "a", str(file), i / 2, i / 2 + 0.5, recording_id="r") for i in range(4)]
    write(folder, cut)
    assert said(folder) == []
    bad = "a-0 r 0 9\na-1 r 1 0.5\na-2 q 1 2\na-3 r 2.2 2.9\na-4 r 0 1\n"
    (folder / "segments").write_text(bad)
    assert said(folder) == [
        "segments:1: a-0 lies outside its recording, which has 3.00 s",
        "segments:2: a-1 'r 1 0.5' is not UTTERANCE RECORDING START END, with START before END",
        "segments:3: recording q is not in wav.scp",
        "segments:4: silent audio: a-3",
        "segments:5: utterance a-4 is not in utt2spk",
    ]
