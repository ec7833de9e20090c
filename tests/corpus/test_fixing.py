"""A repair drops and sorts until nothing is wrong, says what it dropped, and keeps what was there."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from disentangle.corpus.directory import read, write
from disentangle.corpus.fixing import fix
from disentangle.corpus.utterances import Utterance
from disentangle.corpus.validation import validate


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def sound(folder: Path) -> bool:
    return not [problem for problem in validate(folder) if not problem.is_warning]


def test_a_sound_directory_is_left_alone(data: Path) -> None:
    before = contents(data)
    assert fix(data) == []
    assert contents(data) == before
    assert not (data / ".backup").exists()


def test_everything_at_once_is_repaired_and_told(data: Path) -> None:
    audio = data.parent / "audio"
    (audio / "ann0.wav").unlink()
    soundfile.write(audio / "bob0.wav", np.zeros(2400), 8000)
    lines = (data / "utt2spk").read_text().splitlines()
    (data / "utt2spk").write_text("\n".join([*lines[::-1], "cyd-1 cyd", "", "dan-0 dan", "eve-0 eve x"]))
    (data / "text").write_bytes((data / "text").read_bytes().replace(b"bob-1 a word\n", b"bob-1 \xff\n"))
    (data / "spk2utt").unlink()
    (data / "utt2dur").write_text("ann-1 0.3\n")
    before = contents(data)
    told = "\n".join(fix(data))
    assert sound(data)
    assert [u.id for u in read(data).utterances] == ["ann-1", "ann-2", "bob-2", "cyd-0", "cyd-1", "cyd-2"]
    assert contents(data / ".backup") == before
    for expected in (
        "dropped utterance ann-0: ",
        "no audio file",
        "dropped utterance bob-0: ",
        "silent",
        "text:5: is not UTF-8",
        "dropped utterance bob-1: it is not in",
        "utt2spk:11: is blank",
        "utt2spk:10: cyd-1 is a duplicate of line 2",
        "utt2spk:13: eve-0 'eve x' is not UTTERANCE SPEAKER",
        "dropped utterance dan-0: ",
        "utt2dur: it lacks utterance ann-2 and 4 more",
        "the original is in",
    ):
        assert expected in told
    assert fix(data) == []


def test_words_that_kaldi_keeps_for_itself_are_removed(data: Path) -> None:
    text = (data / "text").read_text()
    (data / "text").write_text(text.replace("ann-0 a word", "ann-0 <s> YES\u2009SIR </s>"))
    assert "text:1: reserved words" in fix(data)[0]
    assert read(data).utterances[0].text == "YES SIR"
    assert sound(data)


def test_segments_outside_their_recording_are_dropped(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "r.wav", np.random.default_rng(0).normal(0, 0.1, 8000), 8000)
    ends = {"a-0": 0.5, "a-1": 1.4, "a-2": 1.6, "b-0": 1.0}
    cut = [Utterance(n, n[0], str(tmp_path / "r.wav"), 0.2, end, recording_id="r") for n, end in ends.items()]
    write(tmp_path / "d", cut)
    (told, _) = fix(tmp_path / "d")
    assert told.startswith("dropped utterance a-2: ")
    assert "outside its recording" in told
    assert [u.id for u in read(tmp_path / "d").utterances] == ["a-0", "a-1", "b-0"]


def test_a_second_repair_keeps_the_first_original(data: Path) -> None:
    original = contents(data)
    for table in ("text", "wav.scp"):
        lines = (data / table).read_text().splitlines(keepends=True)
        (data / table).write_text("".join(lines[::-1]))
        if table == "text":
            original = contents(data)
        fix(data)
    assert contents(data / ".backup") == original
    assert (data / ".backup.2").is_dir()


def test_other_files_of_the_folder_are_left_alone(data: Path) -> None:
    (data / "notes.md").write_text("mine")
    (data / "text").write_text("".join((data / "text").read_text().splitlines(keepends=True)[::-1]))
    fix(data)
    assert (data / "notes.md").read_text() == "mine"
    assert not (data / ".backup" / "notes.md").exists()


def test_nothing_is_changed_where_nothing_would_be_left(data: Path) -> None:
    for file in (data.parent / "audio").iterdir():
        file.unlink()
    before = contents(data)
    with pytest.raises(ValueError, match=r"no usable utterance in .*Prepare it anew"):
        fix(data)
    assert contents(data) == before
    assert not (data / ".backup").exists()
    (data / "utt2spk").write_text("")
    with pytest.raises(ValueError, match="no usable line of utt2spk"):
        fix(data)
