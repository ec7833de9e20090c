"""Independent calls in several processes, each with one thread, so that their number changes no result."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import forkserver
from types import TracebackType
from typing import TypeVar

T = TypeVar("T")
PRELOADED = ("disentangle.speech.model", "disentangle.scoring.embeddings", "soundfile", "torchaudio")
Call = Callable[[], T]


class Workers:
    """A pool that starts when there is something to share.

    Args:
        count: processes; 1: everything in this one. None: one for each core that this process may use.
    """

    def __init__(self, count: int | None = None) -> None:
        if count is not None and count < 1:
            raise ValueError(f"{count} processes, --nj. Give 1 or more.")
        self.count = count or len(os.sched_getaffinity(0))
        self.pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Workers":
        if self.count > 1:
            _importing()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.pool and kind:
            for process in list(self.pool._processes.values()):  # what they are at may take minutes
                process.terminate()
        if self.pool:
            self.pool.shutdown(cancel_futures=True)

    def results(self, calls: Sequence[Call[T]], done: Callable[[int], None] = lambda _: None) -> Iterator[T]:
        """The result of each call, in the order of the calls, which begin in that order too.

        Args:
            calls: picklable functions without arguments.
            done: told the number of each call as it ends.
        """
        if self.count == 1 or len(calls) < 2:
            for number, call in enumerate(calls):
                with single_thread():
                    result = call()
                done(number)
                yield result
            return
        self.pool = self.pool or started(self.count)
        futures = [self.pool.submit(call) for call in calls]
        for number, future in enumerate(futures):
            future.add_done_callback(lambda _, number=number: done(number))  # type: ignore[misc]
        for future in futures:
            yield future.result()


def started(count: int) -> ProcessPoolExecutor:
    """A pool of so many processes.

    A fork of a process whose threads are at work may hang, so they are forks of one that has none and has imported what
    takes long, once for all of them and for those that replace killed ones.
    """
    _importing()
    return ProcessPoolExecutor(count, multiprocessing.get_context("forkserver"), initializer=_prepare)


def _importing() -> None:
    """Starts what processes are forked of, unless it runs, so that it imports while this process does the same."""
    multiprocessing.set_forkserver_preload(list(PRELOADED))
    forkserver.ensure_running()


def _prepare() -> None:
    import signal

    import torch

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the parent says what there is to say
    torch.set_num_threads(1)


@contextmanager
def single_thread() -> Iterator[None]:
    """One thread for the arithmetic inside: sums of several are rounded otherwise."""
    import torch
    from threadpoolctl import threadpool_limits

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1):
            yield
    finally:
        torch.set_num_threads(before)
