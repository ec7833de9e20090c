"""AudioMNIST: 60 people say the ten digits fifty times each, 30,000 recordings at 48 kHz.

Licence: MIT.
Home: https://github.com/soerenab/AudioMNIST
Layout: ``data/{speaker}/{digit}_{speaker}_{take}.wav``, ``data/audioMNIST_meta.txt`` (JSON).
Official split: five folds of twelve speakers; here the first that its makers give, 36 speakers to train, 12 to choose
and 12 to test.

Data directories made, with ``text``, ``utt2digit``, ``utt2accent`` and ``spk2gender``:

- ``train`` and ``judge``: of the 36 speakers; ``test``; ``validation``: the same with the twelve others as its
  ``test``.
"""

import json
import re
from pathlib import Path

from disentangle.corpus.utterances import Utterance
from disentangle.data_prep import not_found
from disentangle.data_prep._parts import audio_files, gender, official, root, spoken, write_parts

HOME = "https://github.com/soerenab/AudioMNIST"
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEST = frozenset((5, 13, 18, 22, 26, 32, 33, 42, 45, 51, 52, 60))
VALIDATION = frozenset((4, 11, 12, 15, 21, 27, 31, 41, 44, 47, 50, 59))

_NAME = re.compile(r"([0-9])_([0-9]{2})_([0-9]+)")


def prepare(source: Path, target: Path) -> None:
    """Make the data directories; the audio stays where it is.

    Args:
        source: the corpus's folder, or its ``data``.
        target: where the data directories are made.

    Raises:
        ValueError: the source holds no such recordings, or none of the speakers who train.
    """
    corpus = root(source, "audioMNIST_meta.txt") or source
    files = [(file, match) for file in audio_files(corpus) if (match := _NAME.fullmatch(file.stem))]
    if not files:
        raise not_found("AudioMNIST", source, "data/01/0_01_0.wav and data/audioMNIST_meta.txt", HOME)
    meta = corpus / "audioMNIST_meta.txt"
    people = json.loads(meta.read_text(encoding="utf-8")) if meta.is_file() else {}
    found: dict[str, list[Utterance]] = {"train": [], "test": [], "validation": []}
    for file, match in files:
        number = int(match[2])
        part = "test" if number in TEST else "validation" if number in VALIDATION else "train"
        found[part].append(_utterance(file, match, people.get(match[2], {})))
    write_parts(target, official(found["train"], found["test"], found["validation"] or None))


def _utterance(file: Path, match: re.Match[str], person: dict[str, str]) -> Utterance:
    digit, speaker, take = match.groups()
    labels = {"digit": digit, "gender": gender(str(person.get("gender", ""))), "accent": person.get("accent")}
    return spoken(f"{speaker}-{digit}-{int(take):02}", speaker, file, WORDS[int(digit)], labels)
