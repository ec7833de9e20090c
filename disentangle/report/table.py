"""Tables on the terminal: the scores of an experiment, the results of a recipe."""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

from disentangle.evaluation.score import Score
from disentangle.report.catalogue import describe, in_order, main_names, yardstick
from disentangle.report.experiment import score_of
from disentangle.report.units import ARROWS, FORMATS, shown

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from disentangle.report.results import Row


def console(file: IO[str] | None = None) -> "Console":
    """A console that takes text as it is; wide where nobody watches, so that no line of a log is broken."""
    from rich.console import Console

    there = Console(file=file, highlight=False, markup=False, emoji=False)
    return there if there.is_terminal else Console(file=file, width=160, highlight=False, markup=False, emoji=False)


def table(*columns: str, title: str | None = None) -> "Table":
    """An empty table, its first column to the left and the others to the right."""
    from rich import box
    from rich.table import Table

    made = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for place, column in enumerate(columns):
        made.add_column(column, justify="right" if place else "left", overflow="fold")
    return made


def interval(score: Score, unit: str) -> str:
    """The 95 % interval in the unit of the value, or nothing."""
    if score.ci95 is None or score.ci95[0] != score.ci95[0]:
        return ""
    factor, decimals, _ = FORMATS[unit]
    return "–".join(f"{factor * end:.{decimals}f}" for end in score.ci95)


def print_scores(scores: Mapping[str, Score | Mapping[str, object]], file: IO[str] | None = None) -> None:
    """Print the scores of an experiment, each with what is needed to read it.

    Args:
        scores: as scores.json holds them, name -> {"value", "ci95", "n", "chance"}.
        file: where to; standard output unless given.
    """
    found = {name: score_of(score) for name, score in scores.items()}
    rows = table("score", "value", "95 %", "chance", "n", "beside it")
    for name in main_names(found):
        score, entry = found[name], describe(name)
        beside = [f"{yardstick(o)} {shown(found[o].value, entry.unit)}" for o in entry.beside if o in found]
        rows.add_row(
            f"{name} {ARROWS[entry.better]}",
            shown(score.value, entry.unit),
            interval(score, entry.unit),
            "" if score.chance is None else shown(score.chance, entry.unit),
            str(score.n or ""),
            ", ".join(beside),
        )
    console(file).print(rows)


class Omission(Protocol):
    """Scores that could not be measured, and why."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the scores."""

    @property
    def why(self) -> str:
        """In words."""


def print_found(scores: Mapping[str, Score], left_out: Iterable[Omission], out: Path, as_json: bool) -> None:
    """Print what was measured and where it is kept; what was left out, and why, to standard error.

    Args:
        scores: by name.
        left_out: what could not be measured.
        out: the file that holds the scores.
        as_json: scores as JSON instead of a table.
    """
    for item in left_out:
        print(f"left out: {', '.join(item.names)}: {item.why}", file=sys.stderr)
    if as_json:
        print(json.dumps({name: score.as_dict() for name, score in sorted(scores.items())}, indent=1))
        return
    print_scores(scores)
    print(out)


def print_results(results: Mapping[str, "Row"], file: IO[str] | None = None) -> None:
    """Print rows of results: every score with mean, deviation, each seed and chance.

    Args:
        results: rows by name.
        file: where to; standard output unless given.
    """
    from disentangle.report.results import spread

    for name, row in results.items():
        rows = table("score", "mean ± deviation", "every seed", "chance", title=f"{name} ({row['commit']})")
        for score in in_order(row["scores"]):
            summary, entry = row["scores"][score], describe(score)
            rows.add_row(
                f"{score} {ARROWS[entry.better]}",
                spread(summary, entry.unit),
                ", ".join(shown(value, entry.unit) for value in summary["seeds"]),
                shown(summary["chance"], entry.unit) if "chance" in summary else "",
            )
        console(file).print(rows)
