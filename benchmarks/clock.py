"""Time of things done in turn, so that whatever else a machine does weighs on all of them alike."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Drawn = TypeVar("Drawn")
Result = TypeVar("Result")
Clock = Callable[[], float]
Seconds = NDArray[np.float64]
DRAWING = "drawing"
WARMUP = 3  # rounds that are not counted: memory is fetched, kernels are chosen
ENGINE_BOUND = 1.10  # times a loop written by hand


@dataclass(frozen=True)
class Figure:
    """One number of the benchmark.

    Args:
        value: the median over the repeats.
        unit: of the value.
        quartiles: of the repeats.
        repeats: how often it was measured.
        bound: what the value must not exceed, where there is a bound.
        least: what the value must reach, where there is such a bound.
    """

    value: float
    unit: str
    quartiles: tuple[float, float]
    repeats: int
    bound: float | None = None
    least: float | None = None


def figure(samples: Seconds, unit: str, bound: float | None = None, least: float | None = None) -> Figure:
    """Median and quartiles of what was measured, (repeats,).

    Example:
        >>> figure(np.array([1.0, 9.0, 2.0]), "s").value
        2.0
    """
    low, middle, high = (float(value) for value in np.percentile(samples, [25, 50, 75]))
    return Figure(middle, unit, (low, high), len(samples), bound, least)


def in_turn(
    draw: Callable[[int], Drawn],
    runs: Mapping[str, Callable[[Drawn], object]],
    repeats: int,
    warmup: int = WARMUP,
    clock: Clock = time.process_time,
) -> dict[str, Seconds]:
    """Seconds, (repeats,), of each run and of the drawing.

    In every repeat something is drawn and handed to each of the runs; every other repeat goes through them backwards,
    so that none has always the warmer cache.

    Args:
        draw: repeat -> what the runs work on.
        runs: name -> what is timed.
        repeats: how often.
        warmup: how often before that, not counted.
        clock: processor time of all threads, or `time.perf_counter` where more of them are to end sooner.
    """
    seconds: dict[str, list[float]] = {name: [] for name in (DRAWING, *runs)}
    for repeat in range(-warmup, repeats):
        drawn, spent = _timed(partial(draw, repeat + warmup), clock)
        seconds[DRAWING].append(spent)
        for name in list(runs)[:: 1 if repeat % 2 else -1]:
            seconds[name].append(_timed(partial(runs[name], drawn), clock)[1])
    return {name: np.array(spent[warmup:]) for name, spent in seconds.items()}


def _timed(run: Callable[[], Result], clock: Clock) -> tuple[Result, float]:
    begun = clock()
    result = run()
    return result, clock() - begun


def beside(game: str, seconds: Mapping[str, Seconds]) -> dict[str, Figure]:
    """A round by the engine, by hand, and how many times the one takes the other, pair by pair."""
    engine, hand = seconds["engine"], seconds["hand"]
    return {
        f"{game}_engine": figure(1000 * engine, "ms"),
        f"{game}_by_hand": figure(1000 * hand, "ms"),
        f"{game}_engine_over_hand": figure(engine / hand, "x", ENGINE_BOUND),
    }
