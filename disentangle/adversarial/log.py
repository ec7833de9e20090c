"""The log of a run: one JSON object per line without any clock, and TensorBoard events beside it."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter


class Log:
    """``log.jsonl`` of an experiment folder, cut back to the step from which a run goes on.

    Args:
        folder: the experiment folder.
        step: rounds already played; later lines are dropped, for they will be written again.
        tensorboard: write events under ``tensorboard/`` too.
    """

    def __init__(self, folder: Path, step: int, tensorboard: bool) -> None:
        path = folder / "log.jsonl"
        kept = "".join(_lines(path, step)) if step else ""
        aside = path.with_name(path.name + ".tmp")
        aside.write_text(kept)
        aside.replace(path)
        self.file = path.open("a")
        self.events = _events(folder / "tensorboard", step) if tensorboard else None

    def write(self, step: int, values: dict[str, float]) -> None:
        """One line; names are ``player/term`` or ``watch/name``."""
        try:
            self.file.write(json.dumps({"step": step} | values) + "\n")
            self.file.flush()
        except OSError as error:
            raise OSError(f"{self.file.name} could not be written: {error.strerror}. Make room and resume.") from error
        for name, value in values.items() if self.events else ():
            assert self.events is not None
            self.events.add_scalar(name, value, step)

    def sync(self) -> None:
        """Bring the lines onto the disk, before a checkpoint says that they are there."""
        os.fsync(self.file.fileno())

    def close(self) -> None:
        """No more lines."""
        self.file.close()
        if self.events:
            self.events.close()


def _lines(path: Path, step: int) -> Iterator[str]:
    if not path.exists():
        return
    for line in path.read_text().splitlines(keepends=True):
        try:
            if json.loads(line)["step"] > step or not line.endswith("\n"):
                return
        except ValueError:  # half a line, written when the process was killed
            return
        yield line


def _events(folder: Path, step: int) -> "SummaryWriter":
    from torch.utils.tensorboard import SummaryWriter

    return SummaryWriter(str(folder), purge_step=step + 1)
