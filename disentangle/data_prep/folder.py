"""Any folder of audio: a folder for each speaker, or names from which a regular expression takes speaker and factors.

Licence: whatever yours is.
Home: your own disk.
Layout: ``{speaker}/.../{name}.wav`` (or flac, mp3, ogg, sph, ...), or ``--pattern``: a regular expression that each
file's name without its suffix must match as a whole, with a named group ``speaker``; a group ``text`` is what is said,
any other a factor. Where the pattern holds a slash, it is the path below the source that must match. What is said may
also stand in a ``.txt`` beside each file.
Official split: none; every tenth speaker is held out.

Data directories made, with ``text`` and one ``utt2FACTOR`` for each group:

- ``all``; of four speakers or more ``train``, ``judge``, ``test`` and ``validation`` too.
"""

import re
from pathlib import Path

from disentangle.corpus.utterances import Utterance
from disentangle.data_prep._parts import AUDIO, audio_files, held_out, speakers_of, spoken, write_parts

FEWEST = 4  # speakers that can be divided


def prepare(source: Path, target: Path, pattern: str | None = None) -> None:
    """Make the data directories; the audio stays where it is.

    Args:
        source: the folder.
        target: where the data directories are made.
        pattern: a regular expression with a group ``speaker``; if None, folders below the source are speakers.

    Raises:
        ValueError: no audio, a pattern that is none, or a file that it does not match.
    """
    files = audio_files(source)
    if not files:
        raise ValueError(f"no audio in {source}: looked for {', '.join(sorted(AUDIO))} at any depth. Name its folder.")
    expression = None if pattern is None else _compiled(pattern)
    found = [_utterance(source, file, expression) for file in files]
    parts = held_out(found) if len(speakers_of(found)) >= FEWEST else {}
    write_parts(target, {"all": found} | parts)


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression ({error}), --pattern. Correct it.") from None
    if "speaker" not in expression.groupindex:
        raise ValueError(f"no group (?P<speaker>...) in {pattern!r}, --pattern. Name the part that tells the speaker.")
    return expression


def _utterance(source: Path, file: Path, pattern: re.Pattern[str] | None) -> Utterance:
    place = file.relative_to(source).with_suffix("").as_posix()
    groups = _groups(file, place, pattern)
    words = file.with_suffix(".txt")
    text = groups.pop("text", None) or (words.read_text(encoding="utf-8") if words.is_file() else None)
    speaker = _joined(groups.pop("speaker") or "")
    name = _joined(place.removeprefix(f"{speaker}/").replace("/", "-"))
    return spoken(name if name.startswith(f"{speaker}-") else f"{speaker}-{name}", speaker, file, text, groups)


def _groups(file: Path, place: str, pattern: re.Pattern[str] | None) -> dict[str, str | None]:
    if pattern is None:
        if "/" not in place:
            raise ValueError(f"a file in no speaker's folder, {file}. Move it into one, or give a --pattern.")
        return {"speaker": place.partition("/")[0]}
    match = pattern.fullmatch(place if "/" in pattern.pattern else Path(place).name)
    if match is None or not match["speaker"]:
        raise ValueError(f"{pattern.pattern!r} does not match {file}. Widen --pattern, or move the file away.")
    return dict(match.groupdict())


def _joined(name: str) -> str:
    """A name that tables can hold."""
    return "_".join(name.split())
