"""CSTR VCTK: 110 speakers of English with various accents read newspaper sentences, about 400 each, at 48 kHz.

Licence: CC BY 4.0 (version 0.92), ODC-By 1.0 (0.80).
Home: https://doi.org/10.7488/ds/2645
Layout: 0.80 ``wav48/{speaker}/{speaker}_{number}.wav``; 0.92
``wav48_silence_trimmed/{speaker}/{speaker}_{number}_mic1.flac`` and ``_mic2.flac``; words in
``txt/{speaker}/{speaker}_{number}.txt``; ``speaker-info.txt``.
Official split: none; every tenth speaker is held out.

Traps: p315's words were lost, so this speaker is in ``untranscribed`` alone; p280 and p315 have no second microphone
and p362 lacks some recordings; ``speaker-info.txt`` of 0.80 leaves the p of the names away, and s5 has none in either.

Data directories made, with ``text`` (where it is known), ``utt2accent``, gender and, of 0.92, ``utt2microphone``:

- ``train``, ``judge``, ``test``, ``validation``: by the first microphone, or of 0.80 the only one;
- ``mic2/train``, ...: the same sentences by the second microphone, for adaptation from one to the other.

Sentences 1 to 24 are the same for all, and numbered in ``utt2sentence``.
"""

import re
from pathlib import Path

from disentangle.corpus.utterances import Utterance
from disentangle.data_prep import not_found
from disentangle.data_prep._parts import audio_files, gender, held_out, root, spoken, write_parts

HOME = "https://doi.org/10.7488/ds/2645"
SHARED = 24  # sentences that everybody reads
FOLDERS = ("wav48_silence_trimmed", "wav48")

_NAME = re.compile(r"([ps][0-9]+)_([0-9]+)(?:_(mic[12]))?")


def prepare(source: Path, target: Path) -> None:
    """Make the data directories; the audio stays where it is.

    Args:
        source: the corpus's folder, or the one that holds it.
        target: where the data directories are made.

    Raises:
        ValueError: the source holds no such recordings.
    """
    folder = next((corpus / name for name in FOLDERS if (corpus := root(source, name))), None)
    files = [(file, match) for file in audio_files(folder or source) if (match := _NAME.fullmatch(file.stem))]
    if folder is None or not files:
        raise not_found(
            "VCTK", source, "wav48/p225/p225_001.wav or wav48_silence_trimmed/p225/p225_001_mic1.flac", HOME
        )
    people = _people(folder.parent / "speaker-info.txt")
    found: dict[str, list[Utterance]] = {}
    for file, match in files:
        found.setdefault(match[3] or "mic1", []).append(_utterance(folder.parent, file, match, people))
    parts = held_out(found.get("mic1", []))
    second = {microphone: utterances for microphone, utterances in found.items() if microphone != "mic1"}
    others = {f"{name}/{part}": u for name, all_ in second.items() for part, u in held_out(all_).items()}
    write_parts(target, parts | others)


def _people(file: Path) -> dict[str, dict[str, str | None]]:
    """Gender and accent of each speaker; lines are ``[p]ID AGE GENDER ACCENT [REGION]``."""
    found: dict[str, dict[str, str | None]] = {}
    for line in file.read_text(encoding="utf-8").splitlines()[1:] if file.is_file() else ():
        name, _, sex, accent, *_ = [*line.split(), "", "", "", ""]
        found[f"p{name}" if name.isdecimal() else name] = {"gender": gender(sex), "accent": accent}
    return found


def _utterance(corpus: Path, file: Path, match: re.Match[str], people: dict[str, dict[str, str | None]]) -> Utterance:
    speaker, number, microphone = match.groups()
    words = corpus / "txt" / speaker / f"{speaker}_{number}.txt"
    labels = {"microphone": microphone, "sentence": str(int(number)) if int(number) <= SHARED else None}
    return spoken(
        "-".join(part for part in match.groups() if part),
        speaker,
        file,
        words.read_text(encoding="utf-8") if words.is_file() else None,
        labels | people.get(speaker, {}),
    )
