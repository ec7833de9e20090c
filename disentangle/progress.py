"""How far a long job is: a bar where somebody watches, a plain line every half minute where nobody does."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol, TextIO

EVERY = 30.0  # seconds between two plain lines
NOTHING: Mapping[str, float] = {}


class Progress(Protocol):
    """What a job tells of itself."""

    def advance(self, count: int = 1, values: Mapping[str, float] = NOTHING) -> None:
        """`count` more are done; `values` (the main losses, say) stand beside until others come."""


@contextmanager
def progress(
    total: int, title: str, unit: str = "step", done: int = 0, stream: TextIO | None = None
) -> Iterator[Progress]:
    """Shows how far a job is, at what rate and how long it will still take, on stderr.

    Args:
        total: how many there are to do.
        title: what is done.
        unit: what is counted.
        done: how many were done before, by a run that was interrupted.
        stream: where to write; stderr if None.
    """
    out = stream or sys.stderr
    if out.isatty():
        with _bar(total, title, unit, done, out) as bar:
            yield bar
        return
    lines = PlainLines(total, title, unit, done, out)
    yield lines
    lines.close()


class PlainLines:
    """A line now and then: `train: 120/1000 step, 3.2 step/s, 0:04:35 left, loss 0.693`."""

    def __init__(
        self,
        total: int,
        title: str,
        unit: str,
        done: int,
        out: TextIO,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.total, self.title, self.unit, self.out, self.clock = total, title, unit, out, clock
        self.before = self.done = done
        self.begun = self.told = clock()
        self.values: dict[str, float] = {}

    def advance(self, count: int = 1, values: Mapping[str, float] = NOTHING) -> None:
        """See `Progress`."""
        self.done += count
        self.values |= values
        if self.clock() - self.told >= EVERY:
            self._tell()

    def close(self) -> None:
        """A last line, unless the job was too short for any."""
        if self.told > self.begun:
            self._tell()

    def _tell(self) -> None:
        self.told = self.clock()
        rate = (self.done - self.before) / max(self.told - self.begun, 1e-9)
        left = _duration((self.total - self.done) / rate) if rate else "?"
        parts = [f"{self.done}/{self.total} {self.unit}", f"{rate:.3g} {self.unit}/s", f"{left} left"]
        parts += [f"{name} {value:.3g}" for name, value in self.values.items()]
        print(f"{self.title}: {', '.join(parts)}", file=self.out, flush=True)


@contextmanager
def _bar(total: int, title: str, unit: str, done: int, out: TextIO) -> Iterator[Progress]:
    from tqdm import tqdm

    class Bar:
        def __init__(self) -> None:
            self.values: dict[str, float] = {}

        def advance(self, count: int = 1, values: Mapping[str, float] = NOTHING) -> None:
            self.values |= values
            if values:
                shown = {name: f"{value:.3g}" for name, value in self.values.items()}
                bar.set_postfix(shown, refresh=False)
            bar.update(count)

    with tqdm(total=total, desc=title, unit=f" {unit}", initial=done, file=out, dynamic_ncols=True, leave=False) as bar:
        yield Bar()


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
