"""What the corpora share: utterances of files, and the parts that train, judge, choose and test."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from disentangle.corpus.audio import duration
from disentangle.corpus.directory import tables_of
from disentangle.corpus.tables import write_tables
from disentangle.corpus.utterances import Utterance

Parts = Mapping[str, Sequence[Utterance]]

#: Suffixes of audio that libsndfile reads, in lower case.
AUDIO = frozenset({".wav", ".flac", ".mp3", ".ogg", ".oga", ".opus", ".sph", ".aif", ".aiff", ".au"})
#: Of the utterances of one speaker, sorted by length, those who judge get the third of each five.
JUDGED = slice(2, None, 5)
#: One speaker in so many is held out where a corpus has no split of its own.
HELD_OUT = 10
#: Where utterances go whose words are unknown while others' are known, since Kaldi's ``text`` must name all.
UNTRANSCRIBED = "untranscribed"


def audio_files(folder: Path, suffixes: Collection[str] = AUDIO) -> list[Path]:
    """All audio below a folder in order of their paths, but for hidden files such as macOS leaves behind."""
    found = (file for file in folder.rglob("*") if file.suffix.lower() in suffixes and not file.name.startswith("."))
    return sorted(file for file in found if file.is_file())


def root(source: Path, marker: str) -> Path | None:
    """The source, or the one folder in it, that holds a file or folder of this name (or pattern); else None."""
    inside = sorted(path for path in source.iterdir() if path.is_dir()) if source.is_dir() else []
    return next((folder for folder in (source, *inside) if any(folder.glob(marker))), None)


def table(file: Path, encoding: str = "utf-8") -> dict[str, str]:
    """What follows the first word of each line of a list, by that word."""
    lines = (line.strip().split(maxsplit=1) for line in file.read_text(encoding=encoding).splitlines())
    return {words[0]: "".join(words[1:]) for words in lines if words}


def spoken(
    name: str, speaker: str, file: Path, text: str | None = None, labels: Mapping[str, str | None] | None = None
) -> Utterance:
    """The utterance that a whole file is; labels without a value are left out.

    Raises:
        ValueError: the file is no audio.
    """
    recording = str(file.absolute())
    seconds, _ = duration(recording)
    words = None if text is None else " ".join(text.split())
    known = {factor: value for factor, value in (labels or {}).items() if value}
    return Utterance(name, speaker, recording, text=words, labels=known, seconds=seconds)


def gender(word: str) -> str | None:
    """``f`` or ``m`` of what corpora write for it (F, female, female_feminine, Male, ...), else None."""
    first = word.strip().lower()[:1]
    return first if first in ("f", "m") else None


def speakers_of(utterances: Sequence[Utterance]) -> dict[str, list[Utterance]]:
    """The utterances of each speaker, speakers in order."""
    found: dict[str, list[Utterance]] = {}
    for utterance in utterances:
        found.setdefault(utterance.speaker, []).append(utterance)
    return dict(sorted(found.items()))


def apart(utterances: Sequence[Utterance]) -> tuple[list[Utterance], list[Utterance]]:
    """All but every tenth speaker, and these speakers, evenly spread over the sorted names.

    One at least is held out, but none where fewer than three would be left. Speakers without words stay where they
    are if others have words.
    """
    everybody = speakers_of(utterances)
    eligible = [s for s, found in everybody.items() if any(u.text is not None for u in found)] or list(everybody)
    count = max(1, round(len(eligible) / HELD_OUT)) if len(eligible) > 3 else 0
    held = {eligible[(2 * i + 1) * len(eligible) // (2 * count)] for i in range(count)}
    return [u for u in utterances if u.speaker not in held], [u for u in utterances if u.speaker in held]


def judged(utterances: Sequence[Utterance]) -> tuple[list[Utterance], list[Utterance]]:
    """What trains the system, and the fifth of each speaker's utterances, long and short alike, that trains judges."""
    of_speaker = speakers_of(utterances).values()
    longest = [sorted(found, key=lambda u: (-(u.seconds or 0.0), u.id)) for found in of_speaker]
    names = {u.id for found in longest for u in found[JUDGED]}
    return [u for u in utterances if u.id not in names], [u for u in utterances if u.id in names]


def official(
    train: Sequence[Utterance], test: Sequence[Utterance] = (), validation: Sequence[Utterance] | None = None
) -> dict[str, Sequence[Utterance]]:
    """The parts of a corpus that is divided into training and test by its makers.

    Args:
        train: theirs; ``train`` and ``judge`` are made of it.
        test: theirs.
        validation: theirs; if None, speakers held out of ``train`` take its place in ``validation/test``.
    """
    known, others = apart(train) if validation is None else (train, validation)
    parts: dict[str, Sequence[Utterance]] = {"test": test}
    parts["train"], parts["judge"] = judged(train)
    if others and train:
        parts["validation/train"], parts["validation/judge"] = judged(known)
        parts["validation/test"] = others
    return parts


def held_out(utterances: Sequence[Utterance]) -> dict[str, Sequence[Utterance]]:
    """The parts of a corpus that its makers did not divide: every tenth speaker is the test set."""
    return official(*apart(utterances))


def write_parts(target: Path, parts: Parts) -> None:
    """Write each part that has utterances as ``target/NAME``, after all have been found to be sound.

    Raises:
        ValueError: no utterances, names that no data directory can hold, or a folder of other things in the way.
    """
    made = {name: list(found) for name, found in parts.items() if found}
    wordless = {u.id: u for found in made.values() if any(u.text is not None for u in found) for u in found}
    wordless = {name: utterance for name, utterance in wordless.items() if utterance.text is None}
    kept = {name: [u for u in found if u.id not in wordless] for name, found in made.items()}
    every = {name: found for name, found in (kept | {UNTRANSCRIBED: list(wordless.values())}).items() if found}
    tables = {name: tables_of(target / name, _sorted(found)) for name, found in every.items()}
    for name, found in tables.items():
        write_tables(target / name, found)


def _sorted(utterances: Sequence[Utterance]) -> list[Utterance]:
    """In C order, without what Kaldi wants to know of all and some lack: lengths, and gender, which becomes ``sex``."""
    found = sorted(utterances, key=lambda u: u.id)
    if any(u.seconds is None for u in found):
        found = [replace(u, seconds=None) for u in found]
    if all("gender" in u.labels for u in found):
        return found
    renamed = [{"sex" if name == "gender" else name: value for name, value in u.labels.items()} for u in found]
    return [replace(u, labels=labels) for u, labels in zip(found, renamed, strict=True)]
