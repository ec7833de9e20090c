"""Parts of a data directory: some of its utterances or speakers, with all tables that tell of them."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from disentangle.corpus.directory import read
from disentangle.corpus.rules import RECORDING, SPEAKER, UTTERANCE, rule_of
from disentangle.corpus.tables import Tables, extra_files, read_table, scan_folder, write_tables
from disentangle.corpus.utterances import DataDirectory

#: Pairs of utterances, or of speaker and utterance, to be verified.
TRIALS = "trials"


def write_part(source: Path, target: Path, utterances: Collection[str]) -> None:
    """Write a data directory of the named utterances of another, every table and extra file of it included.

    Of ``trials`` those stay whose utterances and speakers do.

    Raises:
        ValueError: no utterance is left, or the target holds anything but a data directory.
    """
    if not utterances:
        raise ValueError(f"no utterance of {source} is left for {target}. Ask for more.")
    tables = tables_in(source)
    kept = part(tables, set(utterances))
    extras = extra_files(source)
    if TRIALS in extras:
        gone = _names(tables) - _names(kept)
        lines = extras[TRIALS].splitlines(keepends=True)
        extras[TRIALS] = b"".join(line for line in lines if not gone.intersection(line.split()[:2]))
    write_tables(target, kept, extras)


def tables_in(folder: Path) -> Tables:
    """All tables of a data directory.

    Raises:
        ValueError: no such folder, or a bad line; names file and line.
    """
    names, _ = scan_folder(folder)
    return {name: {key: entry.value for key, entry in read_table(folder / name).items()} for name in names}


def _names(tables: Tables) -> set[bytes]:
    return {name.encode() for pair in tables["utt2spk"].items() for name in pair}


def part(tables: Tables, utterances: Collection[str]) -> Tables:
    """The lines of each table that concern these utterances, their speakers and recordings; no empty tables."""
    speakers = {key: value for key, value in tables["utt2spk"].items() if key in utterances}
    recordings = utterances
    if "segments" in tables:
        recordings = {value.split()[0] for key, value in tables["segments"].items() if key in utterances}
    wanted = {UTTERANCE: utterances, SPEAKER: set(speakers.values()), RECORDING: recordings}
    kept = {
        name: {key: value for key, value in table.items() if key in wanted[rule_of(name).about]}
        for name, table in tables.items()
    }
    kept["spk2utt"] = utterances_of(speakers)
    return {name: table for name, table in kept.items() if table}


def utterances_of(speakers: Mapping[str, str]) -> dict[str, str]:
    """The table ``spk2utt`` that belongs to this ``utt2spk``, in C order."""
    found: dict[str, list[str]] = {}
    for utterance, speaker in sorted(speakers.items()):
        found.setdefault(speaker, []).append(utterance)
    return {speaker: " ".join(names) for speaker, names in found.items()}


def select(
    directory: DataDirectory,
    *,
    names: Collection[str] | None = None,
    where: Mapping[str, str] | None = None,
    least: int = 1,
    speakers: int | None = None,
    per_speaker: int | None = None,
    utterances: int | None = None,
    seed: int = 0,
) -> list[str]:
    """Names of the utterances that meet all conditions, which apply in the order below.

    Args:
        directory: to choose from.
        names: of utterances or of speakers.
        where: the value that each of these factors (or ``speaker``) must have.
        least: utterances that a speaker must have left.
        speakers: how many speakers to draw.
        per_speaker: at most how many utterances to draw of each.
        utterances: how many utterances to draw in all.
        seed: of all draws.

    Raises:
        ValueError: a name or factor that the directory lacks, or more speakers or utterances than there are.
    """
    chosen = list(directory.utterances)
    if names is not None:
        known = {u.id for u in chosen} | {u.speaker for u in chosen}
        if unknown := sorted(set(names) - known):
            raise ValueError(f"no utterance or speaker {unknown[0]} in {directory.path}. Correct the list.")
        chosen = [u for u in chosen if u.id in names or u.speaker in names]
    for factor, value in (where or {}).items():
        _assert_factor(directory, factor)
        chosen = [u for u in chosen if value == (u.speaker if factor == "speaker" else u.labels.get(factor))]
    generator = np.random.default_rng(seed)
    of_speaker: dict[str, list[str]] = {}
    for utterance in chosen:
        of_speaker.setdefault(utterance.speaker, []).append(utterance.id)
    of_speaker = {speaker: ids for speaker, ids in of_speaker.items() if len(ids) >= least}
    if speakers is not None:
        drawn = _drawn(sorted(of_speaker), speakers, "speakers", directory.path, generator)
        of_speaker = {speaker: of_speaker[speaker] for speaker in drawn}
    if per_speaker is not None:
        of_speaker = {s: list(generator.permutation(ids)[:per_speaker]) for s, ids in of_speaker.items()}
    left = [str(name) for ids in of_speaker.values() for name in ids]
    if utterances is not None:
        left = _drawn(left, utterances, "utterances", directory.path, generator)
    return sorted(left)


def split(directory: DataDirectory, shares: Mapping[str, float], by: str, seed: int = 0) -> dict[str, list[str]]:
    """Names of the utterances of each part.

    Args:
        directory: to divide.
        shares: the share of each part by its name; they add up to 1.
        by: ``speaker``: no speaker in two parts; ``utterance``: every speaker in every part, as far as they reach.
        seed: of the draw.

    Raises:
        ValueError: shares that do not add up to 1, or a part that is left empty.
    """
    if min(shares.values()) <= 0 or abs(sum(shares.values()) - 1) > 1e-6:
        raise ValueError(f"shares {dict(shares)} do not add up to 1, all above 0. Correct them.")
    generator = np.random.default_rng(seed)
    of_speaker = {speaker: [u.id for u in found] for speaker, found in directory.speakers().items()}
    found: dict[str, list[str]] = {name: [] for name in shares}
    if by == "speaker":
        for name, speakers in _divided(list(of_speaker), shares, generator).items():
            found[name] = [utterance for speaker in speakers for utterance in of_speaker[speaker]]
    else:
        for utterances in of_speaker.values():
            for name, ids in _divided(utterances, shares, generator).items():
                found[name] += ids
    for name, ids in found.items():
        if not ids:
            raise ValueError(f"no {by} is left for {name} of {directory.path}. Give it a larger share.")
    return {name: sorted(ids) for name, ids in found.items()}


def write_split(source: Path, target: Path, shares: Mapping[str, float], by: str, seed: int = 0) -> dict[str, int]:
    """Write each part of a split as ``target/NAME``; returns how many utterances each has."""
    parts = split(read(source), shares, by, seed)
    for name, utterances in parts.items():
        write_part(source, target / name, utterances)
    return {name: len(utterances) for name, utterances in parts.items()}


def write_jobs(source: Path, target: Path, jobs: int, by: str) -> dict[str, int]:
    """Write ``target/1`` to ``target/JOBS``, in order and about equally long, for as many jobs beside one another.

    Args:
        source: the data directory.
        target: the folder for the parts.
        jobs: how many.
        by: ``speaker``: no speaker in two parts; ``utterance``: anywhere.

    Returns:
        How many utterances each part has.

    Raises:
        ValueError: fewer speakers or utterances than jobs.
    """
    directory = read(source)
    speakers = [[u.id for u in found] for found in directory.speakers().values()]
    groups = speakers if by == "speaker" else [[u.id] for u in directory.utterances]
    if not 0 < jobs <= len(groups):
        raise ValueError(f"{jobs} jobs for {len(groups)} {by}s of {source}, --jobs. Give 1 to {len(groups)}.")
    parts: list[list[str]] = [[] for _ in range(jobs)]
    done, total, number = 0, len(directory.utterances), 0
    for index, group in enumerate(groups):
        is_needed = len(groups) - index == jobs - number - 1  # one group for each part that is left
        if parts[number] and (is_needed or (number < jobs - 1 and done >= total * (number + 1) / jobs)):
            number += 1
        parts[number] += group
        done += len(group)
    for number, utterances in enumerate(parts, 1):
        write_part(source, target / str(number), utterances)
    return {str(number): len(utterances) for number, utterances in enumerate(parts, 1)}


def _assert_factor(directory: DataDirectory, factor: str) -> None:
    known = {"speaker"} | {label for u in directory.utterances for label in u.labels}
    if factor not in known:
        raise ValueError(f"no factor {factor} in {directory.path}. There are: {', '.join(sorted(known))}.")


def _drawn(pool: Sequence[str], count: int, what: str, path: Path, generator: np.random.Generator) -> list[str]:
    if count > len(pool):
        raise ValueError(f"only {len(pool)} {what} to draw {count} from, in {path}. Ask for fewer.")
    return [str(name) for name in generator.permutation(np.asarray(pool, object))[:count]]


def _divided(
    names: Sequence[str], shares: Mapping[str, float], generator: np.random.Generator
) -> dict[str, Sequence[str]]:
    """The names in random order, cut so that each part's count is its share to within one."""
    shuffled = [names[i] for i in generator.permutation(len(names))]
    edges = np.round(np.cumsum([0.0, *shares.values()]) * len(names)).astype(int)
    return {name: shuffled[a:b] for name, a, b in zip(shares, edges[:-1], edges[1:], strict=True)}
