"""ABX: is a word nearer to the same word than to another, said by the same speaker or by somebody else?"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from disentangle.evaluation.bootstrap import draws_of, percentiles
from disentangle.evaluation.score import Score
from disentangle.evaluation.sequences import Features, check

Matrix = NDArray[np.float64]
Whom = Literal["across", "within"]
TAKES = 5  # of a word by a speaker
TIE = 1e-7  # distances that differ by less are equal: the arc of a rounded cosine
CELLS = 2_000_000  # of the distance tables that are held at once


def _unit(x: NDArray[np.floating]) -> Matrix:
    x = np.asarray(x, np.float64)
    return np.asarray(x / np.linalg.norm(x, axis=-1, keepdims=True).clip(1e-12))


def angular(a: NDArray[np.floating], b: NDArray[np.floating]) -> Matrix:
    """Angle between every frame of (..., n, dims) and of (..., m, dims) in half turns, (..., n, m)."""
    return np.asarray(np.arccos((_unit(a) @ np.swapaxes(_unit(b), -1, -2)).clip(-1, 1)) / np.pi)


def _along_paths(costs: Matrix, n: NDArray[np.int64], m: NDArray[np.int64]) -> Matrix:
    """Mean cost (pairs,) along each pair's cheapest path through costs (pairs, longest, longest) to its (n, m)."""
    pairs, rows, columns = costs.shape
    total = np.full((pairs, rows + 1, columns + 1), np.inf)
    steps = np.zeros(total.shape)
    total[:, 0, 0] = 0
    for diagonal in range(2, rows + columns + 1):
        i = np.arange(max(1, diagonal - columns), min(rows, diagonal - 1) + 1)
        j = diagonal - i
        before = np.stack([total[:, i - 1, j - 1], total[:, i - 1, j], total[:, i, j - 1]])
        taken = before.argmin(0)[None]  # of equal ones the diagonal
        length = np.stack([steps[:, i - 1, j - 1], steps[:, i - 1, j], steps[:, i, j - 1]])
        total[:, i, j] = costs[:, i - 1, j - 1] + np.take_along_axis(before, taken, 0)[0]
        steps[:, i, j] = np.take_along_axis(length, taken, 0)[0] + 1
    each = np.arange(pairs)
    return np.asarray(total[each, n, m] / steps[each, n, m])


def distances(features: Features) -> Matrix:
    """Between all utterances: mean angle along the path of dynamic time warping, (utterances, utterances)."""
    lengths = np.array([len(x) for x in features])
    padded = np.zeros((len(features), lengths.max(), np.shape(features[0])[1]))
    for place, x in zip(padded, features, strict=True):
        place[: len(x)] = _unit(x)
    first, second = np.triu_indices(len(features), 1)
    ranked = np.argsort(np.maximum(lengths[first], lengths[second]), kind="stable")
    found = np.zeros((len(features), len(features)))
    start = 0
    while start < len(ranked):
        size = max(1, CELLS // int(lengths.max()) ** 2)
        chosen = ranked[start : start + size]
        a, b = first[chosen], second[chosen]
        n, m = lengths[a], lengths[b]
        cosines = padded[a, : n.max()] @ np.swapaxes(padded[b, : m.max()], 1, 2)
        found[a, b] = found[b, a] = _along_paths(np.arccos(cosines.clip(-1, 1)) / np.pi, n, m)
        start += size
    return found


def _error(to_a: Matrix, to_b: Matrix, itself: bool) -> float:
    """Share of triples whose X lies nearer to B; A (a, x), B (b, x), and whether the As are the Xs."""
    gap = to_a[:, None] - to_b[None]
    wrong = (gap > TIE) + 0.5 * (np.abs(gap) <= TIE)
    if not itself:
        return float(wrong.mean())
    others = ~np.eye(len(to_a), dtype=bool)
    return float(wrong.mean(1)[others].mean())


def _table(distance: Matrix, words: NDArray[np.str_], speakers: NDArray[np.str_], whom: Whom) -> Matrix:
    """Errors (ordered pairs of words, speakers of A and B, speakers of X), NaN where there are no triples."""
    names, rows = np.unique(speakers), []
    place = {(w, s): np.flatnonzero((words == w) & (speakers == s)) for w in np.unique(words) for s in names}
    for a in np.unique(words):
        for b in np.unique(words):
            if a == b:
                continue
            row = np.full((len(names), len(names)), np.nan)
            for i, s in enumerate(names):
                as_, bs = place[a, s], place[b, s]
                for k, t in enumerate(names):
                    xs = place[a, t]
                    enough = len(as_) > 1 if whom == "within" else bool(len(as_) and len(xs))
                    if (s == t) == (whom == "within") and enough and len(bs):
                        row[i, k] = _error(distance[np.ix_(as_, xs)], distance[np.ix_(bs, xs)], s == t)
            rows.append(row)
    return np.array(rows).reshape(len(rows), len(names), len(names))


def _mean(table: Matrix, weights: Matrix) -> Matrix:
    """Over speakers, then over pairs of words, for each column of weights (speakers of A, speakers of X, draws)."""
    there = np.isfinite(table).reshape(len(table), -1).astype(np.float64)
    errors = np.nan_to_num(table).reshape(len(table), -1)
    flat = weights.reshape(there.shape[1], -1)
    weight = there @ flat
    by_pair = np.where(weight > 0, errors @ flat / np.where(weight > 0, weight, 1), 0)
    pairs = (weight > 0).sum(0)
    return np.where(pairs > 0, by_pair.sum(0) / np.maximum(pairs, 1), np.nan)


def _score(table: Matrix, whom: Whom, seed: int, draws: int = 300) -> Score:
    speakers = table.shape[1]
    counts = draws_of(speakers, draws, seed).astype(np.float64)
    if whom == "within":
        drawn = counts.T[:, None] * np.eye(speakers)[:, :, None]
    else:
        drawn = np.einsum("ds,dt->std", counts, counts)
    value = _mean(table, np.ones((speakers, speakers, 1)))[0]
    return Score(float(value), percentiles(_mean(table, drawn)), int(np.isfinite(table).sum()), 0.5)


def _chosen(words: Sequence[str], speakers: Sequence[str], most: int, seed: int) -> list[int]:
    """A few takes of a word by a speaker, of as many words, drawn at random, as there is room for."""
    rng = np.random.default_rng(seed)
    cells: dict[tuple[str, str], list[int]] = {}
    for i in rng.permutation(len(words)).tolist():
        cells.setdefault((words[i], speakers[i]), []).append(i)
    kept: list[int] = []
    for count, word in enumerate(rng.permutation(sorted(set(words))).tolist()):
        takes = [i for (w, _), members in cells.items() if w == word for i in members[:TAKES]]
        if count < 2 or len(kept) + len(takes) <= most:
            kept += takes
    return sorted(kept)


def abx(
    features: Features, words: Sequence[str], speakers: Sequence[str], most: int = 400, seed: int = 0
) -> dict[Whom, Score]:
    """Machine ABX error (Schatz et al. 2013, Interspeech; ZeroSpeech 2021, https://arxiv.org/abs/2011.11588).

    A and X are one word, B another; an error is an X nearer to B than to A, half an error where both are equally near.
    Within: one speaker says all three. Across: one says A and B, another X. Distances are angles averaged along the
    path of dynamic time warping. Errors are averaged over the triples of two words and their speakers, then over the
    speakers, then over the pairs of words.

    Args:
        features: of each word or utterance, (frames, dims).
        words: what was said in each.
        speakers: who said it.
        most: utterances that are compared; words beyond are left out at random.
        seed: of that choice and of the interval's draws over speakers.

    Returns:
        Of "across" and "within" what the utterances allow; n counts pairs of words with their speakers.
    """
    check(features, words, "ABX features")
    check(features, speakers, "ABX features")
    chosen = _chosen(words, speakers, most, seed)
    distance = distances([features[i] for i in chosen])
    said, by = np.array([words[i] for i in chosen]), np.array([speakers[i] for i in chosen])
    kinds: tuple[Whom, Whom] = ("across", "within")
    tables = {whom: _table(distance, said, by, whom) for whom in kinds}
    return {whom: _score(table, whom, seed) for whom, table in tables.items() if np.isfinite(table).any()}
