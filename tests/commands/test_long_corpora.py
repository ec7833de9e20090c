"""A corpus that is read batch by batch trains to the same bits as one in memory, stops early, resumes exactly."""

import shutil
from pathlib import Path

import pytest

from disentangle.cli import main
from tests.commands.conftest import Refusal

WEIGHTS = "model/model.safetensors"
BASE = ("training.steps=4", "training.tensorboard=false", "augmentation.speeds=[1.0, 0.9]", "batch.voices=1")


def train(tiny: Path, data: Path, out: Path, *words: str) -> bytes:
    assert main(["train", str(tiny), "--data", str(data), "--out", str(out), *BASE, *words]) == 0
    return (out / WEIGHTS).read_bytes()


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("training.precision=bf16",),
        ("augmentation.sound={noise: 0.5, room: 0.5, telephone: 0.5}", "training.precision=bf16"),
        ("batch.total=4", "batch.buckets=3"),
    ],
    ids=lambda words: words[0] if words else "plain",
)
def test_what_is_read_batch_by_batch_trains_as_what_is_in_memory(
    words: tuple[str, ...], tiny: Path, data: Path, tmp_path: Path
) -> None:
    held = train(tiny, data, tmp_path / "held", *words, "batch.readers=0")
    assert train(tiny, data, tmp_path / "ahead", *words, "batch.held=0") == held
    assert train(tiny, data, tmp_path / "due", *words, "batch.held=0", "batch.readers=0") == held


def test_a_stopped_run_goes_on_to_the_same_bits(tiny: Path, data: Path, tmp_path: Path) -> None:
    words = ("batch.held=0", "batch.total=4", "batch.buckets=3", "augmentation.sound.noise=0.5")
    whole = train(tiny, data, tmp_path / "whole", *words)
    stopped = Path(shutil.copytree(tmp_path / "whole", tmp_path / "stopped"))
    (stopped / "checkpoints" / "step-00000004.pt").unlink()
    shutil.rmtree(stopped / "model")
    assert train(tiny, data, stopped, *words, "--resume") == whole


def test_a_broken_file_stops_it_before_it_begins(tiny: Path, data: Path, tmp_path: Path, refusal: Refusal) -> None:
    folder = Path(shutil.copytree(data.parent, tmp_path / "corpus"))
    scp = folder / "data" / "wav.scp"
    scp.write_text(scp.read_text().replace(str(data.parent), str(folder)))
    file = folder / "wav" / "cas-3.wav"
    file.write_bytes(file.read_bytes()[:2000])
    words = ["train", tiny, "--data", folder / "data", "--out", tmp_path / "exp", *BASE, "batch.held=0"]
    assert f"truncated: its end is missing, {file}" in refusal(words)


def test_seconds_that_hold_no_batch_are_refused(tiny: Path, data: Path, tmp_path: Path, refusal: Refusal) -> None:
    words = ["train", tiny, "--data", data, "--out", tmp_path / "exp", *BASE, "batch.total=1"]
    assert "batch.total is 1 s, too few for 2 utterances of up to 0.5" in refusal(words)
