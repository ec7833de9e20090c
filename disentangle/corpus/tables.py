"""The tables of a Kaldi data directory: one entry a line, its key first, sorted in C order."""

import os
import re
import shutil
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

Tables = dict[str, dict[str, str]]

#: The folder of a data directory that keeps the tables as they were before a repair.
BACKUP = ".backup"

_BLANK = " \t"


class Entry(NamedTuple):
    """One line of a table: its number (from 1), its key and what follows the key."""

    line: int
    key: str
    value: str

    @property
    def fields(self) -> list[str]:
        """What follows the key, split at blanks."""
        return fields(self.value)


@dataclass(frozen=True)
class Problem:
    """Something wrong in a file of a data directory, at a line (from 1) where there is one.

    A warning does not make the directory useless.
    """

    file: Path
    line: int | None
    what: str
    is_warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}" if self.line else f"{self.file}: {self.what}"


def fields(value: str) -> list[str]:
    """Split at blanks and tabs alone, since identifiers may hold any other character."""
    return [part for part in re.split("[ \t]+", value) if part]


def scan(path: Path) -> tuple[list[Entry], list[Problem]]:
    """Read what can be read of a table.

    Args:
        path: a file of one entry a line.

    Returns:
        The entries in the file's order, and a problem for each line that is not UTF-8, blank or badly ended.
    """
    entries, problems = [], []
    content = path.read_bytes()
    if not content:
        return [], [Problem(path, None, "is empty")]
    if not content.endswith(b"\n"):
        problems.append(Problem(path, content.count(b"\n") + 1, "does not end with a newline"))
    for number, raw in enumerate(content.removesuffix(b"\n").split(b"\n"), 1):
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            problems.append(Problem(path, number, "is not UTF-8"))
            continue
        if "\r" in text:
            problems.append(Problem(path, number, "holds a carriage return (a Windows line ending)"))
        line = text.replace("\r", " ").strip(_BLANK)
        key, *rest = re.split("[ \t]+", line, maxsplit=1) if "\t" in line else line.split(" ", 1)
        if key:
            entries.append(Entry(number, key, "".join(rest).lstrip(" ")))
        else:
            problems.append(Problem(path, number, "is blank"))
    return entries, problems


def scan_folder(path: Path) -> tuple[dict[str, list[Entry]], list[Problem]]:
    """Read what can be read of all tables of a data directory, as ``scan`` does, by file name.

    Raises:
        ValueError: no such folder, or no table in it.
    """
    if not path.is_dir():
        raise ValueError(f"no data directory {path}. Make one with `disentangle prepare`.")
    scanned = {file.name: scan(file) for file in sorted(path.iterdir()) if file.is_file() and is_table(file)}
    if not scanned:
        raise ValueError(f"no tables in {path}, so it is no data directory. Make one with `disentangle prepare`.")
    return {name: entries for name, (entries, _) in scanned.items()}, [
        p for _, found in scanned.values() for p in found
    ]


def read_table(path: Path) -> dict[str, Entry]:
    """The entries of a table by key, in the file's order.

    Raises:
        ValueError: a line is not UTF-8 or blank, or a key occurs twice; names file and line.
    """
    entries, problems = scan(path)
    for problem in problems:
        if problem.what in ("is not UTF-8", "is blank"):
            raise ValueError(f"{problem}. See `disentangle data validate {path.parent}`.")
    table: dict[str, Entry] = {}
    for entry in entries:
        first = table.setdefault(entry.key, entry)
        if first is not entry:
            where = f"{path}:{entry.line}: {entry.key} is already at line {first.line}"
            raise ValueError(f"{where}. Repair with `disentangle data fix {path.parent}`.")
    return table


def format_table(table: Mapping[str, str]) -> str:
    """The lines of a table in C order, each with its newline."""
    return "".join(f"{key} {value}".rstrip(_BLANK) + "\n" for key, value in sorted(table.items()))


def write_table(path: Path, table: Mapping[str, str]) -> None:
    """Write a table in C order through a temporary file, so that no reader ever sees half of it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(format_table(table), encoding="utf-8", newline="\n")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_tables(
    folder: Path, tables: Mapping[str, Mapping[str, str]], extras: Mapping[str, bytes] = MappingProxyType({})
) -> None:
    """Write a data directory of these tables (file name -> key -> value) under a temporary name, then rename it.

    An older data directory of that name is replaced, but never a folder that holds anything but tables and what
    ``extras`` (file name -> content) holds anew.

    Raises:
        ValueError: the folder exists and holds files that are not a data directory's.
    """
    assert_replaceable(folder, extras)
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        fresh, old = temporary / "new", temporary / "old"
        fresh.mkdir()
        for name, table in tables.items():
            write_table(fresh / name, table)
        for name, content in extras.items():
            (fresh / name).write_bytes(content)
        if folder.exists():
            folder.rename(old)
        try:
            fresh.rename(folder)
        except OSError:
            old.rename(folder)
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def extra_files(folder: Path) -> dict[str, bytes]:
    """What else a data directory holds (``frame_shift``, ``glm``, ``stm``, ``trials``, ...) but hidden files."""
    files = (file for file in sorted(folder.iterdir()) if file.is_file() and not file.name.startswith("."))
    return {file.name: file.read_bytes() for file in files if not is_table(file)}


def assert_replaceable(folder: Path, extras: Collection[str] = ()) -> None:
    """See that a folder is not there, or holds nothing but tables and files of these names.

    Raises:
        ValueError: it holds something else.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ValueError(f"{folder} is a file. Choose another output folder.")
    for file in sorted(folder.iterdir()):
        if not is_table(file) and not file.name.startswith(BACKUP) and file.name not in extras:
            raise ValueError(f"{folder} already holds {file.name}. Choose another output folder, or remove it.")


def is_table(file: Path) -> bool:
    """Whether the file's name is one that Kaldi's data directories or ours use."""
    names = ("segments", "text", "wav.scp", "feats.scp", "cmvn.scp", "vad.scp")
    return file.name in names or file.name.startswith(("utt2", "spk2", "reco2"))
