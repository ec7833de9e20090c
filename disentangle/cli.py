"""The command line: finds the command, reads its arguments, turns what a user can mend into one line."""

import importlib
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, NoReturn, Protocol

from disentangle.commands._places import check
from disentangle.nearest import did_you_mean

COMMANDS = (
    *("download", "prepare", "data", "train", "adapt", "embed", "score", "choose", "verify", "audit"),
    *("convert", "anonymize", "export", "release", "invert", "edit", "complete", "report", "results", "demo"),
)


class Command(Protocol):
    """A module of `disentangle.commands`: light to import, since the help imports them all."""

    __doc__: str | None

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declares what the command takes."""

    def run(self, arguments: Namespace) -> None:
        """Does it: results to stdout, progress to stderr, ValueError for what the user can mend."""


class _Parser(ArgumentParser):
    def __init__(self, **options: Any) -> None:
        super().__init__(**{"allow_abbrev": False} | options)

    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{message}. `{self.prog} --help` shows what it takes.")


def parser(names: Sequence[str] = COMMANDS) -> ArgumentParser:
    """The named commands with their arguments; imports these commands and nothing heavy."""
    top = _Parser(prog="disentangle", description="Takes apart what is said and who says it.")
    top.add_argument("--version", action="version", version=version("disentangle"))
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)
    for name in names:
        command: Command = importlib.import_module(f"disentangle.commands.{name}")
        summary = (command.__doc__ or "").partition("\n")[0]
        sub = commands.add_parser(name, help=summary, description=command.__doc__)
        sub.add_argument("--debug", action="store_true", help="show the traceback of an error")
        command.add_arguments(sub)
        sub.set_defaults(run=command.run)
    return top


def _parsed(argv: Sequence[str]) -> Namespace:
    name = next((word for word in argv if not word.startswith("-")), "")
    if name and name not in COMMANDS:
        raise ValueError(f"unknown command '{name}'. {did_you_mean(name, COMMANDS)}")
    top = parser([name] if name else COMMANDS)
    arguments, left = top.parse_known_args(argv)
    if left and (left[0].startswith("-") or "overrides" not in arguments):
        top.error(f"unknown argument {left[0]}")
    if left:  # key=value after an option, which argparse does not join to those before it
        arguments.overrides = [*arguments.overrides, *left]
    return arguments


def _told(failure: BaseException) -> str:
    if isinstance(failure, OSError) and failure.strerror:
        where = f", {failure.filename}" if failure.filename else ""
        return f"{failure.strerror}{where}"
    return " ".join(str(failure).split()) or type(failure).__name__


def _status(failure: BaseException) -> int | None:
    """The exit status of a failure that needs no traceback; None for a bug."""
    if isinstance(failure, KeyboardInterrupt):
        return 130
    if isinstance(failure, (ValueError, OSError)):
        return 2
    from disentangle.adversarial.game import NonFiniteLoss
    from disentangle.adversarial.interrupts import Interrupted

    if isinstance(failure, Interrupted):
        return 128 + failure.signal
    return 2 if isinstance(failure, NonFiniteLoss) else None


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command.

    Args:
        argv: the words after `disentangle`; those of the process if None.

    Returns:
        The exit status: 0, 2 for what the user can mend, 130 or 143 where a signal ended it.
    """
    words = sys.argv[1:] if argv is None else list(argv)
    try:
        arguments = _parsed(words)
        check(arguments)
        arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # `disentangle ... | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except (Exception, KeyboardInterrupt) as failure:
        status = _status(failure)
        if status is None or "--debug" in words:
            raise
        print(f"error: {_told(failure)}" if status == 2 else _told(failure), file=sys.stderr)
        return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
