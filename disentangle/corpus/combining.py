"""Several data directories as one, after Kaldi's combine_data.sh."""

from collections.abc import Sequence
from pathlib import Path

from disentangle.corpus.parts import TRIALS, tables_in, utterances_of
from disentangle.corpus.rules import rule_of
from disentangle.corpus.tables import Tables, extra_files, write_tables


def combine(sources: Sequence[Path], target: Path) -> list[str]:
    """Write all utterances of several data directories as one.

    A table that must be complete is kept if all have it; a factor, if any has it. Extra files are kept if those who
    have them agree; ``trials`` are joined.

    Args:
        sources: data directories.
        target: the data directory to write.

    Returns:
        The names of the files left out.

    Raises:
        ValueError: one key with two values, segments in some but not in all, or a target that holds other things.
    """
    found = [tables_in(source) for source in sources]
    names = sorted({name for tables in found for name in tables})
    if "segments" in names and (
        bare := [s for s, tables in zip(sources, found, strict=True) if "segments" not in tables]
    ):
        raise ValueError(f"no segments in {bare[0]} while others have them. Cut its recordings, or combine it apart.")
    kept = [name for name in names if not rule_of(name).is_complete or all(name in tables for tables in found)]
    combined = {name: _joined(name, sources, found) for name in kept if name != "spk2utt"}
    combined["spk2utt"] = utterances_of(combined["utt2spk"])
    extras = [extra_files(source) for source in sources]
    agreed = _agreed(extras)
    write_tables(target, combined, agreed)
    left = {name for files in extras for name in files} - set(agreed)
    return sorted({*left, *(name for name in names if name not in kept)})


def _joined(name: str, sources: Sequence[Path], found: Sequence[Tables]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for source, tables in zip(sources, found, strict=True):
        for key, value in tables.get(name, {}).items():
            if joined.setdefault(key, value) != value:
                raise ValueError(f"{key} is {joined[key]!r} and {value!r}, {source / name}. Rename one of the two.")
    return joined


def _agreed(extras: Sequence[dict[str, bytes]]) -> dict[str, bytes]:
    agreed = {}
    for name in sorted({name for files in extras for name in files}):
        contents = [files[name] for files in extras if name in files]
        if name == TRIALS:
            agreed[name] = b"".join(dict.fromkeys(line for one in contents for line in one.splitlines(keepends=True)))
        elif len(set(contents)) == 1:
            agreed[name] = contents[0]
    return agreed
