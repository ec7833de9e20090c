"""Make data directories of a corpus as its makers publish it."""

from argparse import ArgumentParser, Namespace
from pathlib import Path


def add_arguments(parser: ArgumentParser) -> None:
    """Declares which corpus, where it is and where its data directories go."""
    from disentangle.data_prep import names

    parser.add_argument("corpus", metavar="CORPUS", help=f"one of {', '.join(names())}")
    parser.add_argument("source", metavar="SOURCE", type=Path, help="the folder of the corpus; it is left as it is")
    parser.add_argument("data_dir", metavar="DATA_DIR", type=Path, help="where train, judge, test and others are made")


def run(arguments: Namespace) -> None:
    """Prepares the corpus and lists the data directories made."""
    from disentangle.corpus.directory import read
    from disentangle.data_prep import find

    find(arguments.corpus).prepare(arguments.source, arguments.data_dir)
    for folder in sorted(table.parent for table in arguments.data_dir.rglob("utt2spk")):
        if folder.name.startswith("."):
            continue
        directory = read(folder)
        print(f"{directory.path}: {len(directory.utterances)} utterances of {len(directory.speakers())} speakers")
