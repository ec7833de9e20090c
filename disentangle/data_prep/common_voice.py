"""Common Voice: volunteers read sentences in more than a hundred languages, mp3 at 32 or 48 kHz.

Licence: CC0.
Home: https://commonvoice.mozilla.org/datasets
Layout: ``{language}/clips/*.mp3`` and ``{language}/{train,dev,test}.tsv`` with columns ``client_id``, ``path``,
``sentence``, ``gender``, ``age``, ``accents`` (``accent`` before version 7) and others.
Official split: train, dev and test, whose speakers differ; each has one recording of most sentences.

Data directories made, with ``text``, gender, ``utt2age`` and ``utt2accent`` where they are told:

- ``train`` and ``judge``: of train.tsv; ``test``; ``validation``: the same with dev.tsv as its ``test``.

A speaker's name is the first half of the client's. Many speakers have a single recording: for training leave them out
by ``disentangle data subset --least 2``.
"""

import csv
from pathlib import Path

from disentangle.corpus.utterances import Utterance
from disentangle.data_prep import not_found
from disentangle.data_prep._parts import gender, official, root, spoken, write_parts

HOME = "https://commonvoice.mozilla.org/datasets"
NAMED = 64  # of a client's 128 hexadecimal digits


def prepare(source: Path, target: Path) -> None:
    """Make the data directories; the audio stays where it is.

    Args:
        source: the folder of one language, or the one that holds it alone.
        target: where the data directories are made.

    Raises:
        ValueError: the source holds no such lists, or several languages, or lacks a listed recording.
    """
    languages = sorted(source.glob("*/train.tsv"))
    if len(languages) > 1:
        names = ", ".join(file.parent.name for file in languages)
        raise ValueError(f"{len(languages)} languages in {source}: {names}. Name the folder of one of them.")
    corpus = root(source, "train.tsv") or root(source, "test.tsv")
    if corpus is None:
        raise not_found("Common Voice", source, "train.tsv, dev.tsv, test.tsv and clips/ of a language", HOME)
    train, dev, test = (_part(corpus, part) for part in ("train", "dev", "test"))
    if not train and not test:
        raise not_found("Common Voice", source, "rows in train.tsv or test.tsv", HOME)
    write_parts(target, official(train, test, dev or None))


def _part(corpus: Path, part: str) -> list[Utterance]:
    file = corpus / f"{part}.tsv"
    if not file.is_file():
        return []
    with file.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [_utterance(corpus, row) for row in rows]


def _utterance(corpus: Path, row: dict[str, str]) -> Utterance:
    clip = corpus / "clips" / row["path"]
    file = clip if clip.suffix else clip.with_suffix(".mp3")
    speaker = row["client_id"][:NAMED]
    accent = row.get("accents") or row.get("accent") or ""
    labels = {"gender": gender(row.get("gender") or ""), "age": row.get("age"), "accent": " ".join(accent.split())}
    return spoken(f"{speaker}-{file.stem}", speaker, file, row["sentence"], labels)
