"""An adapted experiment is three rows of results: before, after, and with the target's own labels."""

from dataclasses import replace

from disentangle.report.experiment import Experiment

BESIDE = {"source_only": "unadapted_", "target_only": "informed_"}
OWN = "adapted"
RECOGNISED = ("target_accuracy", "target_cer")


def rows_of(experiment: Experiment) -> list[Experiment]:
    """The experiment, and where it was adapted and asked about the target a row for each of its yardsticks.

    They are named like it, ``source_only`` and ``target_only`` in place of ``adapted``, and their scores are named as
    its own are.
    """
    if not {f"{BESIDE['source_only']}{name}" for name in RECOGNISED} & experiment.scores.keys():
        return [experiment]
    kind = experiment.name.removesuffix(OWN) if experiment.name.endswith(OWN) else f"{experiment.name}-"
    return [experiment, *(_row(experiment, f"{kind}{row}", word) for row, word in BESIDE.items())]


def _row(experiment: Experiment, name: str, word: str) -> Experiment:
    scores = {score.removeprefix(word): value for score, value in experiment.scores.items() if score.startswith(word)}
    return replace(experiment, config={**experiment.config, "name": name}, scores=scores)
