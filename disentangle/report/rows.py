"""Scores as the page shows them: text and, on a scale from nothing to the largest number in sight, places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from disentangle.evaluation.score import Score
from disentangle.report.catalogue import describe, main_names, yardstick
from disentangle.report.entries import GROUPS, Entry
from disentangle.report.experiment import Experiment
from disentangle.report.table import interval
from disentangle.report.units import FORMATS, shown

HEADLINES = (  # of each line the first that was measured
    ("speaker_eer",),
    ("content_speaker_accuracy_sequence", "content_speaker_accuracy_linear", "content_speaker_eer"),
    (
        "content_digit_accuracy",
        "content_word_accuracy",
        "content_sentence_accuracy",
        "content_text_accuracy",
        "content_cer",
        "content_wer",
    ),
    ("conversion_both", "conversion_speaker_accept", "conversion_mcd"),
    ("vocoder_mel_error",),
    ("stoi",),
    ("clustering_error", "mig"),
    ("frechet_ratio_to_vae", "frechet_classifier"),
    ("knn_accuracy", "test_error", "target_accuracy"),
    ("a_distance", "reconstruction_mse", "mutual_information", "factorvae"),
)
DIRECTIONS = {"higher": "↑ higher is better", "lower": "↓ lower is better", "": ""}
STEPS = (0.1, 0.2, 0.5, 1.0)


@dataclass(frozen=True)
class Mark:
    """A comparison value: what it is measured on, as text, and its place on the gauge in percent."""

    label: str
    text: str
    place: float


@dataclass(frozen=True)
class Row:
    """One score of the table; places are percentages of the gauge's width."""

    entry: Entry
    text: str
    interval: str
    n: int
    direction: str
    place: float
    band: tuple[float, float] | None
    chance: Mark | None
    beside: tuple[Mark, ...]
    ends: tuple[str, str]
    majority: str = ""


@dataclass(frozen=True)
class Cell:
    """A score of one of several experiments."""

    text: str
    best: bool
    place: float | None


@dataclass(frozen=True)
class Comparison:
    """One score over several experiments; None where an experiment lacks it."""

    entry: Entry
    direction: str
    cells: tuple[Cell, ...]


def top_of(values: Sequence[float], unit: str) -> float:
    """The end of a scale that starts at 0: 1 at most for shares, the next round number above all values.

    Example:
        >>> top_of([0.03, 0.5], "share"), top_of([6.2, 9.1], "dB")
        (0.5, 10.0)
    """
    decade = 1e-3
    largest = max([0.05 if unit == "share" else decade, *(v for v in values if v == v)])
    if unit == "correlation" or (unit == "share" and 0.5 < largest <= 1):
        return 1.0
    while True:
        for step in STEPS:
            if largest <= step * decade * (1 + 1e-9):
                return step * decade
        decade *= 10


def _place(value: float, top: float) -> float:
    return round(100 * min(max(value / top, 0.0), 1.0), 2) if value == value else 0.0


def row_of(name: str, experiment: Experiment) -> Row:
    """A score of an experiment with everything that is shown beside it."""
    scores, entry, score = experiment.scores, describe(name), experiment.scores[name]
    beside = [(other, scores[other].value) for other in entry.beside if other in scores]
    numbers = [score.value, *(value for _, value in beside), *_given(score.chance), *(score.ci95 or ())]
    top = top_of(numbers, entry.unit)
    probe = experiment.probes.get(name)
    low, high = score.ci95 or (float("nan"), float("nan"))
    return Row(
        entry,
        shown(score.value, entry.unit),
        interval(score, entry.unit),
        score.n,
        DIRECTIONS[entry.better],
        _place(score.value, top),
        (_place(low, top), _place(high, top) - _place(low, top)) if low == low else None,
        None if score.chance is None else Mark("chance", shown(score.chance, entry.unit), _place(score.chance, top)),
        tuple(Mark(yardstick(other), shown(value, entry.unit), _place(value, top)) for other, value in beside),
        ("0", _end(top, entry.unit)),
        "" if probe is None or probe.majority is None else shown(probe.majority, "share"),
    )


def _end(top: float, unit: str) -> str:
    factor, _, sign = FORMATS[unit]
    return f"{factor * top:g}{sign}"


def _given(value: float | None) -> list[float]:
    return [] if value is None else [value]


def headlines(experiment: Experiment) -> list[Row]:
    """The few scores that tell the most."""
    found = (next((name for name in names if name in experiment.scores), None) for names in HEADLINES)
    return [row_of(name, experiment) for name in found if name]


def grouped(experiment: Experiment) -> list[tuple[str, list[Row]]]:
    """All scores under their headings."""
    rows = [row_of(name, experiment) for name in main_names(experiment.scores)]
    groups = [(group, [row for row in rows if row.entry.group == group]) for group in GROUPS]
    return [(group, members) for group, members in groups if members]


def compared(experiments: Sequence[Experiment]) -> list[Comparison]:
    """Every main score that any of the experiments has, the best one marked where a direction is known."""
    names = main_names({name for experiment in experiments for name in experiment.scores})
    return [_comparison(name, [experiment.scores for experiment in experiments]) for name in names]


def _comparison(name: str, all_scores: Sequence[Mapping[str, Score]]) -> Comparison:
    entry = describe(name)
    values = [scores[name].value if name in scores else None for scores in all_scores]
    there = [value for value in values if value is not None]
    top = top_of(there, entry.unit)
    best = {"higher": max, "lower": min}[entry.better](there) if entry.better and len(set(there)) > 1 else None
    cells = (
        Cell(
            shown(value, entry.unit), value is not None and value == best, None if value is None else _place(value, top)
        )
        for value in values
    )
    return Comparison(entry, DIRECTIONS[entry.better], tuple(cells))
