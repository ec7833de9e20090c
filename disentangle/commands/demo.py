"""Show trained systems on a web page: voices to convert, pictures to edit by their codes."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from disentangle import released

if TYPE_CHECKING:
    from disentangle.demo.experiments import Shown
    from disentangle.demo.page import Rooms


def add_arguments(parser: ArgumentParser) -> None:
    """Declares what the command takes."""
    parser.add_argument(
        "experiments",
        type=released.find,
        nargs="*",
        metavar="EXP",
        help="trained systems, each shown by what it is: one of speech, one that draws pictures, an InfoGAN, and what "
        "belongs to them, a vocoder and an inversion_encoder (default: those of the package)",
    )
    parser.add_argument(
        "--voices",
        type=Path,
        metavar="DATA_DIR",
        help="speech of several people for gallery and judges (default: the folder judge beside what the speech model "
        "was trained on, or that itself; of a model that comes without them the package's sixteen synthetic voices)",
    )
    parser.add_argument(
        "--pictures",
        type=Path,
        metavar="DIR",
        help="pictures for examples and attributes (default: what the generator was trained on, or what it draws)",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (127.0.0.1: this machine alone)")
    parser.add_argument("--port", type=int, default=7860, help="port to listen at, 0 for any that is free (7860)")


def run(arguments: Namespace) -> None:
    """Serves the page until interrupted, and prints its address once it can be opened."""
    from disentangle.demo import experiments, server

    shown = experiments.sorted_out(arguments.experiments or experiments.packaged())
    server.needed()
    with server.listening(arguments.host, arguments.port) as sockets:
        server.serve(_rooms(shown, arguments), sockets, lambda address: print(address, flush=True))


def _rooms(shown: "Shown", arguments: Namespace) -> "Rooms":
    from disentangle.demo import codes, infogan, voices
    from disentangle.demo.page import Rooms

    return Rooms(
        voices.opened(shown.speech, shown.vocoder, arguments.voices) if shown.speech else None,
        codes.opened(shown.pictures, shown.encoder, arguments.pictures) if shown.pictures else None,
        infogan.opened(shown.infogan) if shown.infogan else None,
    )
