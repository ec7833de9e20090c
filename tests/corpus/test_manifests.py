"""What goes to Lhotse comes back: data directories byte for byte, audio through Shar as it was."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from disentangle.corpus import audio
from disentangle.corpus.directory import read, write
from disentangle.corpus.manifests import from_lhotse, from_shar, to_lhotse, to_shar
from disentangle.corpus.utterances import Utterance
from disentangle.corpus.validation import validate

pytest.importorskip("lhotse")


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    """Two speakers in one recording each, cut by segments that were written by other hands."""
    noise, utterances = np.random.default_rng(0).normal(0, 0.1, 16000), []
    for name in ("ann", "bob"):
        file = tmp_path / f"{name}.wav"
        audio.save(file, noise, 8000)
        for i in range(2):
            labels = {"gender": "f", "digit": str(i)}
            utterances.append(
                Utterance(
                    f"{name}-{i}", name, str(file), i / 2, i / 2 + 0.5, "ein Wört", labels, recording_id=f"r-{name}"
                )
            )
    write(tmp_path / "cut", utterances)
    lines = [f"{u.id} r-{u.speaker} {u.start:g} {u.end:.2f}\n" for u in utterances]
    (tmp_path / "cut" / "segments").write_text("".join(lines))
    (tmp_path / "cut" / "utt2dur").write_text("".join(f"{u.id} 0.5\n" for u in utterances))
    (tmp_path / "cut" / "utt2num_frames").write_text("".join(f"{u.id} 48\n" for u in utterances))
    return tmp_path / "cut"


@pytest.fixture
def piped(data: Path) -> Path:
    """The directory with recordings that commands print."""
    lines = [line.split() for line in (data / "wav.scp").read_text().splitlines()]
    (data / "wav.scp").write_text("".join(f"{name} cat {file} |\n" for name, file in lines))
    return data


@pytest.mark.parametrize("kind", ["data", "cut", "piped"])
def test_a_round_trip_gives_the_same_bytes(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> None:
    folder: Path = request.getfixturevalue(kind)
    assert to_lhotse(folder, tmp_path / "lhotse", allow_pipes=True) == len(read(folder).utterances)
    from_lhotse(tmp_path / "lhotse", tmp_path / "back")
    assert sorted(file.name for file in (tmp_path / "back").iterdir()) == sorted(file.name for file in folder.iterdir())
    for file in folder.iterdir():
        assert (tmp_path / "back" / file.name).read_bytes() == file.read_bytes(), file.name


def test_lhotse_hears_what_we_hear(cut: Path, tmp_path: Path) -> None:
    from lhotse import CutSet, load_manifest

    to_lhotse(cut, tmp_path)
    manifests = [load_manifest(tmp_path / f"{name}.jsonl.gz") for name in ("recordings", "supervisions")]
    first = next(iter(CutSet.from_manifests(*manifests).trim_to_supervisions()))
    assert np.array_equal(first.load_audio()[0], audio.load(read(cut).utterances[0], 8000))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Lhotse leaves the tar files open
def test_shar_holds_the_audio_of_each_utterance(cut: Path, tmp_path: Path) -> None:
    assert to_shar(cut, tmp_path / "shar") == 4
    assert from_shar(tmp_path / "shar", tmp_path / "back", tmp_path / "sound") == 4
    assert [str(p) for p in validate(tmp_path / "back") if not p.is_warning] == []
    for before, after in zip(read(cut).utterances, read(tmp_path / "back").utterances, strict=True):
        assert (after.id, after.speaker, after.text, after.labels) == (
            before.id,
            before.speaker,
            before.text,
            before.labels,
        )
        assert audio.load(after, 8000) == pytest.approx(audio.load(before, 8000), abs=1e-4)


def test_what_is_no_manifest_or_utterance_is_one_line(cut: Path, tmp_path: Path) -> None:
    from lhotse import SupervisionSet, load_manifest

    with pytest.raises(ValueError, match=r"no \*recordings\*"):
        from_lhotse(cut, tmp_path / "out")
    with pytest.raises(ValueError, match="no Shar folder"):
        from_shar(cut, tmp_path / "out", tmp_path / "sound")
    to_lhotse(cut, tmp_path / "lhotse")
    supervisions = load_manifest(tmp_path / "lhotse" / "supervisions.jsonl.gz")
    nobody = [replace(supervision, speaker=None) for supervision in supervisions]
    SupervisionSet.from_segments(nobody).to_file(tmp_path / "lhotse" / "supervisions.jsonl.gz")
    with pytest.raises(ValueError, match="has no speaker"):
        from_lhotse(tmp_path / "lhotse", tmp_path / "out")
    assert not (tmp_path / "out").exists()
