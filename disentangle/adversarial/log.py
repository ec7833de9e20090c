"""The log of a run: one JSON object per line without any clock, and TensorBoard events beside it."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from torch import Tensor

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter


WATCHED = {"watched": {"critics in play and fresh attackers": ["Multiline", ["watch/.*"]]}}  # in one chart


@dataclass(frozen=True)
class Picture:
    """To look at: (height, width, 1 or 3) bytes."""

    pixels: Tensor


@dataclass(frozen=True)
class Sound:
    """To listen to: (samples,) in [-1, 1], and its rate in Hz."""

    wave: Tensor
    rate: int


Exhibits = Mapping[str, Picture | Sound]


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
        self.charted = False

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

        if self.events and not self.charted and any(name.startswith("watch/") for name in values):
            self.events.add_custom_scalars(WATCHED)
            self.charted = True

    def show(self, step: int, exhibits: Exhibits) -> None:
        """Sounds and pictures by their names, for TensorBoard alone."""
        assert self.events is not None, "asked for where there are events"
        for name, exhibit in exhibits.items():
            if isinstance(exhibit, Picture):
                self.events.add_image(name, exhibit.pixels, step, dataformats="HWC")
            else:
                self.events.add_audio(name, exhibit.wave[None], step, exhibit.rate)

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
