"""What there is to measure: independent tasks that yield scores, and scores that cannot be had."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from disentangle.evaluation.probes import ProbeResult
from disentangle.evaluation.score import Score

Verdicts = Mapping[str, Sequence[bool | str | float]]


@dataclass(frozen=True)
class Outcome:
    """What a task found.

    Args:
        scores: by the names of scores.json.
        probes: of those scores that a probe reached, how it learned.
        verdicts: by name, what was decided about each conversion.
    """

    scores: Mapping[str, Score] = field(default_factory=dict)
    probes: Mapping[str, ProbeResult] = field(default_factory=dict)
    verdicts: Verdicts = field(default_factory=dict)


@dataclass(frozen=True)
class Task:
    """Something to measure in whatever process is free.

    Args:
        names: of the scores it yields.
        call: picklable, so that it may run anywhere.
        cost: in rough seconds; the longest begin first.
    """

    names: tuple[str, ...]
    call: Callable[[], Outcome]
    cost: float


@dataclass(frozen=True)
class LeftOut:
    """Scores that these data do not allow, and why."""

    names: tuple[str, ...]
    why: str
