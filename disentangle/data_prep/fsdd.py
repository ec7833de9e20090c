"""Free Spoken Digit Dataset: six people say the ten digits fifty times each, 3,000 recordings at 8 kHz.

Licence: CC BY-SA 4.0.
Home: https://github.com/Jakobovski/free-spoken-digit-dataset
Layout: ``recordings/{digit}_{speaker}_{take}.wav``; the same names as flac are read too.
Official split: takes 0 to 4 are the test set.

Data directories made, with the digit in ``utt2digit`` and its word in ``text``:

- ``train``: takes 20 to 49; ``judge``: takes 5 to 19, for whoever judges independently; ``test``: takes 0 to 4;
- ``validation/train``: takes 25 to 49; ``validation/judge``; ``validation/test``: takes 20 to 24, to choose
  configurations by;
- ``leave1``, ``leave2``, ``leave3``: two of the sorted speakers are held out of ``train`` and alone in ``test``, on the
  same takes; ``judge`` knows all six; ``target`` has the two's takes of ``train``, for who adapts to them.
"""

import re
from collections.abc import Collection
from pathlib import Path

from disentangle.corpus.audio import duration
from disentangle.corpus.directory import write
from disentangle.corpus.utterances import Utterance
from disentangle.data_prep import not_found

HOME = "https://github.com/Jakobovski/free-spoken-digit-dataset"
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TAKES = {
    "train": range(20, 50),
    "judge": range(5, 20),
    "test": range(5),
    "validation/train": range(25, 50),
    "validation/judge": range(5, 20),
    "validation/test": range(20, 25),
}

#: From the corpus's own metadata.py, which names no others.
GENDERS = {"george": "m", "jackson": "m", "lucas": "m", "nicolas": "m", "theo": "m", "yweweler": "m"}

_NAME = re.compile(r"([0-9])_([A-Za-z0-9]+)_([0-9]+)\.(wav|flac)")


def prepare(source: Path, target: Path) -> None:
    """Make the data directories; the audio stays where it is.

    Args:
        source: the corpus's folder, or its ``recordings``.
        target: where ``train``, ``judge``, ``test``, ``validation`` and ``leave1`` to ``leave3`` are made.

    Raises:
        ValueError: the source holds no such recordings.
    """
    takes = [(_utterance(file, *match.groups()[:3]), int(match[3])) for file, match in _recordings(source)]
    speakers = sorted({utterance.speaker for utterance, _ in takes})
    splits = {name: _select(takes, part, speakers) for name, part in TAKES.items()}
    pairs = zip(speakers[::2], speakers[1::2], strict=False) if len(speakers) >= 4 else ()
    for number, pair in enumerate(pairs, 1):
        others = [speaker for speaker in speakers if speaker not in pair]
        splits[f"leave{number}/train"] = _select(takes, TAKES["train"], others)
        splits[f"leave{number}/judge"] = splits["judge"]
        splits[f"leave{number}/target"] = _select(takes, TAKES["train"], pair)
        splits[f"leave{number}/test"] = _select(takes, TAKES["test"], pair)
    for name, utterances in splits.items():
        if not utterances:
            raise not_found("FSDD", source, f"takes of the {name} split (0 to 49 of each digit and speaker)", HOME)
    for name, utterances in splits.items():
        write(target / name, utterances)


def _recordings(source: Path) -> list[tuple[Path, re.Match[str]]]:
    folder = source / "recordings" if (source / "recordings").is_dir() else source
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    found = [(file, match) for file in files if (match := _NAME.fullmatch(file.name))]
    if not found:
        raise not_found("FSDD", source, "recordings/{digit}_{speaker}_{take}.wav (or .flac)", HOME)
    return found


def _utterance(file: Path, digit: str, speaker: str, take: str) -> Utterance:
    labels = {"digit": digit} | ({"gender": GENDERS[speaker]} if speaker in GENDERS else {})
    name, recording = f"{speaker}-{digit}-{int(take):02}", str(file.absolute())
    seconds, _ = duration(recording)
    return Utterance(name, speaker, recording, text=WORDS[int(digit)], labels=labels, seconds=seconds)


def _select(takes: list[tuple[Utterance, int]], wanted: range, speakers: Collection[str]) -> list[Utterance]:
    return [utterance for utterance, take in takes if take in wanted and utterance.speaker in speakers]
