"""Make the page of an experiment: EXP/report.html, self-contained."""

from argparse import ArgumentParser, Namespace
from pathlib import Path


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("experiments", nargs="+", type=Path, metavar="EXP", help="experiment folder; several: compared")
    parser.add_argument(
        "--data", type=Path, help="data directory behind EXP/embeddings/test (default: from the config)"
    )
    parser.add_argument("--out", type=Path, help="the page (default: report.html in the first experiment folder)")


def run(arguments: Namespace) -> None:
    """Write the page and print its path."""
    from disentangle.report.experiment import read
    from disentangle.report.page import chapter, render
    from disentangle.report.writing import write

    experiments = [read(folder) for folder in arguments.experiments]
    chapters = [chapter(e, f"e{place}", arguments.data) for place, e in enumerate(experiments)]
    out = arguments.out or arguments.experiments[0] / "report.html"
    write(out, render(chapters))
    print(out)
