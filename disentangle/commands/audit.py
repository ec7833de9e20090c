"""Attack frozen features with fresh attackers of rising strength: what content knows of who speaks, and the reverse."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from disentangle.scoring.run import Found
    from disentangle.scoring.workers import Workers


def add_arguments(parser: ArgumentParser) -> None:
    """Declares what the command takes."""
    parser.add_argument(
        "places", type=Path, nargs="+", metavar="DIR", help="EXP and DATA_DIR; with --ark the DATA_DIR alone"
    )
    parser.add_argument("--ark", type=Path, metavar="SCP", help="another model's features instead, an scp or npz")
    parser.add_argument("--only", default="", metavar="NAMES", help="scores, joined by commas (default: all)")
    parser.add_argument("--train", type=Path, metavar="DIR", help="the model's training data (default: its own)")
    parser.add_argument("--no-sound", action="store_true", help="--ark: read no recordings; no log-mel, pitch, energy")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="the scores (default: into EXP/scores.json; --ark: audit.json beside it)",
    )
    parser.add_argument("--seed", type=int, default=0, help="--ark: of everything random")
    parser.add_argument("--nj", type=int, help="processes (default: one for each core); the scores are the same")
    parser.add_argument("--json", action="store_true", help="print the scores as JSON")
    parser.add_argument("--allow-pipes", action="store_true", help="run the shell commands that stand in wav.scp")


def run(arguments: Namespace) -> None:
    """Audits, writes scores and learning curves, and prints the scores."""
    from disentangle.report.table import print_found
    from disentangle.scoring.run import embedded, keep, write
    from disentangle.scoring.workers import Workers
    from disentangle.scoring.writing import check_writable

    if len(arguments.places) != (1 if arguments.ark else 2):
        raise ValueError("an audit is of EXP DATA_DIR, or of --ark SCP and DATA_DIR. Name these.")
    folder = arguments.ark.parent if arguments.ark else arguments.places[0]
    out = arguments.out or folder / ("audit.json" if arguments.ark else "scores.json")
    probes = out.with_name("audit-probes.json") if arguments.ark or arguments.out else folder / "probes.json"
    before = "" if arguments.ark else embedded(folder)
    with Workers(arguments.nj) as workers:
        found = _of_archive(arguments, workers, out) if arguments.ark else _of_experiment(arguments, workers, out)
    check_writable(out.parent)
    if not arguments.ark and not arguments.out and before == embedded(folder):
        keep(found, out, probes, arguments.places[0])
    write(found, out, probes)
    print_found(found.scores, found.left_out, out, arguments.json)


def _names(arguments: Namespace) -> list[str]:
    return [name for name in arguments.only.split(",") if name]


def _of_archive(arguments: Namespace, workers: "Workers", out: Path) -> "Found":
    from disentangle.corpus.directory import read
    from disentangle.scoring.external import audit_archive
    from disentangle.scoring.writing import check_writable

    data = read(arguments.places[0])
    check_writable(out.parent)
    names = _names(arguments) or None
    found = audit_archive(
        arguments.ark, data, workers, names, not arguments.no_sound, arguments.seed, arguments.allow_pipes
    )
    if not found.scores and not found.left_out:
        raise ValueError(f"no score '{arguments.only}', --only. Leave it out to see all that the data allow.")
    return found


def _of_experiment(arguments: Namespace, workers: "Workers", out: Path) -> "Found":
    from disentangle.corpus.directory import read
    from disentangle.scoring import experiment
    from disentangle.scoring.material import Material
    from disentangle.scoring.model import load
    from disentangle.scoring.run import score
    from disentangle.scoring.writing import check_writable

    folder, data = arguments.places
    trained = experiment.read(folder)
    load(folder)
    train = arguments.train or trained.train
    test = read(data)
    learned = read(train) if train else None
    check_writable(out.parent)
    material = Material(folder, trained.seed, test, learned, None, workers, allow_pipes=arguments.allow_pipes)
    return score(material, _names(arguments) or ["leakage", "audit"])
