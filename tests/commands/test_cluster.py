"""The shipped sbatch file trains with several processes as Slurm starts them, to the weights of one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from disentangle.cli import main
from tests.conftest import ROOT

#: What srun does on one node: as many copies of the command as there are tasks, each told which it is.
SRUN = """#!/usr/bin/env bash
while [[ $1 == -* ]]; do shift; done
for task in $(seq 0 $((SLURM_NTASKS - 1))); do
  SLURM_PROCID=$task SLURM_LOCALID=$task SLURM_NODEID=0 "$@" & tasks+=($!)
done
for task in "${tasks[@]}"; do wait "$task" || exit 1; done
"""
#: Of a part of the batch, and what the decoder makes of vectors that they have normalised.
STATISTICS = ("running_mean", "running_var", "num_batches_tracked", "stretch", "shift")
BASE = ("training.steps=3", "training.tensorboard=false", "augmentation.speeds=[1.0, 0.9]", "batch.speakers=4")
#: Adam makes steps of rounding errors where a gradient is 0, as before instance norm.
PLAIN = (
    "model.content.bottleneck=none",
    *(f"players.{p}.optimizer=sgd" for p in ("content", "speaker", "decoder", "critic")),
)


def submitted(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The sbatch file as Slurm would run it for two tasks on one node."""
    commands = folder / "bin"
    commands.mkdir()
    (commands / "srun").write_text(SRUN)
    (commands / "srun").chmod(0o755)
    path = [str(commands), str(Path(sys.executable).parent), os.environ["PATH"]]
    slurm = {"NTASKS": 2, "NTASKS_PER_NODE": 2, "JOB_ID": 10000 + os.getpid() % 10000, "NODELIST": "localhost"}
    slurm |= {"JOB_NAME": "disentangle", "SUBMIT_DIR": ROOT, "CPUS_PER_TASK": 1}
    environment = {f"SLURM_{name}": str(value) for name, value in slurm.items()}
    return subprocess.run(
        ["bash", ROOT / "recipes" / "train.sbatch", *words],
        env=os.environ | environment | {"PATH": os.pathsep.join(path), "PYTHONWARNINGS": "default"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


@pytest.mark.timeout(900)
def test_two_tasks_end_with_the_weights_of_one_process(tiny: Path, data: Path, tmp_path: Path) -> None:
    words = [str(tiny), "--data", str(data), *BASE, *PLAIN]
    done = submitted(tmp_path, *words, "--out", str(tmp_path / "two"))
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{tmp_path}/two/model: content 4 x frames, speaker 6, 3 steps\n", "told once"
    assert main(["train", *words, "--out", str(tmp_path / "one"), "training.accumulate=2"]) == 0
    one, two = (load_file(tmp_path / name / "model" / "model.safetensors") for name in ("one", "two"))
    assert one.keys() == two.keys()
    for name in [name for name in one if not name.endswith(STATISTICS)]:
        torch.testing.assert_close(two[name], one[name], rtol=0, atol=1e-6, msg=name)
    assert not [
        path.name for path in (tmp_path / "two").iterdir() if path.name.startswith(".") or path.suffix == ".tmp"
    ]


@pytest.mark.parametrize(
    ("speakers", "said"), [(2, "Strangers are needed: take 4 or more"), (3, "cannot be shared by 2")]
)
def test_parts_too_small_to_compare_are_refused(
    speakers: int, said: str, tiny: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["train", str(tiny), "--data", str(data), "--out", str(tmp_path / "exp"), "training.accumulate=2"]
    assert main([*words, f"batch.speakers={speakers}", "training.tensorboard=false"]) == 2
    assert said in capsys.readouterr().err
