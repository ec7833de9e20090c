"""Speech Commands: 2,618 people say 35 English words (30 in version 0.01), 105,829 recordings of a second at 16 kHz.

Licence: CC BY 4.0.
Home: https://arxiv.org/abs/1804.03209
Layout: ``{word}/{speaker}_nohash_{take}.wav``, ``validation_list.txt``, ``testing_list.txt``; ``_background_noise_`` is
left out.
Official split: the two lists, whose speakers are in no other part.

Data directories made, with ``text`` and ``utt2word``:

- ``train`` and ``judge``: what neither list names; ``test``; ``validation``: the same with the other list as its
  ``test``.

Some speakers have a single recording: for training leave them out by ``disentangle data subset --least 2``.
"""

import re
from pathlib import Path

from disentangle.corpus.utterances import Utterance
from disentangle.data_prep import not_found
from disentangle.data_prep._parts import audio_files, official, root, spoken, write_parts

HOME = "https://arxiv.org/abs/1804.03209 (speech_commands_v0.02.tar.gz)"

_NAME = re.compile(r"([0-9a-f]{8})_nohash_([0-9]+)")


def prepare(source: Path, target: Path) -> None:
    """Make the data directories; the audio stays where it is.

    Args:
        source: the corpus's folder, which holds the lists, or the one that holds it.
        target: where the data directories are made.

    Raises:
        ValueError: the source holds no such lists and recordings.
    """
    corpus = root(source, "testing_list.txt")
    files = [(f, match) for f in audio_files(corpus) if (match := _NAME.fullmatch(f.stem))] if corpus else []
    if corpus is None or not files:
        wanted = "yes/0a7c2a8d_nohash_0.wav, testing_list.txt and validation_list.txt"
        raise not_found("Speech Commands", source, wanted, HOME)
    test, validation = (_listed(corpus / f"{name}_list.txt") for name in ("testing", "validation"))
    found: dict[str, list[Utterance]] = {"train": [], "test": [], "validation": []}
    for file, match in files:
        path = file.relative_to(corpus).as_posix()
        part = "test" if path in test else "validation" if path in validation else "train"
        word = file.parent.name
        name = f"{match[1]}-{word}-{match[2]}"
        found[part].append(spoken(name, match[1], file, word, {"word": word}))
    write_parts(target, official(found["train"], found["test"], found["validation"] or None))


def _listed(file: Path) -> set[str]:
    return set(file.read_text(encoding="utf-8").split()) if file.is_file() else set()
