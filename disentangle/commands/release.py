"""Write a trained model, and its vocoder, as a folder to give away: weights, configuration without places, card."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from disentangle.report.experiment import Experiment


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
    parser.add_argument(
        "--vocoder",
        type=Path,
        metavar="EXP2",
        help="a trained and scored vocoder of the same log-mels, which goes with the model and makes its sound",
    )


def run(arguments: Namespace) -> None:
    """Writes the folder under another name, loads the model from it, renames it, and prints its size."""
    import shutil
    import tempfile

    from disentangle import trainees
    from disentangle.adversarial.export import CARD, CONFIG, MODEL
    from disentangle.speech.vocoder import IN_MODEL

    out: Path = arguments.out
    parts = {out.name: _scored(arguments.experiment)}
    if arguments.vocoder:
        if trainees.kind(arguments.experiment) != "speech" or trainees.kind(arguments.vocoder) != "vocoder":
            raise ValueError(f"no vocoder beside a model of speech, --vocoder {arguments.vocoder}. Name such a pair.")
        parts[f"{out.name}/{IN_MODEL}"] = _scored(arguments.vocoder)
    if not arguments.about.is_file():
        raise ValueError(f"no such file, --about {arguments.about}. Write there what the model was trained on.")
    if out.exists() and not (out.is_dir() and {file.name for file in out.iterdir()} <= {MODEL, CONFIG, CARD, IN_MODEL}):
        raise ValueError(f"something else is there already, {out}. Take another OUT, or remove it.")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as aside:
        for name, experiment in parts.items():
            _write(Path(aside) / name, experiment, arguments.about.read_text("utf-8"))
        trainees.load(Path(aside) / out.name)
        shutil.rmtree(out, ignore_errors=True)
        (Path(aside) / out.name).replace(out)
    print(f"{out}: {sum(file.stat().st_size for file in out.rglob('*') if file.is_file()) / 1e6:.1f} MB")


def _scored(folder: Path) -> "Experiment":
    from disentangle.report.experiment import read

    experiment = read(folder)
    if not experiment.scores:
        raise ValueError(f"no scores, {experiment.folder / 'scores.json'}. Make them: disentangle score EXP DATA_DIR")
    return experiment


def _write(folder: Path, experiment: "Experiment", about: str) -> None:
    from disentangle import config, trainees
    from disentangle.adversarial.export import export, read_export
    from disentangle.report.releasing import card

    trained = experiment.folder / "model"
    known = trainees.without_places(trained / "config.yaml")
    export(folder, read_export(trained).state, config.text(known), card(folder.name, experiment, about))
