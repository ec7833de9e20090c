"""A run that is killed, stopped or out of disk goes on to the same bits as one that nobody disturbed."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("crashes")  # what takes long is made once, not by every worker


@pytest.fixture(scope="module")
def crashes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("crashes")
    script = Path(__file__).with_name("crashes.py")
    done = subprocess.run(
        [sys.executable, "-W", "error", script, folder], capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr
    results: dict[str, Any] = json.loads(done.stdout)
    return results


WHOLE = ["best.pt", "step-00000039.pt", "step-00000040.pt"]


def test_killed_at_random_instants(crashes: dict[str, Any]) -> None:
    result = crashes["random"]
    assert result["kills"] >= 5
    assert result["at"][-1] > 0, "no kill came after a checkpoint"
    assert (result["finished"], result["equal"], result["left"]) == (0, True, WHOLE)


def test_killed_while_a_checkpoint_is_half_written_in_place_or_not_yet(crashes: dict[str, Any]) -> None:
    result = crashes["writing"]
    assert result["statuses"] == [-9, -9, -9]
    assert (result["finished"], result["equal"], result["left"]) == (0, True, WHOLE)


@pytest.mark.parametrize(("name", "status"), [("SIGTERM", 143), ("SIGINT", 130)])
def test_asked_to_stop_it_writes_a_checkpoint_and_says_how_to_go_on(
    crashes: dict[str, Any], name: str, status: int
) -> None:
    result = crashes[name]
    assert (result["status"], result["kept"]) == (status, [11, 12])
    assert f"Stopped by {name} after step 12" in result["words"]
    assert "step-00000012.pt" in result["words"]
    assert "Resume" in result["words"]
    assert (result["finished"], result["equal"], result["left"]) == (0, True, WHOLE)


def test_a_full_disk_leaves_the_checkpoint_before_intact(crashes: dict[str, Any]) -> None:
    result = crashes["full"]
    assert (result["status"], result["loads"]) == (2, 11)
    assert "step-00000012.pt could not be written: File too large" in result["words"]
    assert "step-00000011.pt is intact" in result["words"]
    assert result["files"] == ["best.pt", "step-00000010.pt", "step-00000011.pt"]
    assert (result["finished"], result["equal"], result["left"]) == (0, True, WHOLE)
