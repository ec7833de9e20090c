"""Utterances whose audio cannot be used: left out where that is asked for, and listed with the reason."""

import os
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Literal

from disentangle.corpus import audio
from disentangle.corpus.tables import read_table, write_table
from disentangle.corpus.utterances import DataDirectory, Utterance

OnError = Literal["stop", "skip"]
#: The list of what was left out: ``UTTERANCE REASON`` lines.
FAILED = "failed.txt"
CHUNK = 1000  # utterances that are begun before the first of them is judged


def usable(
    data: DataDirectory,
    folder: Path,
    allow_pipes: bool = False,
    least: int = 1,
    told: Callable[[], None] = lambda: None,
) -> DataDirectory:
    """Decode every utterance and leave out those that fail; ``folder/failed.txt`` lists them if there are any.

    Args:
        data: what is to be used.
        folder: for the list; made if missing.
        allow_pipes: whether commands in wav.scp may be run.
        least: utterances that a speaker needs; where failures leave fewer, these are left out as well.
        told: called for each utterance that was decoded.

    Raises:
        ValueError: a command without permission, or nothing left.
    """
    failed = {u.id: why for u, why in _problems(data, allow_pipes, told) if why is not None}
    failed |= _too_few(data, failed, least)
    if len(failed) == len(data.utterances):
        what = f"none of {len(failed)} utterances can be used, {data.path}"
        raise ValueError(f"{what}. The first: {min(failed.items())[1]}")
    file = folder / FAILED
    if not failed:
        file.unlink(missing_ok=True)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        write_table(file, failed)
        print(f"left out {len(failed)} of {len(data.utterances)} utterances, listed in {file}", file=sys.stderr)
    return _without(data, failed)


def without_listed(data: DataDirectory, folder: Path) -> DataDirectory:
    """The utterances that ``folder/failed.txt`` does not list, all of them where there is no such file."""
    listed = read_table(folder / FAILED) if (folder / FAILED).is_file() else {}
    return _without(data, listed)


def _without(data: DataDirectory, names: Collection[str]) -> DataDirectory:
    return DataDirectory(data.path, tuple(u for u in data.utterances if u.id not in names))


def check(data: DataDirectory, allow_pipes: bool = False, told: Callable[[], None] = lambda: None) -> None:
    """Decode every utterance.

    Raises:
        ValueError: the first that cannot be used.
    """
    for _, why in _problems(data, allow_pipes, told):
        if why is not None:
            raise ValueError(why)


def problem(utterance: Utterance, allow_pipes: bool = False) -> str | None:
    """Why an utterance's audio cannot be used, in one line, or None.

    Raises:
        ValueError: a command without permission, which is no fault of the audio.
    """
    try:
        audio.original(utterance, allow_pipes)
    except (ValueError, OSError) as error:
        if audio.is_command(utterance.recording) and not allow_pipes:
            raise
        return " ".join(str(error).split())
    return None


def _problems(
    data: DataDirectory, allow_pipes: bool, told: Callable[[], None]
) -> Iterator[tuple[Utterance, str | None]]:
    """Each utterance with its problem; libsndfile decodes beside the interpreter, so threads are enough."""
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for begin in range(0, len(data.utterances), CHUNK):
            chunk = data.utterances[begin : begin + CHUNK]
            for utterance, why in zip(chunk, pool.map(partial(problem, allow_pipes=allow_pipes), chunk), strict=True):
                told()
                yield utterance, why


def _too_few(data: DataDirectory, failed: Mapping[str, str], least: int) -> dict[str, str]:
    """What failures leave of speakers who then have fewer utterances than are needed."""
    left = Counter(u.speaker for u in data.utterances if u.id not in failed)
    hit = {u.speaker for u in data.utterances if u.id in failed}
    return {
        u.id: f"speaker {u.speaker} has only {left[u.speaker]} left where {least} are needed"
        for u in data.utterances
        if u.id not in failed and u.speaker in hit and left[u.speaker] < least
    }
