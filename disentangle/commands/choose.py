"""Take the best of several starts by a score that asks for no labels: EXP is a copy of it."""

from argparse import ArgumentParser, Namespace
from pathlib import Path


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("starts", nargs="+", type=Path, metavar="START", help="scored experiments of one configuration")
    parser.add_argument(
        "--by",
        required=True,
        metavar="SCORE",
        help="effects_overlap, mutual_information or reconstruction_mse: none that knows a label is allowed",
    )
    parser.add_argument("--out", required=True, type=Path, metavar="EXP", help="experiment folder of the chosen one")


def run(arguments: Namespace) -> None:
    """Print every start's score, take the best one."""
    from disentangle.report.choosing import best, take
    from disentangle.report.experiment import read

    if arguments.out.resolve() in [folder.resolve() for folder in arguments.starts]:
        raise ValueError(f"--out is one of the starts, {arguments.out}. Name another folder.")
    starts = [read(folder) for folder in arguments.starts]
    chosen = best(starts, arguments.by)
    take(chosen, starts, arguments.by, arguments.out)
    for start in starts:
        print(f"{start.folder}  {arguments.by} {start.scores[arguments.by].value:.4f}{'  <' * (start is chosen)}")
