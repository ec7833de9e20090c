"""Embedding survives killed processes, here and on a cluster, and its bytes do not tell how many there were."""

import os
import signal
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from disentangle.corpus import archives
from disentangle.scoring import surviving, workers
from disentangle.scoring.surviving import ClusterWorkers, SurvivingWorkers


def nothing() -> None:
    """What a process of these tests does at first; importing torch takes long."""


@pytest.fixture(autouse=True)
def _light(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_prepare", nothing)
    monkeypatch.setattr(workers, "PRELOADED", ())
    for module in (surviving, workers):
        monkeypatch.setattr(module, "single_thread", nullcontext)


def dies_once(folder: Path, number: int) -> tuple[str, np.ndarray]:
    """An array by name; the process of number 3 is killed the first time."""
    mark = folder / f"died-{number}"
    if number == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return f"u{number}", np.full((2, 3), number, np.float32)


def dies(_: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def test_a_killed_process_loses_nothing_and_changes_no_byte(tmp_path: Path) -> None:
    contents = []
    for count in (1, 2):
        (tmp_path / str(count)).mkdir()
        if count == 1:
            (tmp_path / "1" / "died-3").touch()  # one process is this one
        calls = [partial(dies_once, tmp_path / str(count), number) for number in range(6)]
        told: list[int] = []
        with SurvivingWorkers(count) as pool:
            archives.write(tmp_path / str(count), "x", pool.results(calls, told.append))
        assert told == list(range(6))
        contents.append((tmp_path / str(count) / "x.ark").read_bytes())
    assert (tmp_path / "2" / "died-3").exists()
    assert contents[0] == contents[1]


def test_a_call_that_always_kills_its_process_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surviving, "TRIES", 2)
    with SurvivingWorkers(2) as pool, pytest.raises(ValueError, match="killed 2 times, at part 1 of 2"):
        list(pool.results([partial(dies, 0), partial(dies, 1)]))


def test_a_cluster_does_the_same_when_a_worker_leaves_with_what_it_had_done(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    (tmp_path / "died-3").touch()
    calls = [partial(dies_once, tmp_path, number) for number in range(12)]
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None) as cluster,
        ClusterWorkers(cluster.scheduler_address) as pool,
    ):
        results = pool.results(calls)
        names = [next(results)[0]]
        cluster.sync(cluster.workers[0].close)
        names += [name for name, _ in results]
    assert names == [f"u{number}" for number in range(12)]


def test_no_scheduler_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")

    def refused(*_: object, **__: object) -> None:
        raise OSError("Timed out")

    monkeypatch.setattr(distributed, "Client", refused)
    with pytest.raises(ValueError, match=r"no scheduler answers \(Timed out\), --scheduler tcp://nowhere"):
        ClusterWorkers("tcp://nowhere:1")
