"""At home in Kaldi's world: what its validator rejects, ours does, and what it writes stays whole through our hands."""

from collections.abc import Callable
from pathlib import Path

import kaldiio
import numpy as np
import pytest

from disentangle.corpus import archives, audio, validation
from disentangle.corpus.combining import combine
from disentangle.corpus.directory import read, write
from disentangle.corpus.fixing import fix
from disentangle.corpus.parts import write_jobs, write_part
from disentangle.corpus.remaking import perturb_speed, resample
from disentangle.corpus.utterances import Utterance
from disentangle.corpus.validation import validate


def problems(folder: Path) -> list[str]:
    return [str(problem) for problem in validate(folder) if not problem.is_warning]


@pytest.fixture
def kaldi(tmp_path: Path) -> Path:
    """A directory with every table that Kaldi's validator looks at."""
    noise = np.random.default_rng(0).normal(0, 0.1, 16000)
    utterances = []
    for recording in ("ann", "bob"):
        audio.save(tmp_path / f"{recording}.wav", noise, 8000)
        for i in range(2):
            place = (str(tmp_path / f"{recording}.wav"), i / 2, i / 2 + 0.5)
            labels = {"gender": "f"}
            name = f"{recording}-{i}"
            utterances.append(
                Utterance(name, recording, *place, text="a word", labels=labels, seconds=0.5, recording_id=recording)
            )
    write(tmp_path / "kaldi", utterances)
    names, people = [u.id for u in utterances], ("ann", "bob")
    feats = np.arange(24, dtype=np.float32).reshape(12, 2)
    with kaldiio.WriteHelper(
        f"ark,scp:{tmp_path}/feats.ark,{tmp_path}/kaldi/feats.scp", compression_method=2
    ) as writer:
        for name in names:
            writer(name, feats)
    for table, keys, value in (
        ("cmvn.scp", people, "/x/cmvn.ark:4"),
        ("spk2warp", people, "1.1"),
        ("reco2dur", people, "2.0"),
        ("reco2file_and_channel", people, "ann A"),
        ("vad.scp", names, "/x/vad.ark:4"),
        ("utt2warp", names, "0.9"),
        ("utt2lang", names, "en"),
        ("utt2uniq", names, "one"),
        ("utt2num_frames", names, "48"),
    ):
        (tmp_path / "kaldi" / table).write_text("".join(f"{key} {value}\n" for key in keys))
    (tmp_path / "kaldi" / "frame_shift").write_text("0.01\n")
    (tmp_path / "kaldi" / "trials").write_text("ann-0 ann-1 target\nann-0 bob-1 nontarget\n")
    return tmp_path / "kaldi"


COMPLETE = (
    "text segments wav.scp feats.scp cmvn.scp spk2gender spk2warp utt2warp vad.scp utt2lang utt2uniq utt2dur "
    "utt2num_frames reco2dur reco2file_and_channel spk2utt"
)


def first_dropped(text: str) -> str:
    return text.partition("\n")[2]


def first_twice(text: str) -> str:
    return text.partition("\n")[0] + "\n" + text


def reversed_lines(text: str) -> str:
    return "".join(text.splitlines(keepends=True)[::-1])


def first_renamed(text: str) -> str:
    return "aaa" + text.partition(" ")[1] + text.partition(" ")[2]


def first_becomes(line: str) -> Callable[[str], str]:
    return lambda text: f"{line}\n{first_dropped(text)}"


#: Rules of validate_data_dir.sh about every table: check_sorted_and_uniq, its newline, and the lists that must agree.
CHANGES: list[Callable[[str], str]] = [first_dropped, first_twice, reversed_lines, first_renamed]
BAD_LINES = {
    "utt2spk": ["ann-0 ann more", "ann-0"],
    "segments": ["ann-0 ann 0.5 0.5", "ann-0 ann 0.5", "ann-0 ann 0 1 2"],
    "text": ["ann-0 <s> a", "ann-0 a </s>", "ann-0 #0", "ann-0 a\u00a0b", "ann-0 a\x07b"],
    "wav.scp": ["ann ~/a.wav"],
    "reco2file_and_channel": ["ann ann C", "ann A"],
    "spk2gender": ["ann female", "ann"],
    "spk2warp": ["ann 0.5", "ann 1.5"],
    "utt2warp": ["ann-0 0.5", "ann-0 1 2"],
    "utt2dur": ["ann-0 0", "ann-0 1 2"],
    "utt2num_frames": ["ann-0 0", "ann-0 1.5"],
    "reco2dur": ["ann 0", "ann -1"],
    "spk2utt": ["ann ann-0"],
}


def test_what_kaldi_accepts_is_accepted(kaldi: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert problems(kaldi) == []
    assert fix(kaldi) == []
    monkeypatch.delattr(validation, "_looked_over")  # a glance is enough, in a fifth of the time
    assert problems(kaldi) == []


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("text", lambda text: text.replace("ann-0 a word", "ann-0\ta  word ")),
        ("utt2dur", lambda text: text.replace(" ", "   ")),
        ("text", lambda text: text.replace("ann-0 a word", "ann-0")),
        ("utt2warp", lambda text: text.replace(" ", " \t")),
    ],
)
def test_blanks_that_kaldi_accepts_are_accepted(kaldi: Path, table: str, change: Callable[[str], str]) -> None:
    (kaldi / table).write_text(change((kaldi / table).read_text()))
    assert problems(kaldi) == []


def test_every_rule_of_kaldis_validator_is_ours_and_a_repair_meets_them_all(kaldi: Path) -> None:
    before = {file: file.read_bytes() for file in kaldi.iterdir()}
    cases = [(table, change.__name__, change) for table in COMPLETE.split() for change in CHANGES]
    for table, lines in BAD_LINES.items():
        cases += [(table, line, first_becomes(line)) for line in lines]
    cases += [("utt2spk", "no newline", lambda text: text[:-1]), ("utt2spk", "empty", lambda _: "")]
    for table, name, change in cases:
        for file, content in before.items():
            file.write_bytes(content)
        (kaldi / table).write_text(change((kaldi / table).read_text()))
        assert problems(kaldi), f"{table}: {name}"
        if name not in ("empty", "ann ~/a.wav"):  # the one has nothing to keep, the other a path to correct
            fix(kaldi)
            assert problems(kaldi) == [], f"{table}: {name}"


def test_compressed_features_are_read_and_commands_are_not_run(kaldi: Path, tmp_path: Path) -> None:
    features = archives.read(kaldi / "feats.scp")
    assert features["bob-1"].shape == (12, 2)
    assert features["bob-1"] == pytest.approx(np.arange(24).reshape(12, 2), abs=0.2)
    place = (kaldi / "feats.scp").read_text().split()[1]
    (tmp_path / "rows.scp").write_text(f"a {place}[2:5]\n")
    assert archives.read(tmp_path / "rows.scp")["a"].shape == (4, 2)
    (tmp_path / "piped.scp").write_text(f"a touch {tmp_path}/ran |\n")
    with pytest.raises(ValueError, match="a shell command in place of an archive"):
        archives.read(tmp_path / "piped.scp")
    assert not (tmp_path / "ran").exists()


def test_parts_keep_every_table_and_extra_file_and_come_together_again(kaldi: Path, tmp_path: Path) -> None:
    assert write_jobs(kaldi, tmp_path / "jobs", 2, "speaker") == {"1": 2, "2": 2}
    one, two = tmp_path / "jobs" / "1", tmp_path / "jobs" / "2"
    assert (one / "trials").read_text() == "ann-0 ann-1 target\n"
    assert (two / "frame_shift").read_text() == "0.01\n"
    assert problems(one) == problems(two) == []
    assert combine([two, one], tmp_path / "again") == []
    for file in kaldi.iterdir():
        if file.name != "trials":  # those across the two parts are gone
            assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes(), file.name
    assert write_jobs(kaldi, tmp_path / "jobs", 3, "utterance") == {"1": 2, "2": 1, "3": 1}
    with pytest.raises(ValueError, match="3 jobs for 2 speakers"):
        write_jobs(kaldi, tmp_path / "jobs", 3, "speaker")


def test_what_cannot_be_combined_is_told(kaldi: Path, data: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no segments in"):
        combine([kaldi, data], tmp_path / "out")
    write_part(data, tmp_path / "other", ["bob-0"])
    (tmp_path / "other" / "spk2gender").unlink()
    assert combine([data, tmp_path / "other"], tmp_path / "out") == ["spk2gender"]
    assert problems(tmp_path / "out") == []
    (tmp_path / "other" / "text").write_text("bob-0 other words\n")
    with pytest.raises(ValueError, match="bob-0 is 'a word' and 'other words'"):
        combine([data, tmp_path / "other"], tmp_path / "out")


def test_other_speeds_make_other_speakers_of_other_lengths(kaldi: Path, tmp_path: Path) -> None:
    assert perturb_speed(kaldi, tmp_path / "sp", tmp_path / "sound", [0.8, 1, 1.25]) == 12
    assert problems(tmp_path / "sp") == []
    found = {u.id: u for u in read(tmp_path / "sp").utterances}
    fast = found["sp1.25-ann-1"]
    assert (fast.speaker, fast.start, fast.end, fast.seconds) == ("sp1.25-ann", 0.4, 0.8, 0.4)
    assert found["ann-1"] == read(kaldi).utterances[1]
    assert audio.duration(found["sp0.8-ann-0"].recording) == (2.5, 8000)
    assert "sp0.8-ann-0 one\n" in (tmp_path / "sp" / "utt2uniq").read_text()
    assert not (tmp_path / "sp" / "feats.scp").exists()
    with pytest.raises(ValueError, match="a speed of 0, --speeds"):
        perturb_speed(kaldi, tmp_path / "sp", tmp_path / "sound", [0])


def test_another_rate_changes_the_audio_alone(data: Path, tmp_path: Path) -> None:
    assert resample(data, tmp_path / "16k", tmp_path / "sound", 16000) == 9
    assert problems(tmp_path / "16k") == []
    first, again = read(data).utterances[0], read(tmp_path / "16k").utterances[0]
    assert audio.duration(again.recording) == (0.3, 16000)
    assert (again.id, again.text, again.labels) == (first.id, first.text, first.labels)
