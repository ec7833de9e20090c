"""ESD: ten speakers of Mandarin and ten of English say 350 sentences each in five emotions, at 16 kHz.

Licence: for research, on signing the makers' form.
Home: https://github.com/HLTSingapore/Emotional-Speech-Data
Layout: ``{speaker}/{emotion}/{speaker}_{number}.wav``, or with ``train``, ``test`` and ``evaluation`` below the
emotion; words in ``{speaker}/{speaker}.txt``, UTF-8 or in a Chinese or western 8-bit code.
Official split: of each 350 recordings of an emotion 1 to 20 are for evaluation, 21 to 50 for test, the rest for
training; every speaker is in all of them.

Data directories made, with ``text``, ``utt2emotion``, ``utt2language`` and the sentence, the same for all speakers of a
language, in ``utt2sentence``:

- ``train`` and ``judge``: of the training part; ``test``; ``validation``: the same with the evaluation part as its
  ``test``.
"""

import re
from contextlib import suppress
from pathlib import Path

from disentangle.corpus.utterances import Utterance
from disentangle.data_prep import not_found
from disentangle.data_prep._parts import audio_files, official, spoken, write_parts

HOME = "https://github.com/HLTSingapore/Emotional-Speech-Data"
SENTENCES = 350
EVALUATION, TEST = range(1, 21), range(21, 51)
ENCODINGS = ("utf-8-sig", "gb18030", "latin-1")

_NAME = re.compile(r"([0-9]{4})_([0-9]{6})")


def prepare(source: Path, target: Path) -> None:
    """Make the data directories; the audio stays where it is.

    Args:
        source: the folder that holds the speakers' folders, or one above it.
        target: where the data directories are made.

    Raises:
        ValueError: the source holds no such recordings.
    """
    files = [(file, match) for file in audio_files(source) if (match := _NAME.fullmatch(file.stem))]
    if not files:
        raise not_found("ESD", source, "0011/Angry/0011_000351.wav (or 0011/Angry/train/...)", HOME)
    words: dict[Path, dict[str, str]] = {}
    train, test, evaluation = list[Utterance](), list[Utterance](), list[Utterance]()
    for file, match in files:
        folder = next(parent for parent in file.parents if parent.name == match[1] or parent == source)
        if folder not in words:
            words[folder] = _words(folder / f"{match[1]}.txt")
        sentence = (int(match[2]) - 1) % SENTENCES + 1
        part = evaluation if sentence in EVALUATION else test if sentence in TEST else train
        part.append(_utterance(file, match, folder, sentence, words[folder].get(file.stem)))
    write_parts(target, official(train, test, evaluation or None))


def _utterance(file: Path, match: re.Match[str], folder: Path, sentence: int, text: str | None) -> Utterance:
    language = "zh" if int(match[1]) <= 10 else "en"
    emotion = file.relative_to(folder).parts[0].lower()
    labels = {"emotion": emotion, "language": language, "sentence": f"{language}{sentence:03}"}
    return spoken("-".join(match.groups()), match[1], file, text, labels)


def _words(file: Path) -> dict[str, str]:
    """The words by name; lines are ``NAME<tab>WORDS<tab>EMOTION``."""
    if not file.is_file():
        return {}
    rows = [re.split(r"\t+", line.strip()) for line in _decoded(file.read_bytes()).splitlines()]
    return {row[0].strip(): row[1].strip() for row in rows if len(row) > 1}


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16")
    for encoding in ENCODINGS[:-1]:
        with suppress(UnicodeDecodeError):
            return content.decode(encoding)
    return content.decode(ENCODINGS[-1])
