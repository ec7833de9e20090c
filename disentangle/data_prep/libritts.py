"""LibriTTS: 2,456 readers of audiobooks, 585 hours of English cut into sentences, at 24 kHz; LibriTTS-R likewise.

Licence: CC BY 4.0.
Home: https://www.openslr.org/60
Layout: ``{subset}/{speaker}/{chapter}/{speaker}_{chapter}_{paragraph}_{sentence}.wav`` with ``.normalized.txt`` (and
``.original.txt``) beside it; ``speakers.tsv`` or ``SPEAKERS.txt``. Any of the subsets will do.
Official split: the subsets, whose speakers differ.

Data directories made, with ``text`` (normalised) and ``spk2gender``:

- one of each subset that is there, by its name;
- ``train`` and ``judge``: of all ``train-*``, each speaker in both; ``test``: ``test-clean`` (or ``test-other``);
  ``validation``: the same with ``dev-clean`` (or ``dev-other``) as its ``test``.

Hyphens join the names' parts here, so that names sort as their speakers do.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from disentangle.corpus.utterances import Utterance
from disentangle.data_prep import not_found
from disentangle.data_prep._parts import audio_files, gender, root, spoken, write_parts
from disentangle.data_prep.librispeech import SUBSETS, parts_of

HOME = "https://www.openslr.org/60"

_NAME = re.compile(r"([0-9]+)_[0-9]+_[0-9]+_[0-9]+")


def prepare(source: Path, target: Path) -> None:
    """Make the data directories; the audio stays where it is.

    Args:
        source: the corpus's folder, which holds the subsets, or the one that holds it.
        target: where the data directories are made.

    Raises:
        ValueError: the source holds no subset, or lacks the words of all of a part's recordings.
    """
    corpus = root(source, "*-clean*") or root(source, "*-other*")
    folders = sorted({folder for pattern in SUBSETS for folder in corpus.glob(pattern)}) if corpus else []
    people = _people(corpus) if corpus else {}
    subsets = {folder.name: _subset(folder, people) for folder in folders if folder.is_dir()}
    if not any(subsets.values()):
        wanted = "train-clean-100/103/1241/103_1241_000000_000001.wav (or another subset)"
        raise not_found("LibriTTS", source, wanted, HOME)
    write_parts(target, subsets | parts_of(subsets))


def _subset(folder: Path, genders: Mapping[str, str | None]) -> list[Utterance]:
    found = []
    for file in audio_files(folder):
        if match := _NAME.fullmatch(file.stem):
            words = file.with_suffix(".normalized.txt")
            text = words.read_text(encoding="utf-8") if words.is_file() else None
            name, labels = file.stem.replace("_", "-"), {"gender": genders.get(match[1])}
            found.append(spoken(name, match[1], file, text, labels))
    return found


def _people(corpus: Path) -> dict[str, str | None]:
    """Gender of each speaker, from rows of ID and SEX between tabs or bars."""
    files = [file for name in ("speakers.tsv", "SPEAKERS.txt") if (file := corpus / name).is_file()]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    rows = [[field.strip() for field in re.split(r"[\t|]", line)] for line in lines]
    return {row[0]: gender(row[1]) for row in rows if len(row) > 1 and row[0].isdecimal()}
