"""Parts keep every table in step, and a split loses nothing and mixes nothing."""

from pathlib import Path

import pytest

from disentangle.corpus.directory import read
from disentangle.corpus.parts import select, split, write_part, write_split
from disentangle.corpus.validation import validate


def test_a_part_keeps_the_lines_of_its_utterances_in_every_table(data: Path, tmp_path: Path) -> None:
    utterances = [u.id for u in read(data).utterances]
    (data / "feats.scp").write_text("".join(f"{name} /x.ark:{i}\n" for i, name in enumerate(utterances)))
    write_part(data, tmp_path / "part", ["bob-2", "ann-0"])
    assert sorted(file.name for file in (tmp_path / "part").iterdir()) == sorted(file.name for file in data.iterdir())
    assert (tmp_path / "part" / "feats.scp").read_text() == "ann-0 /x.ark:0\nbob-2 /x.ark:5\n"
    assert (tmp_path / "part" / "spk2utt").read_text() == "ann ann-0\nbob bob-2\n"
    assert validate(tmp_path / "part") == []


def test_conditions_are_all_met(data: Path) -> None:
    directory = read(data)
    assert select(directory, where={"digit": "1"}) == ["ann-1", "bob-1", "cyd-1"]
    assert select(directory, where={"digit": "1", "gender": "f"}) == ["ann-1", "cyd-1"]
    assert select(directory, where={"speaker": "bob"}) == ["bob-0", "bob-1", "bob-2"]
    assert select(directory, names=["ann", "bob-0"], least=2) == ["ann-0", "ann-1", "ann-2"]
    drawn = select(directory, speakers=2, per_speaker=2, seed=1)
    assert len(drawn) == 4
    assert len({name[:3] for name in drawn}) == 2
    assert drawn == select(directory, speakers=2, per_speaker=2, seed=1)
    assert len({tuple(select(directory, utterances=4, seed=seed)) for seed in range(5)}) > 1


def test_what_cannot_be_selected_is_refused(data: Path, tmp_path: Path) -> None:
    directory = read(data)
    with pytest.raises(ValueError, match="no utterance or speaker dan"):
        select(directory, names=["ann", "dan"])
    with pytest.raises(ValueError, match=r"no factor size .*digit, gender, speaker"):
        select(directory, where={"size": "1"})
    with pytest.raises(ValueError, match="only 3 speakers to draw 4"):
        select(directory, speakers=4)
    with pytest.raises(ValueError, match=r"no utterance of .* is left"):
        write_part(data, tmp_path / "part", select(directory, where={"digit": "7"}))


def test_a_split_by_speaker_keeps_speakers_apart(data: Path) -> None:
    parts = split(read(data), {"train": 0.7, "test": 0.3}, "speaker")
    speakers = {name: {utterance[:3] for utterance in found} for name, found in parts.items()}
    assert len(speakers["train"]) == 2
    assert speakers["train"].isdisjoint(speakers["test"])
    assert sorted(parts["train"] + parts["test"]) == [u.id for u in read(data).utterances]


def test_a_split_by_utterance_keeps_every_speaker_in_every_part(data: Path, tmp_path: Path) -> None:
    counts = write_split(data, tmp_path / "parts", {"train": 2 / 3, "test": 1 / 3}, "utterance", seed=4)
    assert counts == {"train": 6, "test": 3}
    for name in counts:
        assert set(read(tmp_path / "parts" / name).speakers()) == {"ann", "bob", "cyd"}
        assert validate(tmp_path / "parts" / name) == []


def test_shares_that_leave_a_part_empty_or_do_not_add_up_are_refused(data: Path) -> None:
    with pytest.raises(ValueError, match="do not add up to 1"):
        split(read(data), {"train": 0.7, "test": 0.2}, "speaker")
    with pytest.raises(ValueError, match="no speaker is left for test"):
        split(read(data), {"train": 0.9, "test": 0.1}, "speaker")
