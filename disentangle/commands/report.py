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
    """Write the page and print its path; of picture systems their pictures too, which lie in EXP/pictures."""
    from disentangle.report.experiment import read
    from disentangle.report.page import chapter, render
    from disentangle.report.writing import write

    for folder in arguments.experiments:
        _draw(folder)
    experiments = [read(folder) for folder in arguments.experiments]
    chapters = [chapter(e, f"e{place}", arguments.data) for place, e in enumerate(experiments)]
    out = arguments.out or arguments.experiments[0] / "report.html"
    write(out, render(chapters))
    print(out)


def _draw(folder: Path) -> None:
    """Pictures of a trained picture system, unless they are there since its model is."""
    from disentangle import config as configuration

    config, model = folder / "config.yaml", folder / "model" / "model.safetensors"
    if not (model.is_file() and config.is_file() and configuration.holds(config, "system")):
        return
    from disentangle.image.grids import FOLDER, LIST, draw

    drawn = folder / FOLDER / LIST
    if not drawn.is_file() or drawn.stat().st_mtime < model.stat().st_mtime:
        draw(folder)
