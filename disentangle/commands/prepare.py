"""Make data directories of a corpus as its makers publish it."""

from argparse import ArgumentParser, Namespace
from pathlib import Path


def add_arguments(parser: ArgumentParser) -> None:
    """Declares which corpus, where it is and where its data directories go."""
    from disentangle.data_prep import names

    parser.add_argument("corpus", metavar="CORPUS", help=f"one of {', '.join(names())}, or any of Lhotse's")
    parser.add_argument("source", metavar="SOURCE", type=Path, help="the folder of the corpus; it is left as it is")
    parser.add_argument("data_dir", metavar="DATA_DIR", type=Path, help="where train, judge, test and others are made")
    parser.add_argument(
        "--pattern",
        metavar="REGEX",
        help="of `folder`: what each file's name must match, with groups for speaker and factors, such as "
        "'(?P<speaker>\\w+)_(?P<digit>\\d)'; without it each folder in SOURCE is a speaker",
    )


def run(arguments: Namespace) -> None:
    """Prepares the corpus and lists the data directories made."""
    from disentangle.corpus.directory import read

    _prepare(arguments)
    for folder in sorted(table.parent for table in arguments.data_dir.rglob("utt2spk")):
        if folder.name.startswith("."):
            continue
        directory = read(folder)
        print(f"{directory.path}: {len(directory.utterances)} utterances of {len(directory.speakers())} speakers")


def _prepare(arguments: Namespace) -> None:
    from disentangle.data_prep import find, folder

    if arguments.corpus == "folder":
        folder.prepare(arguments.source, arguments.data_dir, arguments.pattern)
    elif arguments.pattern is not None:
        raise ValueError(
            f"{arguments.corpus} has names of its own, --pattern. Use it with `disentangle prepare folder`."
        )
    else:
        find(arguments.corpus).prepare(arguments.source, arguments.data_dir)
