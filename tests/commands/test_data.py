"""Data directories from the command line: tables to stdout, one line and exit status 2 for what is wrong."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from disentangle.cli import main
from disentangle.corpus.directory import read, write
from disentangle.corpus.utterances import Utterance


@pytest.fixture
def data(tmp_path: Path) -> Path:
    utterances = []
    for speaker, seconds in (("ann", 0.5), ("bob", 1.0)):
        for take in range(2):
            file = tmp_path / f"{speaker}{take}.wav"
            soundfile.write(file, np.random.default_rng(take).normal(0, 0.1, int(8000 * seconds)), 8000)
            labels = {"digit": str(take), "gender": "f"}
            utterances.append(Utterance(f"{speaker}-{take}", speaker, str(file), text="two words", labels=labels))
    write(tmp_path / "data", utterances)
    return tmp_path / "data"


def failed(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """What a failing command prints to stdout, and its one line to stderr."""
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1
    return printed.out, printed.err


def test_a_sound_directory_is_valid(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "validate", str(data)]) == 0
    assert capsys.readouterr().out == f"{data}: no problems\n"
    assert main(["data", "fix", str(data)]) == 0
    assert capsys.readouterr().out == f"{data}: nothing to repair\n"


def unusable(kind: str, file: Path) -> None:
    whole = file.read_bytes()
    waves = {
        "zero-length": np.zeros(0),
        "20 ms": np.ones(160),
        "silent": np.zeros(8000),
        "not finite": np.full(8000, np.nan),
    }
    if kind in waves:
        soundfile.write(file, waves[kind], 8000, subtype="FLOAT")
    elif kind == "truncated":
        file.write_bytes(whole[:3000])
    elif kind == "not readable as audio":
        file.write_text("words where sound should be\n" * 50)
    elif kind == "under a name that ends with .wav":
        soundfile.write(file, np.random.default_rng(0).normal(0, 0.1, 8000), 8000, format="FLAC")
    elif kind == "no audio file":
        file.unlink()


KINDS = [
    "zero-length",
    "20 ms",
    "silent",
    "not finite",
    "truncated",
    "not readable as audio",
    "under a name that ends with .wav",
    "no audio file",
]


@pytest.mark.parametrize("kind", KINDS)
def test_unusable_audio_is_found_and_dropped(data: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    unusable(kind, data.parent / "bob0.wav")
    out, err = failed(["data", "validate", str(data)], capsys)
    assert out.startswith(f"{data}/wav.scp:3: ")
    assert kind in out
    assert "1 problem, in" in err
    assert f"disentangle data fix {data}" in err
    assert main(["data", "fix", str(data)]) == 0
    assert "dropped utterance bob-0: " in capsys.readouterr().out
    assert len(read(data).utterances) == 3


@pytest.mark.parametrize("action", ["validate", "fix", "info", "subset", "split"])
def test_a_missing_or_empty_directory_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], action: str
) -> None:
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "missing", tmp_path / "empty"):
        out = [str(tmp_path / "out")] if action in ("subset", "split") else []
        printed, err = failed(["data", action, str(folder), *out], capsys)
        assert not printed
        assert str(folder) in err
    assert [file.name for file in tmp_path.iterdir()] == ["empty"]


def test_what_dropping_cannot_repair_is_told(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    swapped = (data / "utt2spk").read_text().replace("bob-0 bob", "bob-0 ann")
    (data / "utt2spk").write_text(swapped.replace("ann-1 ann", "ann-1 bob"))
    (data / "spk2utt").write_text("ann ann-0 bob-0\nbob ann-1 bob-1\n")
    out, err = failed(["data", "fix", str(data)], capsys)
    assert f"{data}/utt2spk:3: unsorted by speaker" in out
    assert "cannot repair" in err


def test_the_table_and_the_json_say_the_same(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "info", str(data), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["speakers"]["bob"] == {"gender": "f", "utterances": 2, "seconds": 2.0}
    assert found["utterances"] == 4
    assert found["hours"] == pytest.approx(3 / 3600)
    assert found["rates"] == {"8000": 4}
    assert found["factors"] == {"digit": {"0": 2, "1": 2}, "gender": {"f": 4}}
    assert main(["data", "info", str(data)]) == 0
    table = capsys.readouterr().out
    for expected in ("speakers", "8000 Hz (4 recordings)", "1.0 to 2.0, mean 1.5", "0 (2), 1 (2)", "bob", "2.0"):
        assert expected in table


def test_commands_in_wav_scp_run_with_permission_only(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "wav.scp").write_text(
        "".join(f"{line.split()[0]} cat {line.split()[1]} |\n" for line in (data / "wav.scp").read_text().splitlines())
    )
    assert "--allow-pipes" in failed(["data", "info", str(data)], capsys)[1]
    assert main(["data", "info", str(data), "--allow-pipes"]) == 0
    assert main(["data", "validate", str(data), "--allow-pipes"]) == 0


def test_a_subset_and_a_split_are_data_directories(data: Path, tmp_path: Path) -> None:
    (tmp_path / "names").write_text("bob\nann-0\n")
    subset = ["data", "subset", str(data), str(tmp_path / "some")]
    assert main([*subset, "--list", str(tmp_path / "names"), "--where", "digit=0"]) == 0
    assert [u.id for u in read(tmp_path / "some").utterances] == ["ann-0", "bob-0"]
    assert main(["data", "split", str(data), str(tmp_path / "parts"), "--parts", "a=0.5", "b=0.5"]) == 0
    speakers = [set(read(tmp_path / "parts" / name).speakers()) for name in "ab"]
    assert sorted(map(len, speakers)) == [1, 1]
    assert main(["data", "validate", str(tmp_path / "parts" / "a")]) == 0


def test_data_directories_are_joined_made_anew_and_traded(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("lhotse")
    parts, out = tmp_path / "parts", tmp_path / "out"
    for words, printed in (
        (["split", data, parts, "--jobs", "2"], f"{parts}/1: 2 utterances\n{parts}/2: 2 utterances"),
        (["combine", parts / "2", parts / "1", out / "all"], f"{out}/all: 4 utterances"),
        (["perturb-speed", data, out / "sp", "--speeds", "1", "1.1"], f"{out}/sp: 8 utterances"),
        (["resample", data, out / "16k", "--rate", "16000"], f"{out}/16k: 4 recordings at 16000 Hz"),
        (["degrade", data, out / "far", "--room", "--noise", "0:15", "--telephone"], f"{out}/far: 4 recordings"),
        (["to-lhotse", data, out / "lhotse"], f"{out}/lhotse: 4 utterances"),
        (["from-lhotse", out / "lhotse", out / "back"], f"{out}/back: 4 utterances"),
    ):
        assert main(["data", *map(str, words)]) == 0
        assert capsys.readouterr().out == f"{printed}\n"
    assert read(out / "all").utterances == read(out / "back").utterances == read(data).utterances
    assert sorted(folder.name for folder in out.iterdir() if folder.name.endswith("_audio")) == [
        "16k_audio",
        "far_audio",
        "sp_audio",
    ]


def test_units_are_a_factor_like_any_other(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "units"
    assert main(["data", "units", str(data), str(out), "--count", "2"]) == 0
    assert capsys.readouterr().out == f"{out}: 4 utterances in 2 units\n"
    units = {u.labels["unit"] for u in read(out).utterances}
    assert units == {"unit00", "unit01"}
    assert [replace(u, labels={k: v for k, v in u.labels.items() if k != "unit"}) for u in read(out).utterances] == [
        *read(data).utterances
    ]


def test_degraded_speech_is_the_same_from_the_same_seed_in_whatever_company(data: Path, tmp_path: Path) -> None:
    words = ["--room", "--noise", "0:15", "--telephone", "--codec", "mp3"]
    one = tmp_path / "one"
    assert main(["data", "subset", str(data), str(one), "--where", "digit=1"]) == 0
    for source, out, seed in ((data, "a", "0"), (one, "b", "0"), (data, "c", "1")):
        assert main(["data", "degrade", str(source), str(tmp_path / out), *words, "--seed", seed]) == 0
    first, same, other = (soundfile.read(tmp_path / f"{out}_audio" / "ann-1.wav")[0] for out in "abc")
    clean = soundfile.read(tmp_path / "ann1.wav")[0]
    assert len(first) == len(clean) and np.array_equal(first, same) and not np.array_equal(first, other)
    assert [u.text for u in read(tmp_path / "a").utterances] == [u.text for u in read(data).utterances]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["subset", "--where", "digit"], "'digit' is not NAME=VALUE"),
        (["subset", "--speakers", "9"], "only 2 speakers to draw 9"),
        (["split", "--parts", "a=most"], "'most' is no number"),
        (["split", "--parts", "a=0.5"], "do not add up to 1"),
        (["split", "--jobs", "3"], "3 jobs for 2 speakers"),
        (["perturb-speed", "--speeds", "0"], "a speed of 0"),
        (["subset", "--list", "/nothing/here"], "No such file"),
        (["degrade"], "no channel to send recordings through"),
        (["degrade", "--noise", "15:0"], "no range of decibels, --noise 15:0"),
        (["degrade", "--noise", "loud"], "no range of decibels, --noise loud"),
        (["units", "--count", "1"], "Ask for two units or more"),
        (["units", "--count", "9"], "4 utterances for 9 units"),
    ],
)
def test_wrong_options_are_one_line_and_write_nothing(
    data: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    out = data.parent / "out"
    assert said in failed(["data", arguments[0], str(data), str(out), *arguments[1:]], capsys)[1]
    assert not out.exists()


def test_an_output_folder_that_cannot_be_written_is_one_line(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data.parent / "file").write_text("in the way")
    for out in (data.parent / "file" / "out", data.parent / "file", data.parent):
        failed(["data", "subset", str(data), str(out)], capsys)
    assert (data.parent / "file").read_text() == "in the way"
