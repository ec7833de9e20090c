"""Ctrl-C and SIGTERM ask a run to stop after the round it plays; a second one stops it at once."""

import signal
import threading
from pathlib import Path
from types import FrameType, TracebackType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(Exception):  # noqa: N818
    """A run stopped because it was asked to, with all that it needs to go on.

    Args:
        step: rounds played.
        path: the checkpoint.
        number: the signal; a shell expects the exit status 128 + number.
    """

    def __init__(self, step: int, path: Path, number: int = signal.SIGINT) -> None:
        name = signal.Signals(number).name
        super().__init__(f"Stopped by {name} after step {step}; {path} holds all of it. Resume to go on.")
        self.step, self.path, self.signal = step, path, number


class Interrupts:
    """While entered (in the main thread), remembers the signal that asked to stop instead of dying of it."""

    def __init__(self) -> None:
        self.number = 0
        self.before: dict[signal.Signals, signal._HANDLER] = {}

    def __enter__(self) -> "Interrupts":
        if threading.current_thread() is threading.main_thread():
            self.before = {number: signal.signal(number, self._remember) for number in SIGNALS}
        return self

    def _remember(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self.number = number
        self._restore()

    def _restore(self) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._restore()
