"""Whether a data directory keeps all rules of its tables, seen at once: a million lines take seconds, not minutes."""

from collections.abc import Mapping
from itertools import groupby, islice
from operator import le, lt
from pathlib import Path

from disentangle.corpus.rules import RECORDING, RESERVED, SPEAKER, UTTERANCE, WHITE, rule_of
from disentangle.corpus.tables import is_table

#: Bytes of a sound table that this look does not tell apart from blanks and ends of lines.
_STRANGE = (b"\r", b"\t", b"\x0b", b"\x0c")
Lines = list[str]


def is_sound(path: Path) -> bool:
    """Whether the tables of a data directory are beyond doubt; if not, each line has to be looked at.

    Args:
        path: the data directory.

    Returns:
        True only where line by line no problem and no warning would be found, but those of the audio.
    """
    files = {file.name: file for file in sorted(path.iterdir()) if file.is_file() and is_table(file)}
    if not {"utt2spk", "spk2utt", "wav.scp"} <= files.keys():
        return False
    spoken = _lines(files["utt2spk"])
    if spoken is None:
        return False
    speakers = [line.partition(" ")[2] for line in spoken]
    if not _rises(speakers, strictly=False) or speakers[0] == speakers[-1]:
        return False
    named = _named(files, spoken, speakers)
    return named is not None and all(_keeps(file, named) for file in files.values()) and _agree(files, spoken)


def _named(files: Mapping[str, Path], spoken: Lines, speakers: Lines) -> dict[str, Lines] | None:
    """The utterances, speakers and recordings that tables have to be about, or None where a look does not tell."""
    utterances = [line.partition(" ")[0] for line in spoken]
    found = {UTTERANCE: utterances, SPEAKER: [speaker for speaker, _ in groupby(speakers)], RECORDING: utterances}
    if "segments" in files:
        segments = _lines(files["segments"])
        if segments is None:
            return None
        found[RECORDING] = sorted({line.split(" ", 2)[1] for line in segments if " " in line})
    return found


def _lines(file: Path) -> Lines | None:
    """The lines of a table with an end and no blank where none belongs, their keys in order; None for any other."""
    content = file.read_bytes()
    if not content.endswith(b"\n") or any(byte in content for byte in _STRANGE):
        return None
    try:
        lines = content[:-1].decode("utf-8").split("\n")
    except UnicodeDecodeError:
        return None
    keys = [line.partition(" ")[0] for line in lines]
    return lines if all(keys) and _rises(keys, strictly=True) else None


def _rises(names: Lines, strictly: bool) -> bool:
    return all(map(lt if strictly else le, names, islice(names, 1, None)))


def _keeps(file: Path, named: Mapping[str, Lines]) -> bool:
    """Whether a table is about what it has to be, each line in form."""
    lines, rule = _lines(file), rule_of(file.name)
    if lines is None:
        return False
    keys, about = [line.partition(" ")[0] for line in lines], named[rule.about]
    if keys != about and (rule.is_complete or not set(about).issuperset(keys)):
        return False
    try:
        return all(rule.holds([field for field in line.split(" ")[1:] if field]) for line in lines)
    except ValueError:
        return False


def _agree(files: Mapping[str, Path], spoken: Lines) -> bool:
    """Whether ``spk2utt`` is what ``utt2spk`` says, and no word or path is one that Kaldi refuses."""
    pairs = [line.split(" ") for line in spoken]
    listed = (
        f"{speaker} {' '.join(name for name, _ in own)}\n" for speaker, own in groupby(pairs, key=lambda pair: pair[1])
    )
    if files["spk2utt"].read_text("utf-8") != "".join(listed) or b" ~" in files["wav.scp"].read_bytes():
        return False
    text = files["text"].read_text("utf-8") if "text" in files else ""
    return not RESERVED.search(text) and not WHITE.search(text)
