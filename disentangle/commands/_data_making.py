"""The actions of `disentangle data` that write other data directories: joined, at other speeds or rates, degraded, with
units in place of labels.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from disentangle.corpus.channels import Channel

ACTIONS = ("combine", "perturb-speed", "resample", "degrade", "units")
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
    degrade = add("degrade", "write a data directory heard in rooms, through noise, by telephone, coded, in this order")
    degrade.add_argument("out", metavar="OUT", type=Path, help="the data directory to write")
    degrade.add_argument("--room", action="store_true", help="a room of its own for each recording (image method)")
    degrade.add_argument("--noise", metavar="LOW:HIGH", help="coloured noise, so many dB below the speech, e.g. 0:15")
    degrade.add_argument("--telephone", action="store_true", help="300 to 3400 Hz at 8 kHz, mu-law (G.711)")
    degrade.add_argument("--codec", choices=("mp3", "vorbis", "opus", "gsm"), help="coded with losses and decoded")
    degrade.add_argument("--seed", type=int, default=0, help="of rooms and noise (default 0)")
    units = add("units", "write a data directory with utt2unit: recordings of one word each, grouped without any label")
    units.add_argument("out", metavar="OUT", type=Path, help="the data directory to write")
    units.add_argument(
        "--count",
        type=int,
        default=50,
        metavar="N",
        help="of units (default 50); several of one word do no harm, one of several words does",
    )
    units.add_argument("--seed", type=int, default=0, help="of the clustering (default 0)")
    for parser in (speed, resample, degrade):
        parser.add_argument("--audio", type=Path, metavar="DIR", help="folder for the audio (default: OUT_audio)")
    for parser in (speed, resample, degrade, units):
        parser.add_argument("--allow-pipes", action="store_true", help="run the shell commands in wav.scp: trust them")


def run(arguments: Namespace) -> None:
    """Does one of them."""
    actions = {
        "combine": _combine,
        "perturb-speed": _perturb,
        "resample": _resample,
        "degrade": _degrade,
        "units": _units,
    }
    actions[arguments.action](arguments)


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


def _degrade(arguments: Namespace) -> None:
    from disentangle.corpus.remaking import degrade

    sound = audio_folder(arguments.out, arguments.audio)
    chain = list(_channels(arguments))
    count = degrade(arguments.data_dir, arguments.out, sound, chain, arguments.seed, arguments.allow_pipes)
    print(f"{arguments.out}: {count} recordings")


def _units(arguments: Namespace) -> None:
    from dataclasses import replace

    from disentangle.corpus.directory import read, write
    from disentangle.speech.units import discovered

    if arguments.count < 2:
        raise ValueError(f"--count {arguments.count}. Ask for two units or more.")
    data = read(arguments.data_dir)
    found = discovered(data, arguments.count, arguments.seed, arguments.allow_pipes)
    named = zip(data.utterances, found, strict=True)
    write(arguments.out, [replace(u, labels={**u.labels, "unit": f"unit{unit:02d}"}) for u, unit in named])
    print(f"{arguments.out}: {len(found)} utterances in {len(set(found))} units")


def _channels(arguments: Namespace) -> "Iterator[Channel]":
    from disentangle.corpus import channels

    if arguments.room:
        yield channels.room
    if arguments.noise:
        low, high = _bounds(arguments.noise)
        yield partial(channels.noise, low=low, high=high)
    if arguments.telephone:
        yield lambda wave, rate, _: channels.telephone(wave, rate)
    if arguments.codec:
        yield lambda wave, rate, _: channels.codec(wave, rate, arguments.codec)


def _bounds(text: str) -> tuple[float, float]:
    try:
        low, high = map(float, text.split(":"))
    except ValueError:
        low, high = 0.0, -1.0
    if not -40 <= low <= high <= 80:
        raise ValueError(f"no range of decibels, --noise {text}. Write LOW:HIGH, such as 0:15.")
    return low, high
