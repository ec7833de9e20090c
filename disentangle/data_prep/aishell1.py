"""AISHELL-1: 400 people from all over China read Mandarin, 178 hours at 16 kHz.

Licence: Apache 2.0.
Home: https://www.openslr.org/33
Layout: ``data_aishell/wav/{train,dev,test}/{speaker}/BAC009{speaker}W{number}.wav`` (unpack the archive of each
speaker), words in ``data_aishell/transcript/aishell_transcript_v0.8.txt``; ``resource_aishell/speaker.info`` if fetched
too.
Official split: 340, 40 and 20 speakers.

Data directories made, with ``text`` (words between blanks) and ``spk2gender`` if known:

- ``train`` and ``judge``: of train; ``test``; ``validation``: the same with dev as its ``test``;
- ``untranscribed``: the few hundred recordings that the transcript leaves out.
"""

import re
from pathlib import Path

from disentangle.data_prep import not_found
from disentangle.data_prep._parts import audio_files, gender, official, root, spoken, table, write_parts

HOME = "https://www.openslr.org/33"

_NAME = re.compile(r"BAC009(S[0-9]{4})W[0-9]+")


def prepare(source: Path, target: Path) -> None:
    """Make the data directories; the audio stays where it is.

    Args:
        source: the folder ``data_aishell``, or the one that holds it.
        target: where the data directories are made.

    Raises:
        ValueError: the source holds no transcript or no unpacked recordings.
    """
    corpus = root(source, "transcript/aishell_transcript*.txt")
    files = {part: audio_files(corpus / "wav" / part) for part in ("train", "dev", "test")} if corpus else {}
    if corpus is None or not any(files.values()):
        wanted = "wav/train/S0002/BAC009S0002W0122.wav (unpacked) and transcript/aishell_transcript_v0.8.txt"
        raise not_found("AISHELL-1", source, wanted, HOME)
    words = table(next(corpus.glob("transcript/aishell_transcript*.txt")))
    people = _people(corpus)
    train, dev, test = (
        [
            spoken(file.stem, match[1], file, words.get(file.stem), {"gender": people.get(match[1])})
            for file in files[part]
            if (match := _NAME.fullmatch(file.stem))
        ]
        for part in ("train", "dev", "test")
    )
    write_parts(target, official(train, test, dev or None))


def _people(corpus: Path) -> dict[str, str | None]:
    """Gender of each speaker; lines are ``NUMBER SEX``, the number with or without its S."""
    files = [f for folder in (corpus, corpus.parent) if (f := folder / "resource_aishell" / "speaker.info").is_file()]
    return {f"S{name.lstrip('S')}": gender(sex) for name, sex in (table(files[0]).items() if files else ())}
