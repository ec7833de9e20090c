"""A command as a user types it: its seconds on the wall, its memory and that of all processes it starts."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

EVERY = 0.25  # seconds between two looks at the memory
PAGE = os.sysconf("SC_PAGE_SIZE")
SESSION, RESIDENT = 3, 21  # fields of /proc/PID/stat after the name, proc(5)


@dataclass(frozen=True)
class Ran:
    """What a command took.

    Args:
        seconds: on the wall, from its start to its end.
        memory: GB of all its processes together, every quarter of a second.
    """

    seconds: float
    memory: tuple[float, ...]

    @property
    def peak(self) -> float:
        """Largest memory seen, GB."""
        return max(self.memory)

    @property
    def growth(self) -> float:
        """Percent by which the largest memory exceeds the least, from the first minute (or third) to the end.

        The last two seconds are left out, in which processes end.
        """
        later = min(60 / max(self.seconds, 1e-9), 1 / 3)
        settled = self.memory[int(later * len(self.memory)) : -round(2 / EVERY)] or self.memory
        return 100 * (max(settled) / min(settled) - 1)


def run(words: Sequence[str | Path]) -> Ran:
    """Run `disentangle WORDS` in a session of its own.

    Raises:
        RuntimeError: it failed; says what it said.
    """
    begun, memory = time.monotonic(), [0.0]
    with subprocess.Popen(
        [sys.executable, "-m", "disentangle.cli", *map(str, words)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        while process.poll() is None:
            memory.append(_resident(process.pid) / 1e9)
            time.sleep(EVERY)
        seconds = time.monotonic() - begun
        if process.returncode:
            assert process.stderr is not None, "piped"
            raise RuntimeError(f"{' '.join(map(str, words))}: {process.stderr.read()}")
    return Ran(seconds, tuple(memory))


def _resident(session: int) -> int:
    """Bytes that the processes of a session hold together."""
    held = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(fields[SESSION]) == session:
            held += int(fields[RESIDENT]) * PAGE
    return held
