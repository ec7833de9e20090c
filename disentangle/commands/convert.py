"""Say what one recording says in the voice of others."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from disentangle.speech.model import SpeechModel

Job = tuple[Path, list[Path], Path]  # source, targets, output

SHORTEST, LONGEST = 0.3, 600.0  # seconds of a source


def add_arguments(parser: ArgumentParser) -> None:
    """Declares what the command takes."""
    parser.add_argument("experiment", type=Path, metavar="EXP", help="folder of a trained model")
    parser.add_argument("--source", type=Path, metavar="WAV", help="whose words")
    parser.add_argument("--target", type=Path, nargs="+", metavar="WAV", help="whose voice; several are averaged")
    parser.add_argument(
        "--pairs", type=Path, metavar="FILE", help="a line for each conversion: SOURCE TARGET [TARGET..]"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="WAV", help="the wav to write; a folder with --pairs"
    )


def run(arguments: Namespace) -> None:
    """Converts, and prints every file written."""
    from disentangle.progress import progress
    from disentangle.speech.model import load

    jobs = list(_jobs(arguments))
    model = load(arguments.experiment)
    with progress(len(jobs), "converting", "recording") as bar:
        for job in jobs:
            _convert(model, *job)
            bar.advance()
    for _, _, out in jobs:
        print(out)


def _jobs(arguments: Namespace) -> Iterator[Job]:
    single = arguments.source is not None and arguments.target is not None
    if single == (arguments.pairs is not None):
        raise ValueError("one conversion by --source and --target, or many by --pairs; neither or both were given.")
    if single:
        yield arguments.source, arguments.target, arguments.out
        return
    lines = [line.split() for line in arguments.pairs.read_text(encoding="utf-8").splitlines()]
    taken: dict[Path, int] = {}
    for number, words in enumerate(lines, 1):
        if len(words) < 2:
            raise ValueError(f"no source and target, {arguments.pairs}:{number}. Write SOURCE TARGET [TARGET ...].")
        source, targets = Path(words[0]), [Path(word) for word in words[1:]]
        out = arguments.out / f"{source.stem}-as-{targets[0].stem}.wav"
        if out in taken:
            raise ValueError(f"{out} would be written for line {taken[out]} too, {arguments.pairs}:{number}. Drop one.")
        taken[out] = number
        yield source, targets, out
    if not lines:
        raise ValueError(f"no pairs, {arguments.pairs}. Write a line SOURCE TARGET [TARGET ...] for each conversion.")


def _convert(model: "SpeechModel", source: Path, targets: Sequence[Path], out: Path) -> None:
    from disentangle.corpus import audio

    wave = audio.load(source, model.rate)
    seconds = len(wave) / model.rate
    if not SHORTEST <= seconds <= LONGEST:
        bounds = f"from {SHORTEST} s to {LONGEST / 60:.0f} min can be converted"
        raise ValueError(f"{seconds:.2f} s of audio where {bounds}, {source}. Give a longer one, or cut it.")
    voice = model.speaker_of(model.speaker([audio.load(target, model.rate) for target in targets]))
    audio.save(out, model.convert(wave, voice), model.rate)
