"""FSDD in its public layout and in a plain one becomes data directories with the official split."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from disentangle.corpus.directory import read
from disentangle.corpus.validation import validate
from disentangle.data_prep.fsdd import prepare

SPEAKERS = ("ann", "bob", "cyd", "dan")
TAKES = (0, 4, 5, 19, 20, 49)


def public_layout(folder: Path, suffix: str) -> Path:
    (folder / "recordings").mkdir(parents=True)
    (folder / "metadata.py").write_text("metadata = {}\n")
    noise = np.random.default_rng(0).normal(0, 0.1, 1600)
    for speaker in SPEAKERS:
        for digit in (0, 7):
            for take in TAKES:
                soundfile.write(folder / "recordings" / f"{digit}_{speaker}_{take}{suffix}", noise, 8000)
    return folder


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_takes_make_the_official_split(tmp_path: Path, suffix: str) -> None:
    source = public_layout(tmp_path / "source", suffix)
    prepare(source if suffix == ".wav" else source / "recordings", tmp_path / "data")
    takes = {"train": {20, 49}, "judge": {5, 19}, "test": {0, 4}}
    takes |= {f"validation/{name}": held for name, held in {"train": {49}, "judge": {5, 19}, "test": {20}}.items()}
    for name, expected in takes.items():
        utterances = read(tmp_path / "data" / name).utterances
        assert validate(tmp_path / "data" / name) == []
        assert len(utterances) == len(SPEAKERS) * 2 * len(expected)
        assert {int(u.id.split("-")[2]) for u in utterances} == expected
        assert {(u.labels["digit"], u.text) for u in utterances} == {("0", "zero"), ("7", "seven")}
        for utterance in utterances:
            speaker, digit, take = utterance.id.split("-")
            assert utterance.speaker == speaker
            assert (
                Path(utterance.recording) == source.absolute() / "recordings" / f"{digit}_{speaker}_{int(take)}{suffix}"
            )


def test_two_speakers_at_a_time_are_left_out(tmp_path: Path) -> None:
    prepare(public_layout(tmp_path / "source", ".wav"), tmp_path / "data")
    for name, out in (("leave1", {"ann", "bob"}), ("leave2", {"cyd", "dan"})):
        found = {part: read(tmp_path / "data" / name / part) for part in ("train", "judge", "target", "test")}
        parts = {part: set(data.speakers()) for part, data in found.items()}
        assert parts == {"train": set(SPEAKERS) - out, "judge": set(SPEAKERS), "target": out, "test": out}
        assert {u.id.split("-")[2] for u in found["target"].utterances} == {"20", "49"}
    assert not (tmp_path / "data" / "leave3").exists()


def test_preparing_again_gives_the_same_bytes(tmp_path: Path) -> None:
    source = public_layout(tmp_path / "source", ".wav")
    prepare(source, tmp_path / "data")
    before = {file: file.read_bytes() for file in (tmp_path / "data").rglob("*") if file.is_file()}
    prepare(source, tmp_path / "data")
    assert {file: file.read_bytes() for file in (tmp_path / "data").rglob("*") if file.is_file()} == before


def test_the_whole_corpus(corpora: Path, tmp_path: Path) -> None:
    prepare(corpora / "fsdd", tmp_path)
    sizes = {name: len(read(tmp_path / name).utterances) for name in ("train", "judge", "test")}
    assert sizes == {"train": 1800, "judge": 900, "test": 300}
    held_out = [sorted(read(tmp_path / f"leave{i}" / "test").speakers()) for i in (1, 2, 3)]
    assert held_out == [["george", "jackson"], ["lucas", "nicolas"], ["theo", "yweweler"]]
    assert {u.labels["gender"] for u in read(tmp_path / "test").utterances} == {"m"}


def test_a_wrong_folder_says_what_was_looked_for_and_where_the_corpus_is(tmp_path: Path) -> None:
    for source in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(ValueError, match=r"no FSDD in .*recordings/.*github.com/Jakobovski") as refusal:
            prepare(source, tmp_path / "data")
        assert "\n" not in str(refusal.value)
    assert not (tmp_path / "data").exists()


def test_a_corpus_without_test_takes_or_with_broken_audio_makes_nothing(tmp_path: Path) -> None:
    source = public_layout(tmp_path / "source", ".wav")
    (source / "recordings" / "7_dan_49.wav").write_text("not audio")
    with pytest.raises(ValueError, match=r"not readable as audio .*7_dan_49.wav"):
        prepare(source, tmp_path / "data")
    for take in (0, 4):
        for file in (source / "recordings").glob(f"*_{take}.wav"):
            file.unlink()
    (source / "recordings" / "7_dan_49.wav").unlink()
    with pytest.raises(ValueError, match="takes of the test split"):
        prepare(source, tmp_path / "data")
    assert not (tmp_path / "data").exists()
