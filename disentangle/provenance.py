"""How an experiment came about: command, commit, minutes, machine, in run.json."""

import json
import os
import platform
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def recorded(out: Path, resume: bool = False) -> Iterator[None]:
    """Time what happens inside and write OUT/run.json, also where it ends early; a resumed run's minutes add up."""
    path, begun = out / "run.json", time.monotonic()
    before = _minutes(path) if resume and path.is_file() else 0.0
    try:
        yield
    except BaseException:
        with suppress(OSError):  # what ended it, a full disk say, is worth more than how long it took
            write(path, before + (time.monotonic() - begun) / 60)
        raise
    write(path, before + (time.monotonic() - begun) / 60)


def write(path: Path, minutes: float) -> None:
    """Write the file under a temporary name and rename it."""
    content = {"command": command(), "commit": commit(), "minutes": round(minutes, 1), "machine": machine()}
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _minutes(path: Path) -> float:
    try:
        return float(json.loads(path.read_text())["minutes"])
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"not what training wrote, {path}. Remove it: the minutes so far are lost.") from None


def command() -> str:
    """What was typed."""
    return shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])


def commit() -> str:
    """The commit that the code is of, with "+" where the code differs from it; else the installed version."""
    from importlib.metadata import version

    def git(*words: str) -> str:
        here = Path(__file__).parent
        return subprocess.run(["git", *words], cwd=here, capture_output=True, text=True, check=True).stdout.strip()

    try:
        return git("rev-parse", "--short=10", "HEAD") + ("+" if git("status", "--porcelain", "--", ".") else "")
    except (OSError, subprocess.CalledProcessError):
        return f"version {version('disentangle')}"


def machine() -> str:
    """Processor, cores, the GPU if there is one, and the release of torch."""
    from importlib.metadata import version

    import torch

    gpu = f"{torch.cuda.get_device_name()}, " if torch.cuda.is_available() else ""
    return f"{platform.machine()}, {os.cpu_count()} cores, {gpu}torch {version('torch')}"
