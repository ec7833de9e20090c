"""AN4 in its public layouts and in a plain one becomes data directories with the official split."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from disentangle.corpus.audio import load
from disentangle.corpus.directory import read
from disentangle.corpus.validation import validate
from disentangle.data_prep.an4 import prepare

LAYOUTS = {"wav": ".wav", "sph": ".sph", "flac": ".flac"}


def public_layout(
    folder: Path,
    kind: str,
    training: tuple[str, ...] = ("fash", "mdcs", "mdcs2"),
    testing: tuple[str, ...] = ("mmxg",),
) -> Path:
    (folder / "etc").mkdir(parents=True)
    generator = np.random.default_rng(0)
    for part, speakers, close in (("train", training, "clstk"), ("test", testing, "clstk")):
        fileids, words = [], []
        for speaker in speakers:
            for take in range(9):
                fileid = f"an4{'' if part == 'train' else 'test'}_{close}/{speaker}/an{take}-{speaker}-b"
                file = folder / ("flac" if kind == "flac" else "wav") / f"{fileid}{LAYOUTS[kind]}"
                file.parent.mkdir(parents=True, exist_ok=True)
                container = "NIST" if kind == "sph" else kind.upper()
                noise = generator.normal(0, 0.1, 3200 + 800 * take)
                soundfile.write(file, noise, 16000, format=container, subtype="PCM_16")
                fileids.append(f"{fileid}\n")
                said = f"<s> GO {take} </s>" if part == "train" else f"GO {take}"
                words.append(f"{said} ({file.stem})\n")
        (folder / "etc" / f"an4_{part}.fileids").write_text("".join(fileids))
        (folder / "etc" / f"an4_{part}.transcription").write_text("".join(words))
    return folder


@pytest.mark.parametrize("kind", LAYOUTS)
def test_speakers_make_the_official_split(tmp_path: Path, kind: str) -> None:
    prepare(public_layout(tmp_path / "source", kind), tmp_path / "data")
    train, judge, test = (read(tmp_path / "data" / name) for name in ("train", "judge", "test"))
    assert set(test.speakers()) == {"mmxg"}
    assert set(train.speakers()) == set(judge.speakers()) == {"fash", "mdcs", "mdcs2"}
    assert {len(found) for found in judge.speakers().values()} == {3}
    assert len(train.utterances) == 18
    for directory in (train, judge, test):
        problems = [problem for problem in validate(directory.path, rate=16000) if not problem.is_warning]
        assert problems == []
    first = test.utterances[0]
    assert (first.id, first.text, first.labels) == ("mmxg-an0-b", "GO 0", {"gender": "m"})
    assert len(load(first, 16000)) == 3200
    assert train.utterances[0].text.startswith("GO ") if train.utterances[0].text else False


def test_judges_and_system_share_no_utterance_but_long_ones_alike(tmp_path: Path) -> None:
    prepare(public_layout(tmp_path / "source", "wav"), tmp_path / "data")
    train, judge = (read(tmp_path / "data" / name).utterances for name in ("train", "judge"))
    assert not {u.recording for u in train} & {u.recording for u in judge}
    assert [u.id for u in judge if u.speaker == "fash"] == ["fash-an2-b", "fash-an5-b", "fash-an8-b"]


def test_validation_holds_out_training_speakers(tmp_path: Path) -> None:
    source = public_layout(tmp_path / "source", "wav", ("fash", "fbbh", "mdcs", "mdcs2", "mewl"))
    prepare(source, tmp_path / "data")
    speakers = {n: set(read(tmp_path / "data" / "validation" / n).speakers()) for n in ("train", "judge", "test")}
    known = {"fash", "fbbh", "mdcs", "mewl"}
    assert speakers == {"train": known, "judge": known, "test": {"mdcs2"}}
    parts = [{u.id for u in read(tmp_path / "data" / "validation" / name).utterances} for name in ("train", "judge")]
    assert not parts[0] & parts[1]
    assert len(read(tmp_path / "data" / "validation" / "test").utterances) == 9


def test_the_whole_corpus(corpora: Path, tmp_path: Path) -> None:
    prepare(corpora / "an4", tmp_path)
    held_out = set(read(tmp_path / "validation" / "test").speakers())
    assert len(held_out) == 9
    assert not held_out & set(read(tmp_path / "test").speakers())
    found = {name: read(tmp_path / name) for name in ("train", "judge", "test")}
    assert {name: len(d.utterances) for name, d in found.items()} == {"train": 726, "judge": 222, "test": 130}
    assert {name: len(d.speakers()) for name, d in found.items()} == {"train": 74, "judge": 74, "test": 10}
    assert not set(found["train"].speakers()) & set(found["test"].speakers())
    assert sum(u.labels["gender"] == "f" for u in found["test"].utterances) > 0


def test_a_wrong_folder_says_what_was_looked_for_and_where_the_corpus_is(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no AN4 in .*etc/an4_train.fileids.*github.com/cmusphinx/an4") as refusal:
        prepare(tmp_path, tmp_path / "data")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("order", ["<i2", ">i2"])
def test_raw_samples_of_either_byte_order_get_a_header(tmp_path: Path, order: str) -> None:
    source = public_layout(tmp_path / "source", "wav")
    tone = (8000 * np.sin(np.arange(4000) / 9)).astype(order)
    for file in source.rglob("*.wav"):
        file.unlink()
        tone.tofile(file.with_suffix(".raw"))
    prepare(source, tmp_path / "data")
    (first, *_) = read(tmp_path / "data" / "test").utterances
    assert Path(first.recording).is_relative_to(tmp_path / "data" / "wav")
    assert np.array_equal(load(first, 16000) * 32768, tone.astype(np.float32))


@pytest.mark.parametrize("missing", ["wav/an4_clstk/fash/an3-fash-b.wav", "etc/an4_test.transcription"])
def test_a_corpus_with_a_file_missing_makes_nothing(tmp_path: Path, missing: str) -> None:
    source = public_layout(tmp_path / "source", "wav")
    (source / missing).unlink()
    with pytest.raises(ValueError, match=f"looked for .*{Path(missing).stem}"):
        prepare(source, tmp_path / "data")
    assert not (tmp_path / "data").exists()
