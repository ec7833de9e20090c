"""The option --on-error: what commands that read audio do about what cannot be used."""

from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from disentangle.corpus.failures import OnError
    from disentangle.corpus.utterances import DataDirectory


def add_on_error(parser: ArgumentParser, where: str, default: "OnError | None" = "stop") -> None:
    """Declares it.

    Args:
        parser: of the command.
        where: the folder of failed.txt.
        default: None leaves it to the configuration.
    """
    text = f"audio that cannot be used: stop (default), or skip it and list it in {where}/failed.txt"
    parser.add_argument("--on-error", choices=("stop", "skip"), default=default, help=text)


def sound(data: "DataDirectory", folder: Path, on_error: "OnError", allow_pipes: bool) -> "DataDirectory":
    """The data directory, or what of it can be used; then ``folder/failed.txt`` lists the rest."""
    from disentangle.corpus.failures import usable

    return data if on_error == "stop" else usable(data, folder, allow_pipes)
