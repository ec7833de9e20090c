"""The actions of `disentangle data` that write other data directories: joined, at other speeds or rates."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

ACTIONS = ("combine", "perturb-speed", "resample")
AddAction = Callable[[str, str], ArgumentParser]


def add_actions(add: AddAction) -> None:
    """Declares the actions.

    Args:
        add: makes the parser of an action from its name and what it does.
    """
    combine = add("combine", "write several data directories as one")
    combine.add_argument("others", metavar="DATA_DIR", nargs="*", type=Path)
    combine.add_argument("out", metavar="OUT", type=Path, help="the data directory to write")
    speed = add("perturb-speed", "write a data directory of all utterances at several speeds")
    speed.add_argument("out", metavar="OUT", type=Path, help="the data directory to write")
    speed.add_argument("--speeds", nargs="+", type=float, default=[0.9, 1.0, 1.1], metavar="X", help="0.9 1 1.1")
    resample = add("resample", "write a data directory whose audio has another rate")
    resample.add_argument("out", metavar="OUT", type=Path, help="the data directory to write")
    resample.add_argument("--rate", type=int, required=True, metavar="HZ")
    for parser in (speed, resample):
        parser.add_argument("--audio", type=Path, metavar="DIR", help="folder for the audio (default: OUT_audio)")
        parser.add_argument("--allow-pipes", action="store_true", help="run the shell commands in wav.scp: trust them")


def run(arguments: Namespace) -> None:
    """Does one of them."""
    {"combine": _combine, "perturb-speed": _perturb, "resample": _resample}[arguments.action](arguments)


def audio_folder(out: Path, audio: Path | None = None) -> Path:
    """Where the audio of a data directory is written: beside it, unless told."""
    return audio or out.with_name(f"{out.name}_audio")


def _combine(arguments: Namespace) -> None:
    from disentangle.corpus.combining import combine
    from disentangle.corpus.directory import read

    for name in combine([arguments.data_dir, *arguments.others], arguments.out):
        print(f"left out {name}: not all have it, or they differ")
    print(f"{arguments.out}: {len(read(arguments.out).utterances)} utterances")


def _perturb(arguments: Namespace) -> None:
    from disentangle.corpus.remaking import perturb_speed

    sound = audio_folder(arguments.out, arguments.audio)
    count = perturb_speed(arguments.data_dir, arguments.out, sound, arguments.speeds, arguments.allow_pipes)
    print(f"{arguments.out}: {count} utterances")


def _resample(arguments: Namespace) -> None:
    from disentangle.corpus.remaking import resample

    sound = audio_folder(arguments.out, arguments.audio)
    count = resample(arguments.data_dir, arguments.out, sound, arguments.rate, arguments.allow_pipes)
    print(f"{arguments.out}: {count} recordings at {arguments.rate} Hz")
