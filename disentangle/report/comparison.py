"""Several experiments on one page: scores side by side, curves on common axes, the settings in which they differ."""

from collections.abc import Sequence
from dataclasses import dataclass

from disentangle.report.experiment import Experiment
from disentangle.report.figures import Key, Panel, drawing, hues, svg
from disentangle.report.rows import Comparison, compared
from disentangle.report.training import Line, lines_of, smooth

POINTS = 400  # of a curve, at most: more are not seen
NAMED = ("name", "seed")  # settings that the heads of the table tell
Settings = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Together:
    """What is said of several experiments at once.

    Args:
        names: of the experiments, each different.
        colours: of each.
        scores: every score that any has, the best marked.
        curves: a panel for each term that two or more have logged.
        settings: key, and its value in each; those that differ.
    """

    names: tuple[str, ...]
    colours: list[str]
    scores: list[Comparison]
    curves: list[Panel]
    settings: list[tuple[str, tuple[str, ...]]]


def together(experiments: Sequence[Experiment], settings: Sequence[Settings]) -> Together:
    """Compare experiments.

    Args:
        experiments: two or more.
        settings: the configuration of each, flat.
    """
    names = names_of(experiments)
    return Together(names, hues(len(names)), compared(experiments), _curves(experiments, names), differing(settings))


def names_of(experiments: Sequence[Experiment]) -> tuple[str, ...]:
    """Name and seed of each; the folder where that does not tell them apart."""
    names = [f"{e.name}, seed {e.seed}" if e.seed else e.name for e in experiments]
    return tuple(
        f"{name} ({e.folder})" if names.count(name) > 1 else name for name, e in zip(names, experiments, strict=True)
    )


def differing(settings: Sequence[Settings]) -> list[tuple[str, tuple[str, ...]]]:
    """Keys whose values are not the same everywhere; – where there is no such key.

    Example:
        >>> differing([[("seed", "1"), ("rate", "2")], [("seed", "2"), ("rate", "3")], [("rate", "2"), ("ema", "0")]])
        [('rate', ('2', '3', '2')), ('ema', ('–', '–', '0'))]
    """
    flat = [dict(pairs) for pairs in settings]
    keys = dict.fromkeys(key for pairs in flat for key in pairs if key not in NAMED)
    rows = [(key, tuple(pairs.get(key, "–") for pairs in flat)) for key in keys]
    return [(key, values) for key, values in rows if len(set(values)) > 1]


def _curves(experiments: Sequence[Experiment], names: Sequence[str]) -> list[Panel]:
    logged = [lines_of(experiment.log) for experiment in experiments]
    terms = dict.fromkeys((player, term) for players in logged for player in players for term in players[player])
    panels = []
    for player, term in terms:
        found = [players.get(player, {}).get(term) for players in logged]
        if sum(line is not None for line in found) > 1:
            panels.append(_panel(f"{player}: {term}", found, names, f"together-{player}-{term}"))
    return panels


def _panel(title: str, lines: Sequence[Line | None], names: Sequence[str], anchor: str) -> Panel:
    """A line for each experiment that has the term, in its colour of the table."""
    there = [(c, n, line) for c, n, line in zip(hues(len(names)), names, lines, strict=True) if line is not None]
    with drawing(anchor) as (figure, axes):
        for colour, _, (steps, values) in there:
            every = max(1, len(steps) // POINTS)
            shown = values if title.startswith("watch") else smooth(values)
            axes.plot(steps[::every], shown[::every], color=colour, linewidth=1.8)
        axes.grid(axis="y")
        axes.set_xlabel("step")
        ends = ", ".join(f"{name} ends at {values[-1]:.3g}" for _, name, (_, values) in there)
        drawn = svg(figure, f"{title} over the steps: {ends}.")
    return Panel(title, drawn, tuple(Key(colour, f"{name} {values[-1]:.3g}") for colour, name, (_, values) in there))
