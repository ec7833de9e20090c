"""The card of a model that is given away: what it is, what its makers say of it, its figures."""

from disentangle.report.catalogue import CATALOGUE, describe, in_order, main_names, yardstick
from disentangle.report.experiment import Experiment
from disentangle.report.table import interval
from disentangle.report.units import ARROWS, shown

CARD = """# {name}

{about}

## Figures

Scored once after {minutes} minutes of training, seed {seed}, commit {commit}.

| measure | figure | 95 % | beside it |
| --- | ---: | ---: | --- |
{rows}
"""


def card(name: str, experiment: Experiment, about: str) -> str:
    """Markdown.

    Args:
        name: of the model.
        experiment: trained and scored.
        about: what no file of the experiment knows: data and licence, how to train it again, limits and misuse.
    """
    scores = experiment.scores
    rows = [_row(experiment, one) for one in main_names(in_order(scores)) if one in CATALOGUE]
    minutes, commit = (experiment.run.get(key, "unknown") for key in ("minutes", "commit"))
    return CARD.format(
        name=name, about=about.strip(), minutes=minutes, seed=experiment.seed, commit=commit, rows="\n".join(rows)
    )


def _row(experiment: Experiment, name: str) -> str:
    score, entry, scores = experiment.scores[name], describe(name), experiment.scores
    beside = "; ".join(
        f"{yardstick(other)} {shown(scores[other].value, entry.unit)}" for other in entry.beside if other in scores
    )
    title = f"{entry.title} {ARROWS[entry.better]}".strip()
    return f"| {title} | {shown(score.value, entry.unit)} | {interval(score, entry.unit)} | {beside} |"
