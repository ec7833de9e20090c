"""Work shared among processes comes back in order, and failures come back as they are."""

import math
import time
from functools import partial
from multiprocessing import forkserver

import pytest

from disentangle.scoring.workers import Workers


@pytest.mark.parametrize("count", [1, 2])
def test_results_are_in_the_order_of_the_calls_and_failures_are_raised(count: int) -> None:
    told: list[int] = []
    with Workers(count) as workers:
        results = list(workers.results([partial(math.sqrt, x) for x in (4.0, 9.0, 16.0)], told.append))
        with pytest.raises(ValueError, match=r"math domain|nonnegative"):
            list(workers.results([partial(math.sqrt, -1.0), partial(math.sqrt, 1.0)]))
    assert results == [2, 3, 4]
    assert sorted(told) == [0, 1, 2]


def _slow_root(x: float) -> float:
    time.sleep(200)
    return math.sqrt(x)


def test_a_failure_does_not_wait_for_what_the_others_are_at() -> None:
    begun = time.monotonic()
    with pytest.raises(ValueError, match=r"math domain|nonnegative"), Workers(2) as workers:
        list(workers.results([partial(math.sqrt, -1.0), partial(_slow_root, 4.0)]))
    assert time.monotonic() - begun < 150


def test_imports_begin_as_soon_as_processes_are_sure_to_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = list[int]()
    for count in (1, 2):
        monkeypatch.setattr(forkserver, "ensure_running", lambda count=count: begun.append(count))
        with Workers(count):
            pass
    assert begun == [2]


def test_no_process_is_not_enough() -> None:
    with pytest.raises(ValueError, match="--nj"):
        Workers(0)
