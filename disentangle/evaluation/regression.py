"""Numbers read from a code: pitch, energy, length, letters; how much of their variance a fresh attacker explains."""

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from disentangle.evaluation.bootstrap import interval
from disentangle.evaluation.convergence import Curve, Limits, converge
from disentangle.evaluation.probes import ProbeResult
from disentangle.evaluation.score import Score
from disentangle.evaluation.sequences import Features

Matrix = NDArray[np.float64]
Kind = Literal["linear", "mlp"]
REGRESSORS: tuple[Kind, Kind] = ("linear", "mlp")
CONTEXT = 2  # frames to either side that a frame's attacker sees
MOST = 20_000  # frames that are learned from
STRENGTHS = (1e-5, 1e-3, 1e-1, 1.0, 10.0)  # of ridge regression, per frame
LIMITS = Limits(rate=1e-3, patience=300, steps=3000, enough=0.0)


def at_frames(track: NDArray[np.floating], frames: int) -> Matrix:
    """A track (points, values) of equally spaced points as (frames, values): the point at the middle of each frame."""
    x = np.asarray(track, np.float64)
    return np.asarray(x[((np.arange(frames) + 0.5) * len(x) / frames).astype(int)])


def _with_context(x: NDArray[np.floating], context: int) -> Matrix:
    """(frames, dims) -> (frames, (2 context + 1) dims), the ends repeated."""
    places = np.arange(len(x))
    shifted = [x[(places + k).clip(0, len(x) - 1)] for k in range(-context, context + 1)]
    return np.concatenate(shifted, 1).astype(np.float64)


def determination(
    targets: Sequence[Matrix], predicted: Sequence[Matrix], speakers: Sequence[str], seed: int = 0
) -> Score:
    """R², the share of variance explained, all values together; its interval over speakers.

    Args:
        targets: of each utterance (rows, values).
        predicted: the same.
        speakers: who said each utterance.
        seed: of the bootstrap.

    Returns:
        1 where every value is hit, 0 where the test mean does as well, below 0 where it does better.
    """
    rows = np.stack(
        [
            np.concatenate([[len(y), ((y - p) ** 2).sum(), (y**2).sum()], y.sum(0)])
            for y, p in zip(targets, predicted, strict=True)
        ]
    )

    def explained(drawn: Matrix) -> float:
        count, error, squares, *sums = drawn.sum(0)
        variance = squares - (np.array(sums) ** 2).sum() / count
        return float(1 - error / variance) if variance > 1e-12 * max(squares, 1e-12) else float("nan")

    return Score(explained(rows), interval(rows, speakers, explained, seed), int(rows[:, 0].sum()), 0.0)


def _ridge(x: Matrix, y: Matrix, held: NDArray[np.bool_]) -> tuple[Matrix, Curve]:
    """Weights (dims, values), the strength chosen on the held-out rows."""

    def weights(rows: NDArray[np.bool_], strength: float) -> Matrix:
        square = x[rows].T @ x[rows] + strength * rows.sum() * np.eye(x.shape[1])
        return np.asarray(np.linalg.solve(square, x[rows].T @ y[rows]))

    curve = [
        {"C": 1 / s, "validation_loss": float(((x[held] @ weights(~held, s) - y[held]) ** 2).mean())} for s in STRENGTHS
    ]
    best = min(curve, key=lambda row: row["validation_loss"])
    return weights(np.ones(len(x), bool), 1 / best["C"]), curve


def _network(x: Tensor, y: Tensor, held: Tensor, seed: int) -> tuple[nn.Module, Curve]:
    """Two layers of 128, stopped on the held-out rows."""
    generator = torch.Generator().manual_seed(seed)
    learned = torch.nonzero(~held).flatten()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers = [nn.Linear(x.shape[1], 128), nn.ReLU(), nn.Dropout(0.1), nn.Linear(128, 128), nn.ReLU()]
        network = nn.Sequential(*layers, nn.Linear(128, y.shape[1]))

        def epoch() -> Iterator[Tensor]:
            for batch in torch.split(learned[torch.randperm(len(learned), generator=generator)], 256):
                yield nn.functional.mse_loss(network(x[batch]), y[batch])

        def validation_loss() -> float:
            return float(nn.functional.mse_loss(network(x[held]), y[held]))

        curve = converge(network, epoch, validation_loss, LIMITS)
    return network, curve


def _rows(features: Features, targets: Features, context: int) -> tuple[list[Matrix], list[Matrix]]:
    """Of each utterance the rows of features and of targets where the targets are known."""
    xs, ys = [], []
    for x, track in zip(features, targets, strict=True):
        y = at_frames(track, len(x))
        there = np.isfinite(y).all(1)
        xs.append(_with_context(x, context)[there])
        ys.append(y[there])
    return xs, ys


def regress(
    train: Features,
    train_targets: Features,
    test: Features,
    test_targets: Features,
    kind: Kind = "linear",
    speakers_of_test: Sequence[str] | None = None,
    seed: int = 0,
) -> ProbeResult:
    """Train a fresh attacker to read numbers from frozen features and test it.

    Args:
        train: utterances (frames, dims); those of one frame are vectors, and context is not looked for.
        train_targets: of each utterance (points, values), equally spaced over it; NaN where there is none.
        test: other utterances.
        test_targets: of each.
        kind: linear (ridge regression) or mlp (2 x 128).
        speakers_of_test: for the interval; None: over utterances.
        seed: of the held-out 15 % of the utterances, the network and the bootstrap.

    Raises:
        ValueError: another kind, numbers of utterances that differ, or nothing to learn or to test.
    """
    if kind not in REGRESSORS:
        raise ValueError(f"the attacker of numbers is '{kind}'; choose one of {', '.join(REGRESSORS)}")
    context = CONTEXT if max(len(x) for x in train) > 1 else 0
    xs, ys = _rows(train, train_targets, context)
    tests, truths = _rows(test, test_targets, context)
    rng = np.random.default_rng(seed)
    held = np.repeat(rng.permutation(len(xs)) < max(1, round(0.15 * len(xs))), [len(y) for y in ys])
    x, y = np.concatenate(xs), np.concatenate(ys)
    kept = np.sort(rng.permutation(len(x))[:MOST])
    x, y, held = x[kept], y[kept], held[kept]
    if not held.any() or held.all() or not sum(map(len, truths)):
        raise ValueError(f"{len(x)} values to learn from and {sum(map(len, truths))} to test are too few")
    predicted, curve = _predicted(x, y, held, tests, kind, seed)
    speakers = [str(i) for i in range(len(test))] if speakers_of_test is None else list(speakers_of_test)
    some = [i for i, truth in enumerate(truths) if len(truth)]
    score = determination([truths[i] for i in some], [predicted[i] for i in some], [speakers[i] for i in some], seed)
    return ProbeResult(score, None, curve, ())


def _predicted(
    x: Matrix, y: Matrix, held: NDArray[np.bool_], tests: Sequence[Matrix], kind: Kind, seed: int
) -> tuple[list[Matrix], Curve]:
    mean, deviation, level, scale = x.mean(0), x.std(0), y.mean(0), y.std(0)
    deviation[deviation < 1e-6] = np.inf
    scale[scale < 1e-9] = 1.0
    x, y, t = (x - mean) / deviation, (y - level) / scale, [(rows - mean) / deviation for rows in tests]
    if kind == "linear":
        weights, curve = _ridge(x, y, held)
        return [rows @ weights * scale + level for rows in t], curve
    network, curve = _network(torch.from_numpy(x).float(), torch.from_numpy(y).float(), torch.from_numpy(held), seed)
    with torch.no_grad():
        return [network(torch.from_numpy(rows).float()).double().numpy() * scale + level for rows in t], curve
