"""Measure a trained model: what leaks, is recognised, converts; what pictures, or the sound of a vocoder, are worth."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from disentangle import released
from disentangle.commands._on_error import add_on_error, sound

if TYPE_CHECKING:
    from disentangle.corpus.utterances import DataDirectory
    from disentangle.scoring.material import Material
    from disentangle.scoring.run import Found
    from disentangle.scoring.workers import Workers


def add_arguments(parser: ArgumentParser) -> None:
    """Declares what the command takes."""
    parser.add_argument("experiment", type=Path, metavar="EXP", help="folder of a trained model")
    parser.add_argument(
        "data",
        type=Path,
        nargs="?",
        metavar="DATA_DIR",
        help="data directory to score on; of pictures the folder, if another than the configuration's",
    )
    parser.add_argument(
        "--trials", type=Path, metavar="FILE", help="lines of UTT1 UTT2 target|nontarget (default: all)"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="the scores (default: EXP/scores.json)")
    parser.add_argument(
        "--judge",
        type=Path,
        metavar="DIR",
        help="the judges' speech (default: judge beside DATA_DIR); of pictures the experiment of a classifier",
    )
    parser.add_argument("--vae", type=Path, metavar="EXP2", help="pictures: the VAE whose distance is the unit")
    parser.add_argument("--train", type=Path, metavar="DIR", help="the model's training data (default: its own)")
    parser.add_argument(
        "--only",
        default="",
        metavar="NAMES",
        help="scores, or families of scores, joined by commas: of speech, where they join those that there are, "
        "verification, leakage, content, conversion, and where named audit, downstream, speed; of pictures families "
        "alone: clusters, information, effects, drawn, reconstructed, told_apart, neighbours, error, domains, "
        "factors, inverted, completed, attributes, edited",
    )
    parser.add_argument(
        "--ceiling", type=Path, metavar="EXP2", help="take log-mel's scores from EXP2, on the same data"
    )
    parser.add_argument(
        "--vocoder",
        type=released.find,
        metavar="EXP2",
        help="a trained vocoder that makes the sound (default: the one that comes with EXP, or Griffin-Lim)",
    )
    parser.add_argument("--nj", type=int, help="processes (default: one for each core); the scores are the same")
    parser.add_argument("--json", action="store_true", help="print the scores as JSON")
    parser.add_argument("--allow-pipes", action="store_true", help="run the shell commands that stand in wav.scp")
    add_on_error(parser, "EXP/embeddings/{test,train,judge}")


def run(arguments: Namespace) -> None:
    """Scores, writes scores.json (of speech probes.json and examples too), and prints the scores."""
    from disentangle.report.table import print_found
    from disentangle.scoring.run import embedded, keep, write
    from disentangle.scoring.workers import Workers
    from disentangle.scoring.writing import check_writable
    from disentangle.trainees import kind

    out, of = arguments.out or arguments.experiment / "scores.json", kind(arguments.experiment)
    if of == "pictures":
        check_writable(out.parent)
        found = _pictures(arguments)
    elif of == "vocoder":
        found = _vocoder(arguments, out)
    else:
        with Workers(arguments.nj) as workers:
            material = _material(arguments, workers)
            check_writable(out.parent)
            check_writable(arguments.experiment)
            before = embedded(arguments.experiment)
            found = _speech(arguments, material)
    measured = dict(found.scores)
    if of == "speech" and arguments.only and not arguments.out and before == embedded(arguments.experiment):
        keep(found, out, arguments.experiment / "probes.json", arguments.experiment)
    write(found, out, arguments.experiment / "probes.json")
    print_found(measured, found.left_out, out, arguments.json)


def _names(arguments: Namespace) -> list[str]:
    return [name for name in arguments.only.split(",") if name]


def _pictures(arguments: Namespace) -> "Found":
    from disentangle.scoring.image.run import score
    from disentangle.scoring.image.subject import subject

    asked = subject(arguments.experiment, arguments.data, arguments.judge, arguments.vae)
    return score(asked, _names(arguments))


def _vocoder(arguments: Namespace, out: Path) -> "Found":
    from disentangle.scoring.vocoder import score
    from disentangle.scoring.workers import Workers
    from disentangle.scoring.writing import check_writable

    data = _read(arguments, _data(arguments), "test")
    check_writable(out.parent)
    with Workers(arguments.nj) as workers:
        return score(arguments.experiment, data, workers, _names(arguments), arguments.allow_pipes)


def _data(arguments: Namespace) -> Path:
    if arguments.data is None:
        raise ValueError(f"no data directory to score {arguments.experiment} on. Name it after the experiment.")
    return Path(arguments.data)


def _speech(arguments: Namespace, material: "Material") -> "Found":
    from disentangle.scoring.run import score

    return score(material, _names(arguments), arguments.ceiling)


def _material(arguments: Namespace, workers: "Workers") -> "Material":
    from disentangle.scoring import experiment
    from disentangle.scoring.material import Material, judge_beside
    from disentangle.scoring.model import load

    data = _data(arguments)
    trained = experiment.read(arguments.experiment)
    load(trained.folder, arguments.vocoder)
    train, judge = arguments.train or trained.train, arguments.judge or judge_beside(data)
    return Material(
        trained.folder,
        trained.seed,
        _read(arguments, data, "test"),
        _read(arguments, train, "train") if train else None,
        _read(arguments, judge, "judge") if judge else None,
        workers,
        arguments.trials,
        arguments.allow_pipes,
        arguments.vocoder,
    )


def _read(arguments: Namespace, folder: Path, name: str) -> "DataDirectory":
    from disentangle.corpus.directory import read

    kept = arguments.experiment / "embeddings" / name
    return sound(read(folder), kept, arguments.on_error, arguments.allow_pipes)
