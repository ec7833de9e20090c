"""All that is wrong with a data directory: what Kaldi's own script refuses, and audio that cannot be used."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from disentangle.corpus.glance import is_sound
from disentangle.corpus.rules import RECORDING, RESERVED, RULES, SPEAKER, UTTERANCE, WHITE, rule_of
from disentangle.corpus.soundness import listen
from disentangle.corpus.tables import Entry, Problem, scan, scan_folder

Entries = Mapping[str, Sequence[Entry]]


def validate(path: Path, rate: int | None = None, allow_pipes: bool = False) -> list[Problem]:
    """Find all problems of a data directory.

    Args:
        path: the data directory.
        rate: the rate in Hz that all audio must have; if None, rates that differ are a warning.
        allow_pipes: whether commands in wav.scp may be run; without it they are a warning.

    Returns:
        Problems and warnings by file and line.

    Raises:
        ValueError: no such folder.
    """
    tables, problems = _at_a_glance(path) if path.is_dir() and is_sound(path) else _looked_over(path)
    problems += [finding.problem for finding in listen(path, tables, rate, allow_pipes)]
    return sorted(problems, key=lambda p: (p.file.name, p.line or 0))


def _at_a_glance(path: Path) -> tuple[dict[str, list[Entry]], list[Problem]]:
    """The tables of a sound data directory that tell where its audio is."""
    return {name: scan(path / name)[0] for name in ("wav.scp", "segments") if (path / name).exists()}, []


def _looked_over(path: Path) -> tuple[dict[str, list[Entry]], list[Problem]]:
    """The tables of a data directory, and what is wrong with them line by line."""
    tables, problems = scan_folder(path)
    for name in ("utt2spk", "spk2utt", "wav.scp"):
        if name not in tables:
            problems.append(Problem(path / name, None, "is missing"))
    for name, entries in tables.items():
        problems += _order(path / name, entries)
        problems += _forms(path / name, entries)
    problems += _lists(path, tables)
    problems += _order_by_speaker(path / "utt2spk")
    problems += _speakers(path, tables)
    problems += _words(path / "text", tables.get("text", ()))
    problems += _tildes(path / "wav.scp", tables.get("wav.scp", ()))
    return tables, problems


def origins(tables: Entries) -> dict[str, dict[str, tuple[str, int]]]:
    """Where each utterance, speaker and recording is first named: file and line, by what it is and its name."""
    found: dict[str, dict[str, tuple[str, int]]] = {UTTERANCE: {}, SPEAKER: {}, RECORDING: {}}
    for entry in tables.get("utt2spk", ()):
        found[UTTERANCE].setdefault(entry.key, ("utt2spk", entry.line))
        found[SPEAKER].setdefault(entry.value, ("utt2spk", entry.line))
    if "segments" not in tables:
        return found | {RECORDING: found[UTTERANCE]}
    for entry in tables["segments"]:
        if RULES["segments"].is_met(entry):
            found[RECORDING].setdefault(entry.fields[0], ("segments", entry.line))
    return found


def _order(file: Path, entries: Sequence[Entry]) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for entry in entries:
        if entry.key in seen:
            yield Problem(file, entry.line, f"{entry.key} is a duplicate of line {seen[entry.key]}")
        seen.setdefault(entry.key, entry.line)
    for before, entry in pairwise(entries):
        if entry.key < before.key:
            yield Problem(file, entry.line, f"unsorted: {entry.key} comes before {before.key} in C order (LC_ALL=C)")


def _forms(file: Path, entries: Sequence[Entry]) -> Iterator[Problem]:
    rule = rule_of(file.name)
    for entry in entries:
        if not rule.is_met(entry):
            yield Problem(file, entry.line, f"{entry.key} {entry.value!r} is not {rule.form}")


def _lists(path: Path, tables: Entries) -> Iterator[Problem]:
    """Every table names the utterances, speakers or recordings that the directory has, no more and no fewer."""
    named = origins(tables)
    for name, entries in tables.items():
        rule = rule_of(name)
        expected, present = named[rule.about], {entry.key for entry in entries}
        for entry in entries:
            if entry.key not in expected and expected:
                other = "segments" if rule.about == RECORDING and "segments" in tables else "utt2spk"
                yield Problem(path / name, entry.line, f"{rule.about} {entry.key} is not in {other}")
        for key, (file, line) in expected.items():
            if rule.is_complete and entries and key not in present:
                yield Problem(path / file, line, f"{rule.about} {key} is not in {name}")


def _speakers(path: Path, tables: Entries) -> Iterator[Problem]:
    utterances = tables.get("utt2spk", ())
    of_speaker: dict[str, list[str]] = {}
    for entry in utterances:
        of_speaker.setdefault(entry.value, []).append(entry.key)
    if len(of_speaker) == 1:
        yield Problem(path / "utt2spk", None, "has one speaker only, so none can be told apart", is_warning=True)
    for entry in tables.get("spk2utt", ()):
        expected = of_speaker.get(entry.key)
        if expected is not None and entry.fields != expected:
            yield Problem(
                path / "spk2utt", entry.line, f"{entry.key} disagrees with utt2spk: {_difference(entry, expected)}"
            )


def _order_by_speaker(file: Path) -> Iterator[Problem]:
    """As ``sort -k2``, which compares the rest of the line, blanks included, then the whole line."""
    lines = file.read_bytes().removesuffix(b"\n").split(b"\n") if file.is_file() else []
    keys = [(line[match.end() :], line) for line in lines if (match := re.match(rb"[ \t]*[^ \t]*", line))]
    for number, (before, key) in enumerate(pairwise(keys), 2):
        if key < before and key[1] > before[1]:
            what = "let utterances' names begin with the speaker's, and one blank stand between"
            yield Problem(file, number, f"unsorted by speaker (sort -k2): {what}")


def _difference(entry: Entry, expected: Sequence[str]) -> str:
    listed = entry.fields
    more, fewer = sorted(set(listed) - set(expected)), sorted(set(expected) - set(listed))
    said = [f"{word} {', '.join(names[:3])}" for word, names in (("adds", more), ("lacks", fewer)) if names]
    return " and ".join(said) or "lists the same utterances in another order or more than once"


def _words(file: Path, entries: Sequence[Entry]) -> Iterator[Problem]:
    for entry in entries:
        if RESERVED.search(f"{entry.key} {entry.value}"):
            yield Problem(file, entry.line, f"{entry.key} holds a reserved word (<s>, </s> or #0)")
        if WHITE.search(f"{entry.key} {entry.value}"):
            yield Problem(
                file, entry.line, f"{entry.key} holds a control character, or white space that is neither blank nor tab"
            )


def _tildes(file: Path, entries: Sequence[Entry]) -> Iterator[Problem]:
    for entry in entries:
        if entry.value.startswith("~"):
            yield Problem(file, entry.line, f"{entry.key} begins with a tilde, which no program expands")
