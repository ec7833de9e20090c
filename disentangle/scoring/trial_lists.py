"""Lists of trials as Kaldi, WeSpeaker and VoxCeleb write them, of any length; and the scores of all their trials."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from disentangle.evaluation.backends import Compare, Floats

Places = NDArray[np.int32]
KINDS = ("target", "nontarget")
BLOCK = 512  # enrolled vectors compared at once, at least
PAIRS = 1 << 25  # of an enrolled and a tested vector whose scores are held at once, unless a block has more
BYTES = 1 << 24  # of a list that are read at once: each part has a dictionary of names to join


@dataclass(frozen=True)
class TrialList:
    """Trials by the names of what they compare.

    Args:
        enrolled: names on the left side, each once.
        tested: names on the right side, each once.
        first, second: places in these, (trials,).
        is_target: whether each trial is of one speaker, (trials,); None where the list does not tell.
    """

    enrolled: Sequence[str]
    tested: Sequence[str]
    first: Places
    second: Places
    is_target: NDArray[np.bool_] | None


def read_list(path: Path) -> TrialList:
    """Read a list: ``ENROLLED TESTED target|nontarget`` (Kaldi, WeSpeaker), ``1|0 UTT UTT`` (VoxCeleb), or two names.

    Raises:
        ValueError: no trials, or a line of another form; names the file.
    """
    from pyarrow import ArrowInvalid, csv, dictionary, int32, set_cpu_count, string

    columns = _columns(path)
    set_cpu_count(len(os.sched_getaffinity(0)))  # reading is no arithmetic: OMP_NUM_THREADS is not meant for it
    names = [str(place) for place in range(columns)]
    try:
        table = csv.read_csv(
            path,
            read_options=csv.ReadOptions(column_names=names, block_size=BYTES),
            parse_options=csv.ParseOptions(delimiter=_delimiter(path), quote_char=False),
            convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, dictionary(int32(), string()))),
        )
    except ArrowInvalid as error:
        raise ValueError(f"not a list of trials, {path} ({error}). Give every line the same fields.") from None
    fields = [table.column(name).unify_dictionaries() for name in names]
    values = [field.chunk(0).dictionary.to_pylist() for field in fields]
    places = [np.concatenate([chunk.indices.to_numpy() for chunk in field.chunks]) for field in fields]
    return _made(path, values, places)


def _columns(path: Path) -> int:
    with path.open(encoding="utf-8") as lines:
        first = lines.readline().split()
    if len(first) not in (2, 3):
        form = "ENROLLED TESTED target|nontarget, or 1|0 UTT UTT"
        raise ValueError(f"{len(first)} fields where two or three are, {path}:1. A trial is {form}.")
    return len(first)


def _delimiter(path: Path) -> str:
    with path.open(encoding="utf-8") as lines:
        return "\t" if "\t" in lines.readline() else " "


def _made(path: Path, values: list[list[str]], places: list[Places]) -> TrialList:
    """Tell which field is which."""
    if len(values) == 2:
        return TrialList(values[0], values[1], places[0], places[1], None)
    if set(values[2]) <= set(KINDS):
        return TrialList(values[0], values[1], places[0], places[1], (np.array(values[2]) == "target")[places[2]])
    if set(values[0]) <= {"0", "1"}:
        return TrialList(values[1], values[2], places[1], places[2], (np.array(values[0]) == "1")[places[0]])
    strange = next(value for value in values[2] if value not in KINDS)
    raise ValueError(f"'{strange}' where target or nontarget is, {path}. A trial is ENROLLED TESTED target|nontarget.")


def vectors_of(names: Sequence[str], archive: Mapping[str, ArrayLike], where: Path) -> Floats:
    """The vectors of names, (names, dims); a matrix of several rows gives its mean.

    Raises:
        ValueError: a name that the archive lacks; names both.
    """
    if missing := next((name for name in names if name not in archive), None):
        raise ValueError(f"no vector of {missing}, {where}. Embed the data that the trials are of.")
    arrays = [np.asarray(archive[name], np.float32) for name in names]
    return np.stack([x if x.ndim == 1 else x.mean(0) for x in arrays])


def score_list(
    trials: TrialList,
    enrolled: Floats,
    tested: Floats,
    compare: Compare,
    told: Callable[[int], None] = lambda _: None,
) -> Floats:
    """The score of every trial, (trials,) float32.

    All pairs are compared where there are few, else each block of enrolled vectors once with all that any of its
    trials tests.

    Args:
        trials: what is compared.
        enrolled: (names, dims) in the order of the list's.
        tested: likewise.
        compare: all pairs of two sets of vectors.
        told: is told of each block how many trials it had.
    """
    rows = max(BLOCK, PAIRS // max(1, len(tested)))
    if len(enrolled) <= rows:
        found = np.asarray(compare(enrolled, tested), np.float32)
        told(len(trials.first))
        return np.asarray(np.take(found, trials.first * np.int64(len(tested)) + trials.second))
    scores = np.empty(len(trials.first), np.float32)
    for block, mine in enumerate(_of_blocks(trials.first, rows, -(-len(enrolled) // rows))):
        if len(mine):
            places, columns = trials.first[mine] - block * rows, trials.second[mine]
            asked = np.flatnonzero(np.bincount(columns, minlength=len(tested)))
            place = np.zeros(len(tested), np.int32)
            place[asked] = np.arange(len(asked))
            found = compare(enrolled[block * rows : (block + 1) * rows], tested[asked])
            scores[mine] = found[places, place[columns]]
        told(len(mine))
    return scores


def _of_blocks(first: Places, rows: int, count: int) -> Iterator[NDArray[np.int64]]:
    """Which trials each block of so many rows has."""
    blocks = first // rows  # few, so that 16 bits hold them: numbers that are sorted digit by digit
    order = np.argsort(blocks.astype(np.uint16) if count <= 1 << 16 else blocks, kind="stable")
    ends = np.cumsum(np.bincount(blocks, minlength=count))
    yield from np.split(order, ends[:-1])
