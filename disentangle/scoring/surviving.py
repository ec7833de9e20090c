"""Work shared among processes that may die, here or on a Dask cluster: what was lost is done again, order kept."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from importlib import import_module
from typing import Any, TypeVar

from disentangle.scoring.workers import Call, Workers, single_thread, started

T = TypeVar("T")

#: How often a call may lose its process before it is taken to be the cause.
TRIES = 3
#: Calls that a cluster's worker has before it, so that none waits and results do not pile up.
AHEAD = 4


class SurvivingWorkers(Workers):
    """A pool whose killed processes (by the system for want of memory, say) are replaced.

    Args:
        count: as of `Workers`.
    """

    def results(self, calls: Sequence[Call[T]], done: Callable[[int], None] = lambda _: None) -> Iterator[T]:
        """See `Workers.results`.

        Raises:
            ValueError: a call lost its process three times.
        """
        if self.count == 1 or len(calls) < 2:
            yield from super().results(calls, done)
            return
        futures = dict(enumerate(self._submitted(calls)))
        for number in range(len(calls)):
            lost = 0
            while _is_lost(futures[number]):
                lost += 1
                if lost == TRIES:
                    where = f"at part {number + 1} of {len(calls)}"
                    raise ValueError(f"a process was killed {TRIES} times, {where}. Use a smaller --nj.")
                self._bury()
                left = [i for i, future in futures.items() if _is_lost(future)]
                futures |= zip(left, self._submitted([calls[i] for i in left]), strict=True)
            done(number)
            yield futures.pop(number).result()

    def _bury(self) -> None:
        """Ends a broken pool, so that the next call starts another."""
        if self.pool:
            self.pool.shutdown()  # what it had not begun is lost like the rest
        self.pool = None

    def _submitted(self, calls: Sequence[Call[T]]) -> list[Future[T]]:
        self.pool = self.pool or started(self.count)
        return [self.pool.submit(call) for call in calls]


def _is_lost(future: Future[T]) -> bool:
    """Whether the process died, once the call has ended in one way or another."""
    return isinstance(future.exception(), BrokenProcessPool)


class ClusterWorkers(Workers):
    """The workers of a Dask cluster, which hands the calls of a worker that died to another.

    They must see the same files under the same paths, and have this package.

    Args:
        address: of its scheduler, such as ``tcp://10.0.0.1:8786``.

    Raises:
        ValueError: dask.distributed is not installed, or no scheduler answers.
    """

    def __init__(self, address: str) -> None:
        super().__init__(1)
        try:
            client = import_module("distributed").Client
        except ImportError:
            raise ValueError("no dask.distributed, --scheduler. Install it: pip install 'disentangle[dask]'.") from None
        try:
            self.client: Any = client(address, timeout=30, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ValueError(f"no scheduler answers ({error}), --scheduler {address}. Correct the address.") from None

    def __exit__(self, *failure: object) -> None:
        """Leaves the cluster as it was found."""
        self.client.close()

    def results(self, calls: Sequence[Call[T]], done: Callable[[int], None] = lambda _: None) -> Iterator[T]:
        """See `Workers.results`."""
        window = AHEAD * max(1, len(self.client.nthreads()))
        futures: list[Any] = []
        for number in range(len(calls)):
            while len(futures) < min(len(calls), number + window):
                futures.append(self.client.submit(partial(_alone, calls[len(futures)]), pure=False, retries=0))
            result: T = futures[number].result()
            futures[number] = None
            done(number)
            yield result


def _alone(call: Call[T]) -> T:
    with single_thread():
        return call()
