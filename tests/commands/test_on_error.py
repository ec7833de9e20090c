"""One broken audio file among many: by default nothing begins, with `--on-error skip` it is left out and listed."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import yaml

from disentangle.cli import main
from disentangle.corpus import archives
from tests.commands.conftest import Refusal

QUICK = ("training.steps=2", "training.tensorboard=false")


@pytest.fixture
def broken(data: Path, tmp_path: Path) -> Path:
    """The corpus with a folder of its own, in which one file of bob's holds words."""
    folder = Path(shutil.copytree(data.parent, tmp_path / "broken"))
    for table in ("wav.scp",):
        path = folder / "data" / table
        path.write_text(path.read_text().replace(str(data.parent), str(folder)))
    (folder / "wav" / "bob-1.wav").write_text("words where sound should be\n" * 50)
    return folder / "data"


Words = Callable[..., list[str]]


@pytest.fixture
def train(tiny: Path, broken: Path, tmp_path: Path) -> Words:
    def words(*more: str) -> list[str]:
        return ["train", str(tiny), "--data", str(broken), "--out", str(tmp_path / "exp"), *QUICK, *more]

    return words


def listed(file: Path) -> dict[str, str]:
    return dict(line.split(" ", 1) for line in file.read_text().splitlines())


def test_training_stops_before_it_begins_and_names_the_file(train: Words, broken: Path, refusal: Refusal) -> None:
    said = refusal(train())
    assert said.startswith("error: not readable as audio") and f"{broken.parent}/wav/bob-1.wav" in said


def test_training_skips_it_lists_it_and_goes_on_by_the_same_list(
    train: Words, broken: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], refusal: Refusal
) -> None:
    exp = tmp_path / "exp"
    assert main(train("--on-error", "skip")) == 0
    assert f"left out 1 of 12 utterances, listed in {exp}/failed.txt\n" in capsys.readouterr().err
    assert list(found := listed(exp / "failed.txt")) == ["bob-1"]
    assert (
        found["bob-1"].startswith("not readable as audio")
        and str(broken.parent / "wav" / "bob-1.wav") in found["bob-1"]
    )
    assert yaml.safe_load((exp / "config.yaml").read_text())["on_error"] == "skip"
    assert main(train("--on-error", "skip", "--resume")) == 0
    assert "on_error: skip -> stop" in refusal(train("--resume"))
    (broken.parent / "wav" / "ann-0.wav").unlink()
    said = refusal(train("--on-error", "skip", "--resume"), ("run.json",))
    assert f"no audio file {broken.parent}/wav/ann-0.wav" in said, "what the run began with is not given up silently"


def test_skipping_trains_what_a_directory_without_it_trains(train: Words, broken: Path, tmp_path: Path) -> None:
    assert main(train("--on-error", "skip")) == 0
    assert main(["data", "fix", str(broken)]) == 0
    assert "bob-1" not in (broken / "utt2spk").read_text()
    one, other = tmp_path / "exp", tmp_path / "other"
    assert main([str(other) if word == str(one) else word for word in train()]) == 0
    weights = "model/model.safetensors"
    assert (one / weights).read_bytes() == (other / weights).read_bytes()
    assert not (other / "failed.txt").exists()


def test_a_speaker_left_with_one_utterance_is_left_out_and_listed(train: Words, broken: Path, tmp_path: Path) -> None:
    for take in (0, 2):
        soundfile.write(broken.parent / "wav" / f"bob-{take}.wav", np.zeros(4000), 8000)
    assert main(train("--on-error", "skip")) == 0
    found = listed(tmp_path / "exp" / "failed.txt")
    assert list(found) == ["bob-0", "bob-1", "bob-2", "bob-3"]
    assert found["bob-0"].startswith("silent audio")
    assert found["bob-3"] == "speaker bob has only 1 left where 2 are needed"


def test_where_all_are_broken_there_is_nothing_to_do(train: Words, broken: Path, refusal: Refusal) -> None:
    for file in (broken.parent / "wav").iterdir():
        file.write_text("words")
    said = refusal(train("--on-error", "skip"))
    assert said.startswith(f"error: none of 12 utterances can be used, {broken}. The first: not readable as audio")


def test_a_command_without_permission_is_not_a_broken_file(train: Words, broken: Path, refusal: Refusal) -> None:
    scp = broken / "wav.scp"
    scp.write_text(scp.read_text().replace(f"{broken.parent}/wav/cas-0.wav", f"cat {broken.parent}/wav/cas-0.wav |"))
    assert "Trust it with --allow-pipes" in refusal(train("--on-error", "skip"))
    assert main(train("--on-error", "skip", "--allow-pipes")) == 0


def test_embedding_stops_or_skips_and_lists(
    experiment: Path, broken: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    words = ["embed", str(experiment), str(broken), str(out), "--nj", "1"]
    assert main(words) == 2
    assert f"{broken.parent}/wav/bob-1.wav" in capsys.readouterr().err
    assert not list(out.glob("*.scp"))
    assert main([*words, "--on-error", "skip"]) == 0
    assert list(listed(out / "failed.txt")) == ["bob-1"]
    for name in ("speaker.scp", "content.scp"):
        assert "bob-1" not in (found := archives.read(out / name)) and len(found) == 11
    assert sorted(archives.read(out / "spk_speaker.scp")) == ["ann", "bob", "cas"]


def test_a_list_of_an_earlier_time_goes_when_nothing_fails(experiment: Path, data: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "failed.txt").write_text("bob-1 no audio file\n")
    assert main(["embed", str(experiment), str(data), str(tmp_path / "out"), "--nj", "1", "--on-error", "skip"]) == 0
    assert not (tmp_path / "out" / "failed.txt").exists()


def test_scoring_stops_or_skips_and_lists(experiment: Path, broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["score", str(experiment), str(broken), "--nj", "1", "--only", "speaker_eer"]
    assert main(words) == 2
    assert f"{broken.parent}/wav/bob-1.wav" in capsys.readouterr().err
    assert not (experiment / "scores.json").exists()
    assert main([*words, "--on-error", "skip"]) == 0
    assert list(listed(experiment / "embeddings" / "test" / "failed.txt")) == ["bob-1"]
    assert json.loads((experiment / "scores.json").read_text())["speaker_eer"]["n"] == 55


def test_pictures_have_no_audio_to_skip(tmp_path: Path, refusal: Refusal) -> None:
    words = ["train", "image/shapes/vae", "--out", tmp_path / "exp", "--on-error", "skip"]
    assert "--on-error is about audio" in refusal(words)
