"""Batches read ahead by threads, for decoding and spectra run beside the interpreter: training need not wait."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from disentangle.adversarial.training import Source

Batch = TypeVar("Batch")
Key = tuple[int, int, int, int]  # step, draw, rank, ranks


class Ahead(Generic[Batch]):
    """The batches of another source, begun before they are asked for; which they are changes nothing.

    Args:
        source: whose batches are functions of step, draw, rank and ranks alone.
        readers: threads.
    """

    def __init__(self, source: Source[Batch], readers: int) -> None:
        self.source, self.readers = source, readers
        self.pool = ThreadPoolExecutor(readers, "reader")
        self.begun: dict[Key, Future[Batch]] = {}
        self.last = (0, 0)
        self.draws = 1

    def batch(self, step: int, draw: int, rank: int, ranks: int) -> Batch:
        """See `Source`; an error of a reader is raised where its batch is asked for."""
        if step != self.last[0]:
            self.draws = self.last[1] + 1  # a round asks for as many as the last one
        self.last = step, draw
        for key in [key for key in self.begun if key[:2] < (step, draw)]:
            self.begun.pop(key).cancel()
        wanted = self.begun.pop((step, draw, rank, ranks), None) or self._begin((step, draw, rank, ranks))
        for key in self._following(step, draw, rank, ranks):
            if key not in self.begun:
                self.begun[key] = self._begin(key)
        return wanted.result()

    def _begin(self, key: Key) -> Future[Batch]:
        return self.pool.submit(self.source.batch, *key)

    def _following(self, step: int, draw: int, rank: int, ranks: int) -> list[Key]:
        found = []
        for _ in range(self.readers + 1):
            step, draw = (step, draw + 1) if draw + 1 < self.draws else (step + 1, 0)
            found.append((step, draw, rank, ranks))
        return found
