"""CMU ARCTIC: up to 18 speakers of English, each of whom reads the same 1,132 sentences (or 593), at 16 kHz.

Licence: free for any use (CMU, with notice).
Home: http://www.festvox.org/cmu_arctic/
Layout: a folder ``cmu_us_{speaker}_arctic`` for each speaker (with the release's number behind, or not), in it
``wav/arctic_{a|b}{number}.wav`` and ``etc/txt.done.data`` with lines ``( arctic_a0001 "..." )``.
Official split: none; of ten speakers one is held out.

Data directories made, with ``text``, the gender where it is published and the sentence in ``utt2sentence``, so that
what is converted can be compared with the target itself:

- ``train``, ``judge``, ``test``, ``validation``.
"""

import re
from pathlib import Path

from disentangle.corpus.utterances import Utterance
from disentangle.data_prep import not_found
from disentangle.data_prep._parts import audio_files, held_out, root, spoken, write_parts

HOME = "http://www.festvox.org/cmu_arctic/"

#: Of the first seven databases, whose documentation tells it.
GENDERS = {"awb": "m", "bdl": "m", "clb": "f", "jmk": "m", "ksp": "m", "rms": "m", "slt": "f"}

_FOLDER = re.compile(r"cmu_us_([a-z]+)_arctic.*")
_LINE = re.compile(r"\(\s*(arctic_[ab][0-9]+)\s+\"(.*)\"\s*\)")


def prepare(source: Path, target: Path) -> None:
    """Make the data directories; the audio stays where it is.

    Args:
        source: the folder that holds the speakers' folders, or one above it.
        target: where the data directories are made.

    Raises:
        ValueError: the source holds no such folders.
    """
    corpus = root(source, "cmu_us_*_arctic*")
    folders = sorted(corpus.glob("cmu_us_*_arctic*")) if corpus else []
    people = {match[1]: folder for folder in folders if (match := _FOLDER.fullmatch(folder.name))}
    found = [utterance for name, folder in people.items() for utterance in _speaker(name, folder)]
    if not found:
        wanted = "cmu_us_bdl_arctic/wav/arctic_a0001.wav and etc/txt.done.data"
        raise not_found("CMU ARCTIC", source, wanted, HOME)
    write_parts(target, held_out(found))


def _speaker(speaker: str, folder: Path) -> list[Utterance]:
    file = folder / "etc" / "txt.done.data"
    words = dict(_LINE.findall(file.read_text(encoding="utf-8"))) if file.is_file() else {}
    return [
        spoken(
            f"{speaker}-{sentence}",
            speaker,
            audio,
            words.get(audio.stem),
            {"sentence": sentence, "gender": GENDERS.get(speaker)},
        )
        for audio in audio_files(folder / "wav")
        for sentence in [audio.stem.removeprefix("arctic_")]
    ]
