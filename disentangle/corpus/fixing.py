"""Repairs a data directory by dropping and sorting, and keeps it as it was beside."""

import os
import shutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from disentangle.corpus.parts import part
from disentangle.corpus.rules import RECORDING, RESERVED, SPEAKER, UTTERANCE, WHITE, rule_of
from disentangle.corpus.soundness import listen
from disentangle.corpus.tables import BACKUP, Entry, Problem, Tables, fields, format_table, scan_folder, write_table

#: An utterance that one of these lacks is dropped; another table that lacks an utterance is dropped itself.
_NEEDED = ("segments", "text", "feats.scp")


def fix(path: Path, rate: int | None = None, allow_pipes: bool = False) -> list[str]:
    """Repair a data directory as far as dropping and sorting can.

    Lines that cannot be read and later duplicates are dropped; utterances without speaker, words (where others have
    them) or usable audio too; optional tables that do not cover what is left are dropped whole; ``spk2utt`` is made
    anew; all is sorted in C order. The tables as they were are kept in ``.backup`` (``.backup.2``, ... later).

    Args:
        path: the data directory.
        rate: the rate in Hz that all audio must have, if any.
        allow_pipes: whether commands in wav.scp may be run; without it their audio is left unchecked.

    Returns:
        A line for everything dropped or changed; empty if there was nothing to do.

    Raises:
        ValueError: no such folder, or nothing would be left of it; it is unchanged then.
    """
    scanned, unreadable = scan_folder(path)
    done = [f"dropped {problem}" for problem in unreadable if problem.what in ("is not UTF-8", "is blank")]
    entries = {name: _clean(path / name, found, done) for name, found in scanned.items()}
    for name in ("utt2spk", "wav.scp"):
        if not entries.get(name):
            raise ValueError(f"no usable line of {name} in {path}, so it cannot be repaired. Prepare it anew.")
    keep = _kept(path, entries, rate, allow_pipes, done)
    if not keep:
        raise ValueError(f"no usable utterance in {path}, so it cannot be repaired. Prepare it anew.")
    tables = {name: {entry.key: entry.value for entry in found} for name, found in entries.items()}
    return _replace(path, list(scanned), _complete(path, part(tables, keep), done), done)


def _clean(file: Path, entries: Sequence[Entry], done: list[str]) -> list[Entry]:
    """The well-formed first line of each key, its reserved words and odd white space removed."""
    rule, found = rule_of(file.name), dict[str, Entry]()
    for entry in entries:
        words = _permitted(entry.value) if file.name == "text" else entry.value
        if words != entry.value:
            done.append(f"removed {Problem(file, entry.line, 'reserved words or odd white space')}")
        if not rule.is_met(entry):
            done.append(f"dropped {Problem(file, entry.line, f'{entry.key} {entry.value!r} is not {rule.form}')}")
        elif entry.key in found:
            what = f"{entry.key} is a duplicate of line {found[entry.key].line}"
            done.append(f"dropped {Problem(file, entry.line, what)}")
        else:
            found[entry.key] = Entry(entry.line, entry.key, words)
    return list(found.values())


def _permitted(words: str) -> str:
    if not RESERVED.search(words) and not WHITE.search(words):
        return words
    return " ".join(fields(WHITE.sub(" ", RESERVED.sub(" ", words))))


def _kept(
    path: Path, entries: Mapping[str, Sequence[Entry]], rate: int | None, allow_pipes: bool, done: list[str]
) -> set[str]:
    """The utterances that have all they need."""
    keys = {name: {entry.key for entry in found} for name, found in entries.items()}
    keep = {entry.key for entry in entries["utt2spk"]}
    for name in _NEEDED:
        if entries.get(name):
            keep -= _said(keep - keys[name], f"it is not in {path / name}", done)
    recording = {entry.key: entry.fields[0] for entry in entries.get("segments", ())}
    silent = {u for u in keep if recording.get(u, u) not in keys["wav.scp"]}
    keep -= _said(silent, f"its recording is not in {path / 'wav.scp'}", done)
    for finding in listen(path, entries, rate, allow_pipes):
        keep -= _said(keep & set(finding.utterances), str(finding.problem), done)
    return keep


def _said(utterances: Iterable[str], why: str, done: list[str]) -> set[str]:
    found = sorted(utterances)
    done += [f"dropped utterance {utterance}: {why}" for utterance in found]
    return set(found)


def _complete(path: Path, tables: Tables, done: list[str]) -> Tables:
    """The tables that cover all they must; every utterance has those in ``_NEEDED`` by now."""
    recordings = {value.split()[0] for value in tables.get("segments", {}).values()} or set(tables["utt2spk"])
    named: dict[str, Collection[str]] = {
        UTTERANCE: tables["utt2spk"],
        SPEAKER: tables["spk2utt"],
        RECORDING: recordings,
    }
    complete = {}
    for name, table in tables.items():
        rule = rule_of(name)
        lacking = sorted(set(named[rule.about]) - set(table))
        if rule.is_complete and lacking:
            done.append(f"dropped {path / name}: it lacks {rule.about} {lacking[0]} and {len(lacking) - 1} more")
        else:
            complete[name] = table
    return complete


def _replace(path: Path, names: Sequence[str], tables: Tables, done: list[str]) -> list[str]:
    """Back up, then replace each table that differs, one rename each."""
    changed = {name: table for name, table in tables.items() if not _holds(path / name, table)}
    gone = [name for name in names if name not in tables]
    if not changed and not gone:
        return []
    backup = _backup(path, names)
    for name, table in changed.items():
        write_table(path / name, table)
    for name in gone:
        (path / name).unlink()
    return [*done, f"wrote {', '.join(sorted(changed)) or 'nothing'} in C order; the original is in {backup}"]


def _holds(file: Path, table: Mapping[str, str]) -> bool:
    return file.is_file() and file.read_bytes() == format_table(table).encode()


def _backup(path: Path, names: Iterable[str]) -> Path:
    """Copy the tables to a folder that did not exist, under a temporary name at first."""
    backup, number = path / BACKUP, 1
    while backup.exists():
        number += 1
        backup = path / f"{BACKUP}.{number}"
    temporary = path / f"{BACKUP}.{os.getpid()}.part"
    try:
        temporary.mkdir()
        for name in names:
            shutil.copy2(path / name, temporary / name)
        temporary.rename(backup)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return backup
