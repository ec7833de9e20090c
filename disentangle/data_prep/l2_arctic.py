"""L2-ARCTIC: 24 people of six first languages read CMU ARCTIC's 1,132 English sentences, at 44.1 kHz.

Licence: CC BY-NC 4.0.
Home: https://psi.engr.tamu.edu/l2-arctic-corpus/
Layout: a folder for each speaker, in it ``wav/arctic_{a|b}{number}.wav`` and the words in ``transcript/`` under the
same names with ``.txt``; the folder may lie in another of its name, as its archive unpacks. The spontaneous
``suitcase_corpus`` is left out.
Official split: none; two speakers are held out.

Data directories made, with ``text``, ``spk2gender``, the first language in ``utt2accent`` and the sentence, numbered as
in CMU ARCTIC, in ``utt2sentence``:

- ``train``, ``judge``, ``test``, ``validation``.
"""

from pathlib import Path

from disentangle.corpus.utterances import Utterance
from disentangle.data_prep import not_found
from disentangle.data_prep._parts import audio_files, held_out, spoken, write_parts

HOME = "https://psi.engr.tamu.edu/l2-arctic-corpus/"

#: The women and men of each first language.
SPEAKERS = {
    "arabic": ("SKA ZHAA", "ABA YBAA"),
    "chinese": ("LXC NCC", "BWC TXHC"),
    "hindi": ("SVBI TNI", "ASI RRBI"),
    "korean": ("HJK YDCK", "HKK YKWK"),
    "spanish": ("MBMPS NJS", "EBVS ERMS"),
    "vietnamese": ("PNV THV", "HQTV TLV"),
}
PEOPLE: dict[str, dict[str, str | None]] = {
    name: {"gender": gender, "accent": language}
    for language, names in SPEAKERS.items()
    for gender, group in zip("fm", names, strict=True)
    for name in group.split()
}


def prepare(source: Path, target: Path) -> None:
    """Make the data directories; the audio stays where it is.

    Args:
        source: the folder that holds the speakers' folders, or one above it.
        target: where the data directories are made.

    Raises:
        ValueError: the source holds no such recordings.
    """
    folders = sorted(folder for folder in source.rglob("wav") if folder.parent.name in PEOPLE)
    found = [_utterance(folder.parent, file) for folder in folders for file in audio_files(folder)]
    if not found:
        raise not_found("L2-ARCTIC", source, "ABA/wav/arctic_a0001.wav and ABA/transcript/arctic_a0001.txt", HOME)
    write_parts(target, held_out(found))


def _utterance(folder: Path, file: Path) -> Utterance:
    speaker, sentence = folder.name, file.stem.removeprefix("arctic_")
    words = folder / "transcript" / f"{file.stem}.txt"
    text = words.read_text(encoding="utf-8") if words.is_file() else None
    return spoken(f"{speaker}-{sentence}", speaker, file, text, {"sentence": sentence} | PEOPLE[speaker])
