"""AISHELL-3: 218 people read Mandarin for speech synthesis, 85 hours at 44.1 kHz.

Licence: Apache 2.0.
Home: https://www.openslr.org/93
Layout: ``{train,test}/wav/{speaker}/{speaker}{number}.wav``, words in ``{train,test}/content.txt`` as
``FILE<tab>character syllable character syllable ...``; ``spk-info.txt``.
Official split: train and test.

Data directories made, with ``text`` (characters), ``spk2gender`` and, as in ``spk-info.txt``, ``utt2age`` and
``utt2accent``:

- ``train`` and ``judge``: of train; ``test``; ``validation``: every tenth speaker of train is held out.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from disentangle.corpus.utterances import Utterance
from disentangle.data_prep import not_found
from disentangle.data_prep._parts import audio_files, gender, official, root, spoken, table, write_parts

HOME = "https://www.openslr.org/93"

_NAME = re.compile(r"(SSB[0-9]{4})[0-9]+")


def prepare(source: Path, target: Path) -> None:
    """Make the data directories; the audio stays where it is.

    Args:
        source: the corpus's folder, which holds train and test, or the one that holds it.
        target: where the data directories are made.

    Raises:
        ValueError: the source holds no such lists and recordings.
    """
    corpus = root(source, "*/content.txt")
    people = _people(corpus / "spk-info.txt") if corpus else {}
    train, test = (_part(corpus / part, people) if corpus else [] for part in ("train", "test"))
    if not train and not test:
        raise not_found("AISHELL-3", source, "train/wav/SSB0005/SSB00050001.wav and train/content.txt", HOME)
    write_parts(target, official(train, test))


def _part(folder: Path, people: Mapping[str, Mapping[str, str | None]]) -> list[Utterance]:
    listed = table(folder / "content.txt") if (folder / "content.txt").is_file() else {}
    words = {Path(name).stem: "".join(text.split()[::2]) for name, text in listed.items()}
    return [
        spoken(f"{match[1]}-{file.stem[7:]}", match[1], file, words.get(file.stem), people.get(match[1]))
        for file in audio_files(folder / "wav")
        if (match := _NAME.fullmatch(file.stem))
    ]


def _people(file: Path) -> dict[str, dict[str, str | None]]:
    """Age group, gender and accent of each speaker; comments begin with #."""
    rows = [line.split() for line in file.read_text(encoding="utf-8").splitlines()] if file.is_file() else []
    full = [row for row in rows if len(row) >= 4 and not row[0].startswith("#")]
    return {name: {"age": age, "gender": gender(sex), "accent": accent} for name, age, sex, accent, *_ in full}
