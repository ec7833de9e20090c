"""Two processes on half a batch each equal one on all of it."""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import torch

from disentangle.adversarial import checkpoint
from disentangle.adversarial.training import TrainingResult

SCRIPT = Path(__file__).with_name("two_ranks.py")


def test_two_ranks_equal_one_on_the_joined_batch(tmp_path: Path) -> None:
    one: TrainingResult = runpy.run_path(str(SCRIPT))["run"](tmp_path / "one")
    two = tmp_path / "two"
    command = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--nproc-per-node",
        "2",
        str(SCRIPT),
        str(two),
    ]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    expected = checkpoint.load(one.checkpoint)
    found = checkpoint.load(two / "checkpoints/step-00000010.pt")
    for part in ("game", "averages"):
        torch.testing.assert_close(found[part], expected[part], rtol=0, atol=1e-6)
    torch.testing.assert_close(torch.load(two / "rank1.pt"), one.state, rtol=0, atol=1e-6)
    logs = [
        [json.loads(line) for line in (tmp_path / run / "log.jsonl").read_text().splitlines()] for run in ("one", "two")
    ]
    assert len(logs[0]) == len(logs[1]) == 10
    for line, other in zip(*logs, strict=True):
        torch.testing.assert_close(line, other, rtol=0, atol=1e-6)
