"""Checkpoints that are whole or not there: written aside and renamed, verified when read, never unpickled as code."""

import hashlib
import io
import os
import pickle
import re
from collections.abc import Collection, Mapping
from pathlib import Path

import torch

State = dict[str, object]
_SIZE = hashlib.sha256().digest_size
_NAME = re.compile(r"step-(\d{8})\.pt")


def path_of(folder: Path, step: int) -> Path:
    """Where the checkpoint of a step lies in an experiment folder."""
    return folder / "checkpoints" / f"step-{step:08d}.pt"


def best_path(folder: Path) -> Path:
    """Where the best checkpoint lies in an experiment folder."""
    return folder / "checkpoints" / "best.pt"


def steps(folder: Path) -> list[int]:
    """The steps of which there are checkpoints, rising."""
    found = [_NAME.fullmatch(path.name) for path in (folder / "checkpoints").glob("step-*.pt")]
    return sorted(int(match[1]) for match in found if match)


def latest(folder: Path) -> Path | None:
    """The newest checkpoint of an experiment folder."""
    known = steps(folder)
    return path_of(folder, known[-1]) if known else None


def save(path: Path, state: Mapping[str, object]) -> None:
    """Write a state (tensors, numbers, texts, lists, dictionaries) so that the path holds all of it or is untouched.

    Raises:
        OSError: it could not be written, for example onto a full disk.
    """
    memory = io.BytesIO()
    torch.save(dict(state), memory)
    memory.write(hashlib.sha256(memory.getbuffer()).digest())  # torch checks no sums, and does not mind what follows
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob("*.tmp"):  # a run that was killed while it wrote
        left.unlink()
    aside = path.with_name(path.name + ".tmp")
    try:
        with aside.open("wb") as file:
            file.write(memory.getbuffer())
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        kept = path if path.exists() else max(path.parent.glob("step-*.pt"), default=None)
        intact = f" {kept} is intact." if kept else ""
        raise OSError(f"{path} could not be written: {error.strerror}.{intact} Make room and resume.") from error
    _sync(path.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def prune(folder: Path, keep: int) -> None:
    """Remove all but the newest checkpoints (and the best)."""
    for step in steps(folder)[:-keep]:
        path_of(folder, step).unlink(missing_ok=True)


def load(path: Path, keys: Collection[str] = ()) -> State:
    """Read a state back onto the CPU.

    Args:
        path: a checkpoint.
        keys: what it has to hold.

    Raises:
        ValueError: damaged bytes, pickled code, or a key is missing.
    """
    remedy = "Remove it to go on from an older one, or start anew."
    data = path.read_bytes()
    body, digest = data[:-_SIZE], data[-_SIZE:]
    if hashlib.sha256(body).digest() != digest:
        raise ValueError(f"{path} is damaged or no checkpoint. {remedy}")
    try:
        state = torch.load(io.BytesIO(body), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise ValueError(f"{path} holds pickled code, which is never run. {remedy}") from error
    assert isinstance(state, dict), "its checksum says that we wrote it"
    if missing := sorted(set(keys) - state.keys()):
        raise ValueError(f"{path} lacks {', '.join(missing)}: no checkpoint of a training. {remedy}")
    return state
