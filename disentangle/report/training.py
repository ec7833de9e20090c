"""Training curves, one panel a player, and how the attackers learned."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from disentangle.report.catalogue import describe
from disentangle.report.experiment import Probe
from disentangle.report.figures import SOFT, Key, Panel, drawing, hues, svg

Rows = Sequence[Mapping[str, float]]
Line = tuple[NDArray[np.float64], NDArray[np.float64]]  # steps, values
Lines = dict[str, Line]

WATCHED = {
    "critic_pair": "pair critic",
    "critic_speaker": "speaker classifier",
    "probe_linear": "fresh linear attacker",
    "probe_sequence": "fresh sequence attacker",
    "probe_label": "label by a linear probe",
}
CHANCES = {"critic_pair": 0.5, "probe_label": 0.0}  # of those whose chance is not the speakers'


def lines_of(log: Rows) -> dict[str, Lines]:
    """Steps and values of every term, by player.

    Example:
        >>> list(lines_of([{"step": 1, "critic/pair": 0.7, "watch/eer": 0.1}]))
        ['critic', 'watch']
    """
    names = sorted({name for row in log for name in row if "/" in name}, key=lambda n: (n.startswith("watch/"), n))
    players: dict[str, Lines] = {}
    for name in names:
        player, term = name.split("/", 1)
        points = np.array([(row["step"], row[name]) for row in log if name in row], np.float64)
        players.setdefault(player, {})[term] = (points[:, 0], points[:, 1])
    return players


def smooth(values: NDArray[np.float64], share: float = 0.04) -> NDArray[np.float64]:
    """Running mean over a share of the curve; its ends are averaged over what is there."""
    width = max(1, round(share * len(values)))
    weights = np.ones(2 * width + 1)
    total = np.convolve(values, weights, "same")[: len(values)] if len(values) > 2 * width else values
    count = np.convolve(np.ones(len(values)), weights, "same") if len(values) > 2 * width else np.ones(len(values))
    return np.asarray(total / count)


def training_panels(log: Rows, name: str) -> list[Panel]:
    """One panel a player and one for what was watched.

    Args:
        log: rows of log.jsonl.
        name: unique on the page.
    """
    players = lines_of(log)
    watched = players.pop("watch", {})
    panels = [_player_panel(player, lines, f"{name}-{player}") for player, lines in players.items()]
    if "chance" in watched:
        return [*panels, _parting_panel(watched, f"{name}-watch")]
    return [*panels, _player_panel("watch", watched, f"{name}-watch")] if watched else panels


def _player_panel(player: str, lines: Lines, name: str) -> Panel:
    colours = hues(len(lines))
    with drawing(name) as (figure, axes):
        for colour, (steps, values) in zip(colours, lines.values(), strict=True):
            watched = player == "watch"
            if not watched:
                axes.plot(steps, values, color=colour, alpha=0.25, linewidth=0.8)
            axes.plot(steps, values if watched else smooth(values), color=colour, linewidth=1.8, marker="o" * watched)
        axes.grid(axis="y")
        axes.set_xlabel("step")
        everything = np.concatenate([values for _, values in lines.values()])
        if _spread(everything):
            axes.set_yscale("log")
        ends = ", ".join(f"{term} ends at {values[-1]:.3g}" for term, (_, values) in lines.items())
        title = "Watched during training" if player == "watch" else player
        drawn = svg(figure, f"Training curves of {title} over the steps: {ends}.")
    keys = (Key(colour, f"{t} {y[-1]:.3g}") for colour, (t, (_, y)) in zip(colours, lines.items(), strict=True))
    return Panel(title, drawn, tuple(keys))


def _parting_panel(lines: Lines, name: str) -> Panel:
    """Critics in play (dashed) and fresh attackers, each on a scale from its own chance (0) to always right (1)."""
    chance = float(lines["chance"][1][-1])
    found = {term: line for term, line in lines.items() if term != "chance"}
    colours = hues(len(found))
    with drawing(name) as (figure, axes):
        for colour, (term, (steps, values)) in zip(colours, found.items(), strict=True):
            guessed = CHANCES.get(term, chance)
            style = "--" if term.startswith("critic") else "-"
            axes.plot(steps, (values - guessed) / (1 - guessed), style, color=colour, linewidth=1.8, marker="o")
        axes.axhline(0, color=SOFT, linewidth=0.8)
        axes.set_ylim(top=1.05)
        axes.grid(axis="y")
        axes.set_xlabel("step")
        axes.set_ylabel("share of the way from chance to 1")
        ends = ", ".join(f"{WATCHED.get(term, term)} ends at {values[-1]:.0%}" for term, (_, values) in found.items())
        drawn = svg(figure, f"What critics in play and fresh attackers get right over the steps: {ends}.")
    keys = (
        Key(colour, f"{WATCHED.get(term, term)} {values[-1]:.0%}")
        for colour, (term, (_, values)) in zip(colours, found.items(), strict=True)
    )
    note = (
        "Dashed: critics that content is trained against. Where they fall and fresh attackers do not, nothing is gone."
    )
    return Panel("Critics in play and fresh attackers", drawn, tuple(keys), note)


def _spread(values: NDArray[np.float64]) -> bool:
    return bool(np.isfinite(values).all() and values.min() > 0 and values.max() > 50 * np.median(values))


def attacker_panels(probes: Mapping[str, Probe], name: str) -> list[Panel]:
    """One panel an attacker: validation loss while it learned, on the code and, in grey, on the ceiling's features."""
    beside = {other for score in probes for other in describe(score).beside}
    curves = [score for score in probes if score not in beside and probes[score].curve]
    return [_attacker_panel(score, probes, f"{name}-{score}") for score in curves]


def _attacker_panel(score: str, probes: Mapping[str, Probe], name: str) -> Panel:
    entry = describe(score)
    shown = [(hues(1)[0], "on the code", score)]
    shown += [(SOFT, "on log-mel, the ceiling", other) for other in entry.beside[:1] if other in probes]
    with drawing(name, height=2.7) as (figure, axes):
        for colour, _, other in shown:
            for xs, losses in _runs(probes[other]):
                axes.plot(xs, losses, color=colour, linewidth=1.6, marker=".")
        by = next((key for key in ("C", "leaf") if all(key in row for row in probes[score].curve)), "step")
        axes.set_xscale("linear" if by == "step" else "log")
        axes.set_xlabel({"C": "inverse regularisation C", "leaf": "items in the smallest leaf"}.get(by, by))
        axes.set_ylabel("validation loss")
        axes.grid(axis="y")
        drawn = svg(figure, f"Validation loss of the attacker behind {entry.title} while it learned.")
    return Panel(entry.title, drawn, tuple(Key(colour, label) for colour, label, _ in shown))


def _runs(probe: Probe) -> list[tuple[list[float], list[float]]]:
    """The points of each fold's own run."""
    folds: dict[float, list[tuple[float, float]]] = {}
    for place, row in enumerate(probe.curve):
        if "validation_loss" in row:
            x = next((row[key] for key in ("step", "C", "leaf") if key in row), float(place))
            folds.setdefault(row.get("fold", 0), []).append((x, row["validation_loss"]))
    return [([x for x, _ in points], [y for _, y in points]) for points in folds.values()]
