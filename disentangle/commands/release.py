"""Write a trained model as a folder to give away: weights, configuration without places, card with figures."""

from argparse import ArgumentParser, Namespace
from pathlib import Path


def add_arguments(parser: ArgumentParser) -> None:
    """Declares what the command takes."""
    parser.add_argument("experiment", type=Path, metavar="EXP", help="folder of a trained and scored model")
    parser.add_argument("out", type=Path, metavar="OUT", help="folder for the release; its name is the model's")
    parser.add_argument(
        "--about",
        required=True,
        type=Path,
        metavar="FILE",
        help="Markdown for the card: data and their licence, command of the recipe, limits, misuse",
    )


def run(arguments: Namespace) -> None:
    """Writes the folder under another name, loads the model from it, renames it, and prints its size."""
    import shutil
    import tempfile

    from disentangle import config as configuration
    from disentangle import trainees
    from disentangle.adversarial.export import CARD, CONFIG, MODEL, export, read_export
    from disentangle.report.experiment import read
    from disentangle.report.releasing import card

    out: Path = arguments.out
    experiment = read(arguments.experiment)
    if not experiment.scores:
        raise ValueError(f"no scores, {experiment.folder / 'scores.json'}. Make them: disentangle score EXP DATA_DIR")
    if not arguments.about.is_file():
        raise ValueError(f"no such file, --about {arguments.about}. Write there what the model was trained on.")
    if out.exists() and not (out.is_dir() and {file.name for file in out.iterdir()} <= {MODEL, CONFIG, CARD}):
        raise ValueError(f"something else is there already, {out}. Take another OUT, or remove it.")
    trained = read_export(experiment.folder / "model")
    config = trainees.without_places(experiment.folder / "model" / "config.yaml")
    text = card(out.name, experiment, arguments.about.read_text("utf-8"))
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as aside:
        export(Path(aside) / out.name, trained.state, configuration.text(config), text)
        trainees.load(Path(aside) / out.name)
        shutil.rmtree(out, ignore_errors=True)
        (Path(aside) / out.name).replace(out)
    print(f"{out}: {sum(file.stat().st_size for file in out.iterdir()) / 1e6:.1f} MB")
