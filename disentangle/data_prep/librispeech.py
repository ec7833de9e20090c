"""LibriSpeech: 2,484 readers of public-domain audiobooks, 1,000 hours of English at 16 kHz.

Licence: CC BY 4.0.
Home: https://www.openslr.org/12
Layout: ``{subset}/{speaker}/{chapter}/{speaker}-{chapter}-{number}.flac``, the words of a chapter beside them in
``{speaker}-{chapter}.trans.txt``; ``SPEAKERS.TXT``. Any of the subsets will do.
Official split: the subsets, whose speakers differ.

Data directories made, with ``text`` and ``spk2gender``:

- one of each subset that is there, by its name;
- ``train`` and ``judge``: of all ``train-*``, each speaker in both; ``test``: ``test-clean`` (or ``test-other``);
  ``validation``: the same with ``dev-clean`` (or ``dev-other``) as its ``test``.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from disentangle.corpus.utterances import Utterance
from disentangle.data_prep import not_found
from disentangle.data_prep._parts import audio_files, gender, official, root, spoken, table, write_parts

HOME = "https://www.openslr.org/12"
SUBSETS = "*-clean*", "*-other*"


def prepare(source: Path, target: Path) -> None:
    """Make the data directories; the audio stays where it is.

    Args:
        source: the corpus's folder, which holds the subsets, or the one that holds it.
        target: where the data directories are made.

    Raises:
        ValueError: the source holds no subset, or lacks the words of a recording.
    """
    corpus = root(source, "*-clean*") or root(source, "*-other*")
    folders = sorted({folder for pattern in SUBSETS for folder in corpus.glob(pattern)}) if corpus else []
    people = _people(corpus / "SPEAKERS.TXT") if corpus else {}
    subsets = {folder.name: _subset(source, folder, people) for folder in folders if folder.is_dir()}
    if not any(subsets.values()):
        raise not_found("LibriSpeech", source, "train-clean-100/103/1240/103-1240-0000.flac (or another subset)", HOME)
    write_parts(target, subsets | parts_of(subsets))


def parts_of(subsets: Mapping[str, Sequence[Utterance]]) -> dict[str, Sequence[Utterance]]:
    """Train, judge, test and validation of LibriSpeech's subsets, as far as they are there."""
    train = [u for name, utterances in sorted(subsets.items()) if name.startswith("train-") for u in utterances]
    test, validation = (subsets.get(f"{name}-clean") or subsets.get(f"{name}-other") for name in ("test", "dev"))
    return official(train, test or (), validation)


def _subset(source: Path, folder: Path, genders: Mapping[str, str | None]) -> list[Utterance]:
    words = {name: text for file in folder.rglob("*.trans.txt") for name, text in table(file).items()}
    found = []
    for file in audio_files(folder):
        if file.stem not in words:
            chapter = file.stem.rpartition("-")[0]
            raise not_found("LibriSpeech", source, f"the words of {file.stem} in {chapter}.trans.txt beside it", HOME)
        speaker = file.stem.partition("-")[0]
        found.append(spoken(file.stem, speaker, file, words[file.stem], {"gender": genders.get(speaker)}))
    return found


def _people(file: Path) -> dict[str, str | None]:
    """Gender of each speaker; lines are ``ID | SEX | SUBSET | MINUTES | NAME``, comments begin with a semicolon."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    rows = [[field.strip() for field in line.split("|")] for line in lines if not line.startswith(";")]
    return {row[0]: gender(row[1]) for row in rows if len(row) > 2}
