"""A recipe's results: the scores of its experiments over seeds, in RESULTS.json, RESULTS.md and tables."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import fmean, stdev
from typing import TypedDict

from disentangle.report.adapted_rows import rows_of
from disentangle.report.catalogue import describe, in_order, main_names, yardstick
from disentangle.report.entries import Entry
from disentangle.report.experiment import Experiment
from disentangle.report.units import ARROWS, FORMATS, shown


class Summary(TypedDict, total=False):
    """A score over seeds: mean, deviation (n - 1), the value of each seed in the order of the seeds, chance if any."""

    mean: float
    std: float | None
    seeds: list[float]
    chance: float


class Choice(TypedDict, total=False):
    """Of a row whose experiments were chosen among several starts: how."""

    chosen: str


class Row(Choice):
    """The experiments of one configuration."""

    scores: dict[str, Summary]
    command: str
    commit: str
    minutes: float | None
    machine: str


Results = dict[str, Row]


def collect(experiments: Sequence[Experiment]) -> Results:
    """Experiments grouped by their configuration's name; adapted ones are a row each before, after and informed.

    Raises:
        ValueError: an experiment without scores, or one seed twice in a row; names the folders.
    """
    rows: dict[str, list[Experiment]] = {}
    for experiment in experiments:
        if not experiment.scores:
            remedy = f"Make them with: disentangle score {experiment.folder} DATA_DIR"
            raise ValueError(f"no scores, {experiment.folder / 'scores.json'}. {remedy}")
        for row in rows_of(experiment):
            rows.setdefault(row.name, []).append(row)
    return {name: row_of(name, sorted(members, key=_by_seed)) for name, members in sorted(rows.items())}


def _by_seed(experiment: Experiment) -> tuple[int, str]:
    return (int(experiment.seed), "") if experiment.seed.isdigit() else (-1, experiment.seed)


def row_of(name: str, members: Sequence[Experiment]) -> Row:
    """The row of experiments that differ in their seed alone, in the order of their seeds."""
    for one, other in pairwise(members):
        if one.seed == other.seed:
            where = f"{one.folder} and {other.folder}"
            raise ValueError(f"seed {one.seed or '(none)'} comes twice in row '{name}', {where}. Give each seed once.")
    minutes = [float(m) for e in members if isinstance(m := e.run.get("minutes"), int | float)]
    row: Row = {
        "scores": {score: _summary(score, members) for score in in_order({s for e in members for s in e.scores})},
        "command": "\n".join(_each(members, "command")),
        "commit": ", ".join(_each(members, "commit")),
        "minutes": round(fmean(minutes), 1) if minutes else None,
        "machine": ", ".join(_each(members, "machine")),
    }
    if chosen := ", ".join(_each(members, "chosen")):
        row["chosen"] = chosen
    return row


def _each(members: Iterable[Experiment], key: str) -> list[str]:
    return list(dict.fromkeys(str(e.run[key]) for e in members if e.run.get(key)))


def _summary(score: str, members: Sequence[Experiment]) -> Summary:
    there = [e.scores[score] for e in members if score in e.scores]
    values = [round(s.value, 6) for s in there]
    deviation = round(stdev(values), 6) if len(values) > 1 else None
    summary: Summary = {"mean": round(fmean(values), 6), "std": deviation, "seeds": values}
    chances = [s.chance for s in there if s.chance is not None]
    return {**summary, "chance": round(fmean(chances), 6)} if chances else summary


def read_results(path: Path) -> Results:
    """The rows of a RESULTS.json; none if there is no such file.

    Raises:
        ValueError: not JSON or not of this form; names the file.
    """
    try:
        found = json.loads(path.read_text("utf-8")) if path.exists() else {}
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON, {path}:{error.lineno}. Remove it and run disentangle results again.") from None
    if not isinstance(found, dict) or not all(isinstance(row, dict) and "scores" in row for row in found.values()):
        raise ValueError(f"not a table of results, {path}. Remove it and run disentangle results again.")
    return found


def as_json(results: Mapping[str, Row]) -> str:
    """The text of RESULTS.json, the values of the seeds on one line."""
    text = json.dumps(results, indent=2, ensure_ascii=False)
    return re.sub(r"\[\s+([\d\s.,eE+-]+?)\s+\]", lambda found: f"[{' '.join(found[1].split())}]", text) + "\n"


def spread(summary: Summary, unit: str) -> str:
    """Mean and deviation.

    Example:
        >>> spread({"mean": 0.012, "std": 0.004, "seeds": [0.008, 0.012, 0.016]}, "share")
        '1.2 ± 0.4 %'
    """
    factor, decimals, sign = FORMATS[unit]
    deviation = "" if summary["std"] is None else f" ± {factor * summary['std']:.{decimals}f}"
    return f"{factor * summary['mean']:.{decimals}f}{deviation}{sign}"


def markdown(results: Mapping[str, Row], title: str) -> str:
    """The text of RESULTS.md: a table for each row, and how it came about."""
    parts = [f"# Results: {title}", _HOW]
    for name, row in results.items():
        parts += [f"## {name}", _score_table(row), _origin(row)]
    return "\n\n".join(parts) + "\n"


_HOW = (
    "Generated from RESULTS.json by `disentangle results`; not to be edited. Mean ± deviation over seeds, then every "
    "seed. ↓ lower is better, ↑ higher is better. What a score means stands in the report and in "
    "`disentangle/report/catalogue.py`."
)


def _score_table(row: Row) -> str:
    lines = ["| score | mean ± deviation | every seed | chance |", "| --- | ---: | --- | ---: |"]
    for name in in_order(row["scores"]):
        summary, entry = row["scores"][name], describe(name)
        seeds = ", ".join(shown(value, entry.unit) for value in summary["seeds"])
        chance = shown(summary["chance"], entry.unit) if "chance" in summary else ""
        label = f"`{name}` {ARROWS[entry.better]}".strip()
        lines.append(f"| {label} | {spread(summary, entry.unit)} | {seeds} | {chance} |")
    return "\n".join(lines)


def _origin(row: Row) -> str:
    minutes = "" if row["minutes"] is None else f"{row['minutes']:g} minutes a seed; "
    chosen = f"each seed the best {row['chosen']}; " if row.get("chosen") else ""
    return f"Commit {row['commit'] or 'unknown'}; {minutes}{chosen}{row['machine'] or 'machine unknown'}.\n\n" + (
        f"```sh\n{row['command']}\n```" if row["command"] else "Command unknown."
    )


def compact(results: Mapping[str, Row], names: Sequence[str] = ()) -> str:
    """A small table in Markdown: a line for each score, a column for each row of results, and what is measured beside.

    Args:
        results: rows.
        names: the scores; all main ones unless given.
    """
    there = {name for row in results.values() for name in row["scores"]}
    heads = ["score", *results, "chance", "beside it"]
    lines = [f"| {' | '.join(heads)} |", "| --- |" + " ---: |" * (len(results) + 1) + " --- |"]
    for name in names or main_names(there):
        entry = describe(name)
        found = [row["scores"].get(name) for row in results.values()]
        cells = [spread(summary, entry.unit) if summary else "–" for summary in found]
        chance = next((s["chance"] for s in found if s and "chance" in s), None)
        cells += ["" if chance is None else shown(chance, entry.unit), _beside(entry, results)]
        lines.append(f"| {entry.title} {ARROWS[entry.better]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _beside(entry: Entry, results: Mapping[str, Row]) -> str:
    """The ceiling, real speech and the like of the first row that has them."""
    scores = next((row["scores"] for row in results.values() if any(o in row["scores"] for o in entry.beside)), {})
    return ", ".join(f"{yardstick(o)} {spread(scores[o], entry.unit)}" for o in entry.beside if o in scores)
