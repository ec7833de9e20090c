"""Batches of so many seconds of similar utterances, several of each speaker: functions of seed, step, draw and rank."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from disentangle.corpus.sampling import _by_speaker, _draw, _generator, _share

Groups = dict[int, list[int]]  # utterances by bucket of one speaker, or by speaker of one bucket


class BucketBatches:
    """Batches of K utterances each of as many speakers as fit into so many seconds, all of one bucket of lengths.

    Unlike Lhotse's samplers, which walk through a corpus and keep their place, this one knows the batch of any step,
    so a resumed run needs no place and ranks need not agree on one. An utterance that would be the only one of its
    speaker in its bucket moves to the nearest bucket where there are others, so every utterance is drawn.

    Args:
        speakers: the speaker of each utterance.
        seconds: the length of each, as far as a batch takes it.
        K: utterances of each speaker.
        total: seconds of a batch, padding included, over all ranks.
        buckets: of nearly equal count.
        seed: of all draws.

    Raises:
        ValueError: one speaker alone, a speaker with one utterance, or a total that does not hold two speakers.
    """

    def __init__(
        self, speakers: Sequence[str], seconds: Sequence[float], K: int, total: float, buckets: int, seed: int
    ) -> None:
        self.K, self.total, self.seed = K, total, seed
        lengths = np.asarray(seconds, np.float64)
        place = np.empty(len(lengths), np.int64)
        place[np.argsort(lengths, kind="stable")] = np.arange(len(lengths)) * buckets // len(lengths)
        groups = [_never_alone(utterances, place) for utterances in _by_speaker(speakers)]
        found = _merged([{s: g[b] for s, g in enumerate(groups) if b in g} for b in range(buckets)])
        self.buckets = [[bucket[s] for s in sorted(bucket)] for bucket in found]
        self.longest = [float(lengths[[i for own in bucket for i in own]].max()) for bucket in self.buckets]
        worst = max(self.longest)
        if 2 * K * worst > total:
            short = f"batch.total is {total:g} s, too few for {K} utterances of up to {worst:.2f} s of two speakers"
            raise ValueError(f"{short}. Raise it, or lower batch.seconds.")
        fits = [int(total / (K * longest)) for longest in self.longest]
        self.P = [min(fit, len(bucket)) for fit, bucket in zip(fits, self.buckets, strict=True)]
        counts = np.array([sum(map(len, bucket)) for bucket in self.buckets])
        self.shares = counts / counts.sum()

    def indices(self, step: int, draw: int = 0, rank: int = 0, ranks: int = 1) -> list[int]:
        """This rank's utterances, those of one speaker side by side; each bucket is as likely as its share.

        Raises:
            ValueError: a bucket whose batches do not have two speakers for each rank.
        """
        if min(self.P) < 2 * ranks:
            short = f"batch.total is {self.total:g} s, too few for two speakers in each of {ranks} processes"
            raise ValueError(f"{short}. Raise it, or lower batch.buckets.")
        generator = _generator(self.seed, step, draw)
        number = int(generator.choice(len(self.buckets), p=self.shares))
        bucket, P = self.buckets[number], self.P[number] // ranks * ranks
        chosen = generator.choice(len(bucket), P, replace=False)
        batch = [_draw(bucket[s], self.K, generator) for s in chosen]
        return [index for utterances in _share(batch, rank, ranks) for index in utterances]


def _never_alone(utterances: Sequence[int], place: NDArray[np.int64]) -> Groups:
    """A speaker's utterances by bucket, at least two in each."""
    group: Groups = {}
    for index in utterances:
        group.setdefault(int(place[index]), []).append(index)
    while len(group) > 1 and (alone := next((b for b in sorted(group) if len(group[b]) == 1), None)) is not None:
        lonely = group.pop(alone)
        group[min(group, key=lambda b: (abs(b - alone), -b))] += lonely
    return group


def _merged(buckets: list[Groups]) -> list[Groups]:
    """Buckets of at least two speakers: one with fewer joins the next longer one, the last the one before."""
    found: list[Groups] = []
    waiting: Groups = {}
    for bucket in buckets:
        waiting = _union(waiting, bucket)
        if len(waiting) > 1:
            found.append(waiting)
            waiting = {}
    return [*found[:-1], _union(found[-1], waiting)]


def _union(one: Groups, other: Groups) -> Groups:
    return {speaker: one.get(speaker, []) + other.get(speaker, []) for speaker in one.keys() | other.keys()}
