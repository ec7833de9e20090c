"""Data directories come back as they were written, and what cannot be read is named with file and line."""

from dataclasses import replace
from pathlib import Path

import pytest

from disentangle.corpus import tables
from disentangle.corpus.directory import read, write
from disentangle.corpus.utterances import Utterance


def put(folder: Path, **lines: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in lines.items():
        (folder / name.replace("_scp", ".scp")).write_text(text, encoding="utf-8")
    return folder


def test_what_is_written_is_read_again(data: Path, tmp_path: Path) -> None:
    utterances = read(data).utterances
    assert len(utterances) == 9
    assert utterances[3].labels == {"digit": "0", "gender": "m"}
    write(tmp_path / "again", reversed(utterances))
    assert read(tmp_path / "again").utterances == utterances
    for file in data.iterdir():
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes()


def test_segments_are_written_and_read_again(tmp_path: Path) -> None:
    cut = (
        Utterance("a-1", "a", "/x/r.wav", 0.0, 1.5, seconds=1.5, recording_id="r"),
        Utterance("a-2", "a", "/x/r.wav", 1.5, 2.25, seconds=0.75, recording_id="r"),
    )
    write(tmp_path / "cut", cut)
    assert (tmp_path / "cut" / "segments").read_text() == "a-1 r 0.000000 1.500000\na-2 r 1.500000 2.250000\n"
    assert (tmp_path / "cut" / "wav.scp").read_text() == "r /x/r.wav\n"
    assert read(tmp_path / "cut").utterances == cut


def test_a_directory_that_kaldi_made_is_read_unchanged(tmp_path: Path) -> None:
    made = put(
        tmp_path / "kaldi",
        utt2spk="u1\ts1\nu2 \t s2\n",
        spk2utt="s1 u1\ns2 u2\n",
        wav_scp="rec sph2pipe -f wav -p -c 1 /x/sw.sph |\n",
        segments="u1 rec 0.5 2\nu2 rec 2 3.5\n",
        text="u1\nu2 grüß gott\n",
        utt2num_frames="u1 150\nu2 150\n",
    )
    first, second = read(made).utterances
    assert (first.recording, first.start, first.end) == ("sph2pipe -f wav -p -c 1 /x/sw.sph |", 0.5, 2.0)
    assert (first.text, second.text) == ("", "grüß gott")
    assert first.labels == {}
    assert first.seconds == 1.5


def test_c_order_is_the_order_of_bytes(tmp_path: Path) -> None:
    names = ["mdcs2-x", "mdcs-x", "Z-x", "é-x", "\U0001f600-x", "z-x"]
    write(tmp_path / "d", [Utterance(name, name[:-2], "/x.wav") for name in names])
    read_names = [line.split()[0] for line in (tmp_path / "d" / "utt2spk").read_text("utf-8").splitlines()]
    assert read_names == sorted(names, key=lambda name: name.encode())
    assert read_names[:3] == ["Z-x", "mdcs-x", "mdcs2-x"]


@pytest.mark.parametrize(
    ("table", "text", "said"),
    [
        ("utt2spk", "", r"utt2spk is empty"),
        ("utt2spk", "a-1 a\n\na-2 a\n", r"utt2spk:2: is blank"),
        ("utt2spk", "a-1 a\na-1 a\n", r"utt2spk:2: a-1 is already at line 1.*data fix"),
        ("utt2spk", "a-1 a b\n", r"utt2spk:1: a-1 needs one value, has 2"),
        ("utt2spk", "a-1 a\na-2 a\n", r"a-2 has no recording in .*wav.scp, .*utt2spk:2"),
        ("segments", "a-1 a-1 2 1\n", r"segments:1: not UTTERANCE RECORDING START END"),
        ("segments", "a-1 a-1 zero 1\n", r"segments:1: not UTTERANCE"),
        ("segments", "a-2 a-1 0 1\n", r"a-1 is in .*utt2spk but not in .*segments"),
        ("utt2dur", "a-1 long\n", r"utt2dur:1: 'long' is no number"),
    ],
)
def test_what_cannot_be_read_is_named_with_file_and_line(tmp_path: Path, table: str, text: str, said: str) -> None:
    folder = put(tmp_path / "d", utt2spk="a-1 a\n", wav_scp="a-1 /x.wav\n")
    put(folder, **{table: text})
    with pytest.raises(ValueError, match=said):
        read(folder)


def test_bytes_that_are_not_utf8_are_named_with_file_and_line(data: Path) -> None:
    (data / "text").write_bytes(b"ann-0 fine\nann-1 gr\xfc\xdf\n")
    with pytest.raises(ValueError, match=r"text:2: is not UTF-8"):
        read(data)


def test_a_missing_or_foreign_folder_is_no_data_directory(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no data directory .*nothing.*disentangle prepare"):
        read(tmp_path / "nothing")
    with pytest.raises(ValueError, match=r"no utt2spk in .*so it is no data directory"):
        read(tmp_path)


@pytest.mark.parametrize(
    "utterances",
    [
        [],
        [Utterance("a", "a", "/x.wav"), Utterance("a", "b", "/y.wav")],
        [Utterance("a b", "a", "/x.wav")],
        [Utterance("a", "", "/x.wav")],
        [Utterance("a", "a", "/x.wav", text="two\nlines")],
    ],
)
def test_what_no_table_can_hold_is_refused(tmp_path: Path, utterances: list[Utterance]) -> None:
    with pytest.raises(ValueError, match=r"to write to|cannot name|line break"):
        write(tmp_path / "d", utterances)
    assert not list(tmp_path.iterdir())


def test_a_failed_write_leaves_the_older_directory_and_nothing_else(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = read(data)
    written = tables.write_table

    def full(path: Path, table: dict[str, str]) -> None:
        if path.name == "wav.scp":
            raise OSError(28, "No space left on device")
        written(path, table)

    monkeypatch.setattr(tables, "write_table", full)
    with pytest.raises(OSError, match="No space"):
        write(data, [replace(u, text="other") for u in before.utterances])
    with pytest.raises(OSError, match="No space"):
        write(data.parent / "fresh", before.utterances)
    assert read(data) == before
    assert sorted(file.name for file in data.parent.iterdir()) == ["audio", "data"]


def test_a_folder_of_other_things_is_never_replaced(data: Path) -> None:
    (data / "thesis.tex").write_text("years of work")
    with pytest.raises(ValueError, match=r"already holds thesis.tex"):
        write(data, read(data).utterances)
    assert (data / "thesis.tex").exists()


def test_lhotse_imports_what_is_written(data: Path) -> None:
    lhotse = pytest.importorskip("lhotse.kaldi")
    recordings, supervisions, _ = lhotse.load_kaldi_data_dir(data, 8000)
    assert len(list(recordings)) == 9
    assert {s.speaker for s in supervisions} == {"ann", "bob", "cyd"}
