"""Utterances whose audio cannot be used: left out where that is asked for, and listed with the reason."""

import os
import sys
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Literal

from disentangle.corpus import audio
from disentangle.corpus.directory import DataDirectory, Utterance
from disentangle.corpus.tables import read_table, write_table

OnError = Literal["stop", "skip"]
#: The list of what was left out: ``UTTERANCE REASON`` lines.
FAILED = "failed.txt"


def usable(
    data: DataDirectory, folder: Path, allow_pipes: bool = False, least: int = 1, again: bool = False
) -> DataDirectory:
    """Decode every utterance and leave out those that fail; ``folder/failed.txt`` lists them if there are any.

    Args:
        data: what is to be used.
        folder: for the list; made if missing.
        allow_pipes: whether commands in wav.scp may be run.
        least: utterances that a speaker needs; where failures leave fewer, these are left out as well.
        again: whether the folder's list must name what fails now, since work that it belongs to goes on.

    Raises:
        ValueError: a command without permission, nothing left, or another list than before.
    """
    failed = _failing(data, allow_pipes)
    failed |= _too_few(data, failed, least)
    left, file = tuple(u for u in data.utterances if u.id not in failed), folder / FAILED
    if not left:
        raise ValueError(
            f"none of {len(failed)} utterances can be used, {data.path}. The first: {min(failed.items())[1]}"
        )
    if again:
        _assert_same(file, failed)
    elif failed:
        folder.mkdir(parents=True, exist_ok=True)
        write_table(file, failed)
        print(f"left out {len(failed)} of {len(data.utterances)} utterances, listed in {file}", file=sys.stderr)
    else:
        file.unlink(missing_ok=True)
    return DataDirectory(data.path, left)


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


def _failing(data: DataDirectory, allow_pipes: bool) -> dict[str, str]:
    """The reason by the utterance's name; libsndfile decodes beside the interpreter, so threads are enough."""
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        found = list(pool.map(partial(problem, allow_pipes=allow_pipes), data.utterances))
    return {u.id: why for u, why in zip(data.utterances, found, strict=True) if why is not None}


def _too_few(data: DataDirectory, failed: Mapping[str, str], least: int) -> dict[str, str]:
    """What failures leave of speakers who then have fewer utterances than are needed."""
    left = Counter(u.speaker for u in data.utterances if u.id not in failed)
    hit = {u.speaker for u in data.utterances if u.id in failed}
    return {
        u.id: f"speaker {u.speaker} has only {left[u.speaker]} left where {least} are needed"
        for u in data.utterances
        if u.id not in failed and u.speaker in hit and left[u.speaker] < least
    }


def _assert_same(file: Path, failed: Mapping[str, str]) -> None:
    before = set(read_table(file)) if file.is_file() else set()
    if changed := sorted(before ^ set(failed)):
        how = (
            f"fails now, which it did not: {failed[changed[0]]}" if changed[0] in failed else "failed, but is sound now"
        )
        raise ValueError(f"{changed[0]} {how}, {file}. Restore the audio as it was, or take another --out.")
