"""`train` as a user drives it: what it leaves, the same from the same seed, every part switched on and off, a stop."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import load_file

from disentangle import progress
from disentangle.cli import main
from disentangle.speech.loading import load
from disentangle.speech.loss_options import LossOptions

QUICK = ("training.steps=2", "training.tensorboard=false")
SWITCHES = {field.name for field in fields(LossOptions)} - {"swap", "label_of"}


def train(tiny: Path, data: Path, out: Path, *words: str) -> int:
    return main(["train", str(tiny), "--data", str(data), "--out", str(out), *words])


def shown(out: Path) -> dict[str, list[str]]:
    """Names of what TensorBoard has, by its kind."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(out / "tensorboard"))
    events.Reload()
    return {kind: list(events.Tags()[kind]) for kind in ("images", "audio")}


def terms(out: Path) -> set[str]:
    """The terms of the log's last line that are not 0."""
    last = json.loads((out / "log.jsonl").read_text().splitlines()[-1])
    return {name for name, value in last.items() if value} - {"step"}


def test_the_folder_holds_configuration_provenance_log_checkpoints_and_model(trained: Path, data: Path) -> None:
    config = yaml.safe_load((trained / "config.yaml").read_text())
    assert (config["name"], config["train"], config["training"]["steps"]) == ("tiny", str(data), 3)
    assert config["loss"]["commitment"] == LossOptions().commitment, "defaults are filled in"
    assert config["players"]["speaker"]["optimizer"] == "adam"
    run = json.loads((trained / "run.json").read_text())
    assert list(run) == ["command", "commit", "minutes", "machine"]
    lines = [json.loads(line) for line in (trained / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 2, 3]
    assert {"content/reconstruction", "speaker/angular", "decoder/reconstruction", "critic/pair"} <= terms(trained)
    assert list((trained / "tensorboard").glob("events.*"))
    checkpoints = sorted(path.name for path in (trained / "checkpoints").iterdir())
    assert checkpoints == ["step-00000002.pt", "step-00000003.pt"]
    model = trained / "model"
    assert sorted(path.name for path in model.iterdir()) == ["card.md", "config.yaml", "model.safetensors"]
    assert (model / "config.yaml").read_bytes() == (trained / "config.yaml").read_bytes()
    assert str(data) in (model / "card.md").read_text()
    assert all(bool(tensor.isfinite().all()) for tensor in load_file(model / "model.safetensors").values())
    assert load(trained).rate == 8000


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    trained: Path, tiny: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed in ("0", "1"):
        assert train(tiny, data, tmp_path / seed, f"seed={seed}") == 0
    assert capsys.readouterr().out.splitlines()[0] == f"{tmp_path}/0/model: content 4 x frames, speaker 6, 3 steps"
    weights = "model/model.safetensors"
    assert (tmp_path / "0" / weights).read_bytes() == (trained / weights).read_bytes()
    assert (tmp_path / "0" / "log.jsonl").read_bytes() == (trained / "log.jsonl").read_bytes()
    assert (tmp_path / "1" / weights).read_bytes() != (trained / weights).read_bytes()


def test_what_is_seen_and_heard_in_tensorboard_changes_no_byte_of_what_is_trained(
    trained: Path, tiny: Path, data: Path, tmp_path: Path
) -> None:
    assert train(tiny, data, tmp_path / "shown", "training.show_every=1") == 0
    for name in ("model/model.safetensors", "log.jsonl"):
        assert (tmp_path / "shown" / name).read_bytes() == (trained / name).read_bytes()
    both = [torch.load(out / "checkpoints" / "step-00000003.pt") for out in (tmp_path / "shown", trained)]
    torch.testing.assert_close(both[0], both[1], rtol=0, atol=0)
    tags = shown(tmp_path / "shown")
    assert not shown(trained)["images"], "only every so many rounds"
    pictures = ["ann/again", "ann/as_bob", "ann/original", "bob/again", "bob/as_ann", "bob/original"]
    assert sorted(tags["images"]) == pictures
    assert sorted(tags["audio"]) == [f"{name}_heard" for name in pictures if "original" not in name]


def test_watching_changes_no_byte_of_the_model_and_a_resumed_run_has_seen_the_same(
    trained: Path, tiny: Path, data: Path, tmp_path: Path
) -> None:
    watched, resumed = tmp_path / "watched", tmp_path / "resumed"
    for out in (watched, resumed):
        assert train(tiny, data, out, "watch.every=1", "training.tensorboard=false", "loss.adapt=0.0") == 0
    model, log = "model/model.safetensors", "log.jsonl"
    assert (watched / model).read_bytes() == (trained / model).read_bytes()
    lines = [json.loads(line) for line in (watched / log).read_text().splitlines()]
    unwatched = [{name: value for name, value in line.items() if not name.startswith("watch/")} for line in lines]
    assert unwatched == [json.loads(line) for line in (trained / log).read_text().splitlines()]
    assert [line["watch/chance"] for line in lines] == [1 / 3] * 3
    assert {"watch/critic_pair", "watch/probe_linear", "watch/probe_sequence"} <= lines[-1].keys()
    (resumed / "checkpoints" / "step-00000003.pt").unlink()
    assert train(tiny, data, resumed, "watch.every=1", "training.tensorboard=false", "loss.adapt=0.0", "--resume") == 0
    for name in (model, log):
        assert (resumed / name).read_bytes() == (watched / name).read_bytes()


def test_another_data_directory_can_be_watched(tiny: Path, data: Path, tmp_path: Path) -> None:
    words = (f"watch.data={data}", "watch.every=2", "loss.adapt=0.1", *QUICK)
    assert train(tiny, data, tmp_path / "exp", *words) == 0
    last = json.loads((tmp_path / "exp" / "log.jsonl").read_text().splitlines()[-1])
    assert 0 <= last["watch/critic_speaker"] <= 1
    assert train(tiny, data, tmp_path / "other", f"watch.data={tmp_path}/none", *words[1:]) == 2
    assert not (tmp_path / "other").exists()


def test_a_finished_run_resumed_stays_as_it_is(experiment: Path, tiny: Path, data: Path) -> None:
    before = {path: path.read_bytes() for path in experiment.rglob("*") if path.is_file()}
    assert train(tiny, data, experiment, "--resume") == 0
    changed = {path.name for path, content in before.items() if path.read_bytes() != content}
    assert changed <= {"run.json"}


def test_a_run_goes_on_by_another_name_of_the_same_data(experiment: Path, tiny: Path, data: Path) -> None:
    assert train(tiny, data / ".." / data.name, experiment, "--resume") == 0


def test_transcripts_that_stretches_keep_from_being_learnt_are_told_of(
    tiny: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for seconds, letters in ((0.2, 1.0), (0.2, 0.0), (9.0, 1.0)):
        words = (f"batch.seconds={seconds}", f"loss.letters={letters}", *QUICK)
        assert train(tiny, data, tmp_path / f"{seconds}-{letters}", *words) == 0
        told = (
            "transcripts are not learnt: their utterances are longer than batch.seconds, 0.2."
            in capsys.readouterr().err
        )
        assert told == (seconds < 1 and letters > 0)


DISTURBED = "augmentation.sound={noise: 0.7, noises: [babble, pink], room: 0.5, telephone: 0.3}"


def test_disturbed_sound_is_the_same_after_a_stop(tiny: Path, data: Path, tmp_path: Path) -> None:
    words = ("training.steps=4", "training.tensorboard=false", DISTURBED, "augmentation.time_mask=5")
    for name in ("unbroken", "stopped"):
        assert train(tiny, data, tmp_path / name, *words) == 0
    stopped, log = tmp_path / "stopped", (tmp_path / "stopped" / "log.jsonl").read_bytes()
    (stopped / "checkpoints" / "step-00000004.pt").unlink()
    shutil.rmtree(stopped / "model")
    assert train(tiny, data, stopped, "--resume", *words) == 0
    weights = "model/model.safetensors"
    assert (stopped / weights).read_bytes() == (tmp_path / "unbroken" / weights).read_bytes()
    assert (stopped / "log.jsonl").read_bytes() == log


def test_a_folder_without_a_run_is_begun_by_resume_too(tiny: Path, data: Path, tmp_path: Path) -> None:
    assert train(tiny, data, tmp_path / "new", "--resume", *QUICK) == 0
    assert (tmp_path / "new" / "model").is_dir()


ALL_MOVES = ("critic.moves=2", "batch.voices=1", "critic.renew=1")


@pytest.mark.parametrize(
    "words",
    [
        ("model.content.bottleneck=none",),
        ("model.content.bottleneck=noise",),
        ("model.content.instance_norm=false", "loss.swap=false"),
        ("model.speaker.kind=ecapa", "batch.seconds=0.3"),
        ("augmentation.speeds=[1.0, 0.9]", "augmentation.warp=0.1", "augmentation.noise=0.5", "augmentation.mask=4"),
        ("augmentation.time_mask=5", "augmentation.sound={noise: 0.7, room: 0.5, telephone: 0.5, hearers: voice}"),
        ("critic.ensemble=2", "critic.moves=1", "critic.renew=1"),
        ("training.accumulate=2", "batch.speakers=4", "augmentation.speeds=[1.0, 0.9]", *ALL_MOVES),
        ("training.precision=bf16", "players.content.ema=0.9", "players.speaker.optimizer=adamw"),
    ],
    ids=lambda words: words[0],
)
def test_every_part_that_can_be_chosen_trains_and_loads(
    words: Sequence[str], tiny: Path, data: Path, tmp_path: Path
) -> None:
    assert train(tiny, data, tmp_path, *words, *QUICK) == 0
    load(tmp_path)


ALL = tuple(f"loss.{name}=0.5" for name in sorted(SWITCHES))


@pytest.mark.parametrize("off", sorted(SWITCHES))
def test_every_loss_can_be_switched_off(off: str, tiny: Path, data: Path, tmp_path: Path) -> None:
    assert train(tiny, data, tmp_path, *ALL, f"loss.{off}=0", *QUICK) == 0
    names = {name.partition("/")[2] for name in terms(tmp_path)}
    assert off not in names
    assert SWITCHES - {off} <= names


def test_all_losses_off_but_one_or_none(tiny: Path, data: Path, tmp_path: Path) -> None:
    none = tuple(f"loss.{name}=0" for name in SWITCHES)
    assert train(tiny, data, tmp_path / "one", *none, "loss.reconstruction=1", *QUICK) == 0
    assert train(tiny, data, tmp_path / "none", *none, *QUICK) == 0
    assert terms(tmp_path / "one") == {f"{player}/reconstruction" for player in ("content", "speaker", "decoder")}


def test_plain_lines_tell_of_progress_where_nobody_watches(
    tiny: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.0)
    assert train(tiny, data, tmp_path, *QUICK) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("training tiny: ")]
    assert told[0].startswith("training tiny: 1/2 step, ")
    assert " step/s, 0:0" in told[0] and " left, reconstruction " in told[0] and ", angular " in told[0]
    assert "\r" not in told[0]


def test_a_stopped_run_says_how_to_go_on_and_ends_with_the_bits_of_an_unbroken_one(
    tiny: Path, data: Path, tmp_path: Path
) -> None:
    words = [str(tiny), "--data", str(data), "training.steps=60", "training.tensorboard=false"]
    stopped, unbroken = tmp_path / "stopped", tmp_path / "unbroken"
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "disentangle.cli", "train", *words, "--out", str(stopped)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    log = stopped / "log.jsonl"
    while process.poll() is None and not (log.exists() and log.read_text().count("\n") > 4):
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    out, said = process.communicate(timeout=120)
    assert (process.returncode, out) == (143, ""), said
    last = max((stopped / "checkpoints").iterdir())
    assert said.startswith(f"Stopped by SIGTERM after step {int(last.stem[5:])}; {last} holds all of it.")
    assert said.endswith(f" train {' '.join(words)} --out {stopped} --resume\n")
    assert not (stopped / "model").exists()
    assert main(["train", *words, "--out", str(stopped), "--resume"]) == 0
    assert main(["train", *words, "--out", str(unbroken)]) == 0
    for name in ("model/model.safetensors", "log.jsonl"):
        assert (stopped / name).read_bytes() == (unbroken / name).read_bytes()
