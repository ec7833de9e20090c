"""Fetch a corpus of pictures from its public home; files that are there already stay."""

from argparse import ArgumentParser, Namespace
from pathlib import Path


def add_arguments(parser: ArgumentParser) -> None:
    """Declares which corpus and where it goes."""
    parser.add_argument("corpus", metavar="CORPUS", help="mnist or fashion_mnist")
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="where its files go")


def run(arguments: Namespace) -> None:
    """Fetches what is not there and names the folder."""
    from disentangle.image.download import download

    download(arguments.corpus, arguments.folder)
    print(f"{arguments.folder}: {arguments.corpus}")
