"""Say what one recording says in the voice of others."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from disentangle import released
from disentangle.commands._conversion_live import add_live_arguments, live

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from disentangle.speech.model import SpeechModel
    from disentangle.wishes import Wishes

Targets = dict[Path, float]  # recordings of the voice and how much each counts
Job = tuple[Path, Targets, Path]  # source, targets, output

SHORTEST, LONGEST = 0.3, 600.0  # seconds of a source


def add_arguments(parser: ArgumentParser) -> None:
    """Declares what the command takes."""
    parser.add_argument(
        "experiment", type=released.find, metavar="EXP", help="a trained model: its folder, or a name of the package"
    )
    parser.add_argument("--source", type=Path, metavar="WAV", help="whose words: a recording of 0.3 s to 10 min")
    parser.add_argument("--target", type=Path, nargs="+", metavar="WAV", help="whose voice; several are averaged")
    parser.add_argument(
        "--pairs", type=Path, metavar="FILE", help="many conversions instead: lines of SOURCE TARGET [TARGET ...]"
    )
    parser.add_argument(
        "--mix",
        metavar="WAV:SHARE,...",
        help="in place of --target a voice between voices, such as a.wav:0.7,b.wav:0.3",
    )
    parser.add_argument(
        "--attribute",
        action="append",
        default=[],
        metavar="FACTOR=STRENGTH",
        help="move the voice, such as gender=+1.5 towards women's (f before m), in deviations; may be given again",
    )
    parser.add_argument(
        "--voices",
        type=Path,
        metavar="DATA_DIR",
        help="speech with the factor (default: what the model was trained on)",
    )
    parser.add_argument(
        "--search", action="store_true", help="search the voice through the decoder, from what the encoder reads"
    )
    parser.add_argument(
        "--pitch",
        metavar="HEIGHT",
        help="keep (the source's median), target (the target's) or semitones such as +2.5; default: as decoded",
    )
    parser.add_argument("--speed", type=float, default=1.0, metavar="FACTOR", help="2 takes half the time (default 1)")
    parser.add_argument(
        "--vocoder",
        type=released.find,
        metavar="EXP2",
        help="a trained vocoder that makes the sound (default: the one that comes with EXP, or Griffin-Lim)",
    )
    add_live_arguments(parser)
    parser.add_argument(
        "--out",
        type=Path,
        metavar="WAV",
        help="the wav to write; with --pairs the folder for SOURCE-as-TARGET.wav",
    )


def run(arguments: Namespace) -> None:
    """Converts, and prints every file written; --live writes the sound itself."""
    from disentangle.commands._conversion_options import attributes, pitch_of, speed_of
    from disentangle.progress import progress
    from disentangle.speech.loading import load
    from disentangle.wishes import Wishes

    if arguments.live:
        live(arguments)
        return
    if arguments.microphone:
        raise ValueError("a microphone is listened to while one speaks, --microphone. Add --live.")
    if arguments.out is None:
        raise ValueError("no file to write, --out. Name one, or a folder where --pairs are converted.")
    jobs = list(_jobs(arguments))
    pitch, speed = pitch_of(arguments.pitch), speed_of(arguments.speed)
    model = load(arguments.experiment, arguments.vocoder)
    _check(jobs, model.rate)
    wishes = Wishes(tuple(attributes(arguments, model)), arguments.search, pitch, speed)
    with progress(len(jobs), "converting", "recording") as bar:
        for job in jobs:
            _convert(model, *job, wishes)
            bar.advance()
    for _, _, out in jobs:
        print(out)


def _jobs(arguments: Namespace) -> Iterator[Job]:
    from disentangle.commands._conversion_options import mixture

    voices = [given for given in (arguments.target, arguments.mix) if given is not None]
    single = arguments.source is not None and len(voices) == 1
    either = arguments.source is not None or bool(voices)
    if single != either or either == (arguments.pairs is not None):
        raise ValueError(
            "one conversion is --source and --target (or --mix), many are --pairs. Give the two, or the one."
        )
    if single:
        if arguments.out.suffix != ".wav" or arguments.out.is_dir():
            raise ValueError(f"not the name of a wav, --out {arguments.out}. Name a file that ends with .wav.")
        targets = mixture(arguments.mix) if arguments.mix is not None else counted(arguments.target)
        yield arguments.source, targets, arguments.out
    else:
        yield from _listed(arguments.pairs, arguments.out)


def _listed(pairs: Path, folder: Path) -> Iterator[Job]:
    remedy = "Write a line SOURCE TARGET [TARGET ...] for each conversion."
    try:
        lines = [line.split() for line in pairs.read_text(encoding="utf-8").splitlines()]
    except UnicodeDecodeError:
        raise ValueError(f"not UTF-8 text, {pairs}. {remedy}") from None
    taken: dict[Path, int] = {}
    for number, words in enumerate(lines, 1):
        if len(words) < 2:
            raise ValueError(f"no source and target, {pairs}:{number}. {remedy}")
        source, targets = Path(words[0]), counted([Path(word) for word in words[1:]])
        out = folder / f"{source.stem}-as-{Path(words[1]).stem}.wav"
        if out in taken:
            raise ValueError(f"{out} would be written for line {taken[out]} too, {pairs}:{number}. Drop one.")
        taken[out] = number
        yield source, targets, out
    if not lines:
        raise ValueError(f"no pairs, {pairs}. {remedy}")


def _check(jobs: Sequence[Job], rate: int) -> None:
    """Read all that will be converted, so that what cannot be used is told before anything is written."""
    from disentangle.corpus import audio

    for source in dict.fromkeys(source for source, _, _ in jobs):
        _words(source, rate)
    for target in dict.fromkeys(target for _, targets, _ in jobs for target in targets):
        audio.load(target, rate)


def _words(source: Path, rate: int) -> "NDArray[np.float32]":
    from disentangle.corpus import audio

    wave = audio.load(source, rate)
    seconds = len(wave) / rate
    if not SHORTEST <= seconds <= LONGEST:
        bounds = f"from {SHORTEST} s to {LONGEST / 60:.0f} min can be converted"
        raise ValueError(f"{seconds:.2f} s of audio where {bounds}, {source}. Give a longer one, or cut it.")
    return wave


def counted(targets: Sequence[Path]) -> Targets:
    """Every recording counts as often as it is named."""
    return {target: float(targets.count(target)) for target in targets}


def _convert(model: "SpeechModel", source: Path, targets: Targets, out: Path, wishes: "Wishes") -> None:
    from disentangle.corpus import audio
    from disentangle.wishes import converted

    heard = {target: audio.load(target, model.rate) for target in targets}
    audio.save(out, converted(model, (source, _words(source, model.rate)), heard, targets, wishes), model.rate)
