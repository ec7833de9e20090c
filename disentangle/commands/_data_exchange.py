"""The actions of `disentangle data` that trade with Lhotse: manifests and Shar archives, out and in."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from disentangle.commands._data_making import audio_folder

ACTIONS = ("to-lhotse", "from-lhotse", "to-shar", "from-shar")


def add_actions(add: Callable[[str, str], ArgumentParser]) -> None:
    """Declares the actions.

    Args:
        add: makes the parser of an action from its name and what it does.
    """
    parsers = {
        "to-lhotse": add("to-lhotse", "write Lhotse's manifests of recordings and supervisions"),
        "from-lhotse": add("from-lhotse", "write data directories of a folder of Lhotse's manifests"),
        "to-shar": add(
            "to-shar", "write Lhotse Shar, to a folder or URL: audio and all else in tar files, to be streamed"
        ),
        "from-shar": add("from-shar", "write a data directory, and audio, of Lhotse Shar, in a folder or at a URL"),
    }
    for name, parser in parsers.items():
        parser.add_argument("out", metavar="OUT", type=Path)
        if name.startswith("to-"):
            parser.add_argument("--allow-pipes", action="store_true", help="run the shell commands in wav.scp")
    parsers["from-shar"].add_argument("--audio", type=Path, metavar="DIR", help="folder for it (default: OUT_audio)")


def run(arguments: Namespace) -> None:
    """Does one of them."""
    from disentangle.corpus import manifests, stores

    source, out = arguments.data_dir, arguments.out
    if arguments.action == "from-lhotse":
        for folder, count in manifests.from_lhotse(source, out).items():
            print(f"{folder}: {count} utterances")
        return
    if arguments.action == "from-shar":
        count = manifests.from_shar(source, out, audio_folder(out, arguments.audio))
    elif arguments.action == "to-shar":
        count = manifests.to_shar(source, out, arguments.allow_pipes)
    else:
        count = manifests.to_lhotse(source, out, arguments.allow_pipes)
    print(f"{stores.url(out) if stores.is_url(out) else out}: {count} utterances")
