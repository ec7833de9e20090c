"""The best of several experiments by a score that asks for no labels, taken whole."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from disentangle.nearest import did_you_mean
from disentangle.report.catalogue import describe
from disentangle.report.experiment import Experiment
from disentangle.report.writing import write

LABEL_FREE = {"effects_overlap": "effects", "mutual_information": "information", "reconstruction_mse": "reconstructed"}
"""Scores that choose, and the family each is of: none may know a label, or choosing would be training on the test."""

TAKEN = ("config.yaml", "log.jsonl", "model", "checkpoints", "tensorboard")
MEASURED = ("run.json", "scores.json", "probes.json", "pictures", "report.html")  # of whatever was there before


def best(experiments: Sequence[Experiment], by: str) -> Experiment:
    """The one whose score is best, the first of equals.

    Raises:
        ValueError: a score that asks for labels, an experiment without the score, or two of different configurations;
            names the folders.
    """
    if by not in LABEL_FREE:
        raise ValueError(f"nothing is chosen by {by}, which may know labels. {did_you_mean(by, LABEL_FREE)}")
    for experiment in experiments:
        if by not in experiment.scores:
            remedy = f"Make it with: disentangle score {experiment.folder} --only {LABEL_FREE[by]}"
            raise ValueError(f"no {by}, {experiment.folder / 'scores.json'}. {remedy}")
        if _unseeded(experiment) != _unseeded(experiments[0]):
            where = f"{experiments[0].folder} and {experiment.folder}"
            raise ValueError(f"not of one configuration: {where}. Choose among starts that differ in their seed alone.")
    sign = 1 if describe(by).better == "lower" else -1
    return min(experiments, key=lambda e: sign * e.scores[by].value)


def _unseeded(experiment: Experiment) -> dict[str, object]:
    return {key: value for key, value in experiment.config.items() if key != "seed"}


def take(chosen: Experiment, of: Sequence[Experiment], by: str, out: Path) -> None:
    """Copy an experiment to a folder, whose run.json says that it was chosen, how, and what all starts took together.

    Everything is copied beside its place before anything is put there, run.json last; what was measured of another
    experiment there is removed.
    """
    out.mkdir(parents=True, exist_ok=True)
    held = out / ".chosen"
    shutil.rmtree(held, ignore_errors=True)
    held.mkdir()
    there = [chosen.folder / part for part in TAKEN if (chosen.folder / part).exists()]
    for part in there:
        (shutil.copytree if part.is_dir() else shutil.copy2)(part, held / part.name)
    for name in (*MEASURED, *TAKEN):
        _remove(out / name)
    for part in there:
        (held / part.name).replace(out / part.name)
    held.rmdir()
    write(out / "run.json", json.dumps({**chosen.run, **origin(of, by)}, indent=1) + "\n")


def origin(of: Sequence[Experiment], by: str) -> Mapping[str, object]:
    """What a run.json says of a choice."""
    minutes = [float(m) for e in of if isinstance(m := e.run.get("minutes"), int | float)]
    chosen = f"of {len(of)} starts by {by}, without labels"
    return {"chosen": chosen, "minutes": round(sum(minutes), 1), by: {e.seed: e.scores[by].value for e in of}}


def _remove(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
