"""The whole of scoring: which families of scores, their tasks shared among processes, what they found written down."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from disentangle.evaluation.score import Score
from disentangle.nearest import did_you_mean
from disentangle.progress import progress
from disentangle.scoring import (
    audit,
    ceiling,
    content,
    conversion,
    downstream,
    examples,
    leakage,
    matrix,
    speed,
    verification,
)
from disentangle.scoring.converted import Converted, convert
from disentangle.scoring.material import Material
from disentangle.scoring.parallel import references
from disentangle.scoring.tasks import LeftOut, Outcome, Task
from disentangle.scoring.workers import Workers
from disentangle.scoring.writing import write_json

FAMILIES = {
    "verification": verification.NAMES,
    "leakage": leakage.NAMES,
    "content": content.NAMES,
    "conversion": conversion.NAMES,
    "audit": audit.NAMES,
    "downstream": downstream.NAMES,
    "speed": speed.NAMES,
}
ON_DEMAND = frozenset({"audit", "downstream", "speed"})  # take long, or are never twice the same: run only where named
PLANNED: dict[str, Callable[[Material, frozenset[str]], Iterator[Task | LeftOut]]] = {
    "verification": verification.tasks,
    "leakage": leakage.tasks,
    "content": content.tasks,
    "audit": audit.tasks,
    "downstream": downstream.tasks,
    "speed": speed.tasks,
}


@dataclass
class Found:
    """What scoring found.

    Args:
        scores: by the names of scores.json.
        probes: of scores that a probe reached, how it learned.
        left_out: what could not be measured, and why.
    """

    scores: dict[str, Score] = field(default_factory=dict)
    probes: dict[str, dict[str, object]] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)


def wanted(only: Sequence[str]) -> frozenset[str]:
    """The names of scores that a list of names and families asks for; if it is empty those of every scoring.

    Raises:
        ValueError: neither the name of a score nor of a family.
    """
    every = [name for names in FAMILIES.values() for name in names]
    for name in only:
        if name not in FAMILIES and name not in every:
            raise ValueError(
                f"no score or family of scores '{name}', --only. {did_you_mean(name, [*FAMILIES, *every])}"
            )
    asked = [member for name in only for member in FAMILIES.get(name, (name,))]
    usual = [name for family, names in FAMILIES.items() if family not in ON_DEMAND for name in names]
    return frozenset(asked or usual)


def usual(material: Material) -> frozenset[str]:
    """The names of a scoring that nothing is named for; of content with noise in it also what lies behind the noise."""
    behind = audit.BEHIND_NOISE if material.content_is_random else ()
    return wanted([]) | frozenset(behind)


def score(material: Material, only: Sequence[str] = (), ceiling_of: Path | None = None) -> Found:
    """Measure everything that is asked for and that the data allow; conversions to listen to go to the experiment.

    Args:
        material: experiment and data.
        only: names of scores or families; empty: the usual ones.
        ceiling_of: an experiment on the same data whose scores of log-mel are taken over; None: they are measured.

    Raises:
        ValueError: no model, unknown names, unfit data.
    """
    names, found = wanted(only) if only else usual(material), Found()
    if ceiling_of:
        found.scores = {name: held for name, held in ceiling.read(ceiling_of, material).items() if name in names}
        names -= found.scores.keys()
    tasks = list(_asked(names, found, *(PLANNED[f](material, names) for f in PLANNED if names & set(FAMILIES[f]))))
    made = _converted(material, found) if names & set(conversion.NAMES) else None
    if made:
        tasks += _asked(names, found, conversion.tasks(material, made))
    outcomes = run_tasks(material.workers, tasks, found, names)
    verdicts = {name: decided for outcome in outcomes for name, decided in outcome.verdicts.items()}
    if made:
        parallel = references(made, material.test_data.utterances)
        cells = matrix.matrix(material, made)
        examples.write(material.experiment, made, verdicts, parallel, cells, material.allow_pipes)
    return found


def _asked(names: frozenset[str], found: Found, *planned: Iterator[Task | LeftOut]) -> Iterator[Task]:
    """The tasks that yield something wanted; what cannot be had is noted."""
    for family in planned:
        for item in family:
            if not names & set(item.names):
                continue
            if isinstance(item, LeftOut):
                found.left_out.append(LeftOut(tuple(n for n in item.names if n in names), item.why))
            else:
                yield item


def _converted(material: Material, found: Found) -> Converted | None:
    judge = conversion.possible(material)
    if isinstance(judge, LeftOut):
        found.left_out.append(judge)
        return None
    return convert(material, judge)


def run_tasks(
    workers: Workers, tasks: Sequence[Task], found: Found, names: Collection[str] | None = None
) -> list[Outcome]:
    """Outcomes in the order of the tasks, though the longest begin first.

    Args:
        workers: processes to share the work.
        tasks: what to measure.
        found: the scores that are among ``names``, and how the probes learned, are noted in it.
        names: None: all.
    """
    order = sorted(range(len(tasks)), key=lambda i: -tasks[i].cost)
    with progress(len(tasks), "measure", "task") as bar:
        results = list(workers.results([tasks[i].call for i in order], lambda _: bar.advance()))
    placed = dict(zip(order, results, strict=True))
    outcomes = [placed[i] for i in range(len(tasks))]
    for outcome in outcomes:
        found.scores.update({n: value for n, value in outcome.scores.items() if names is None or n in names})
        found.probes.update({n: {"curve": p.curve, "majority": p.majority} for n, p in outcome.probes.items()})
    return outcomes


def embedded(experiment: Path) -> str:
    """The hash of the test data that an experiment was last scored on; "" where it was not."""
    source = experiment / "embeddings" / "test" / "source.json"
    return str(json.loads(source.read_text(encoding="utf-8")).get("data")) if source.is_file() else ""


def keep(found: Found, out: Path, probes: Path, experiment: Path) -> None:
    """Add what was measured of the same model before; of an older one nothing is kept."""
    trained = max((f.stat().st_mtime for f in experiment.rglob("model.safetensors")), default=0.0)
    held = [path for path in (out, probes) if path.is_file() and path.stat().st_mtime >= trained]
    if out in held:
        for name, entry in json.loads(out.read_text(encoding="utf-8")).items():
            ci95 = None if entry["ci95"] is None else tuple(entry["ci95"])
            found.scores.setdefault(name, Score(entry["value"], ci95, entry["n"], entry["chance"]))
    if probes in held:
        for name, entry in json.loads(probes.read_text(encoding="utf-8")).items():
            found.probes.setdefault(name, entry)


def write(found: Found, out: Path, probes: Path) -> None:
    """Write the scores, and how the probes learned."""
    write_json(out, plain(found.scores))
    write_json(probes, dict(sorted(found.probes.items())))


def plain(scores: Mapping[str, Score]) -> dict[str, dict[str, object]]:
    """Scores as scores.json holds them, in alphabetical order."""
    return {name: _finite(value) for name, value in sorted(scores.items())}


def _finite(value: Score) -> dict[str, object]:
    """An interval that no draw allowed is none."""
    held: dict[str, object] = dict(value.as_dict())
    if value.ci95 is not None and any(bound != bound for bound in value.ci95):
        held["ci95"] = None
    return held
