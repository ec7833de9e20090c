"""Which utterances make a batch: pure functions of seed, step, draw and rank, so that any step can be drawn anew."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class SpeakerBatches:
    """Batches of P speakers with K utterances each.

    With several ranks each gets its own speakers of one joined batch, which does not depend on their number.

    Args:
        speakers: the speaker of each utterance.
        P: speakers in a batch.
        K: utterances of each; a speaker who has fewer gives some twice.
        seed: of all draws.

    Raises:
        ValueError: one speaker alone, a speaker with one utterance, or fewer than P speakers.
    """

    def __init__(self, speakers: Sequence[str], P: int, K: int, seed: int) -> None:
        self.of_speaker = _by_speaker(speakers)
        if len(self.of_speaker) < P:
            available = f"only {len(self.of_speaker)} speakers for batches of {P}"
            raise ValueError(f"{available}, in the training data. Lower the speakers in a batch.")
        self.P, self.K, self.seed = P, K, seed

    def indices(self, step: int, draw: int = 0, rank: int = 0, ranks: int = 1) -> list[int]:
        """This rank's utterances, (P / ranks) * K of them, those of one speaker side by side."""
        generator = _generator(self.seed, step, draw)
        chosen = generator.choice(len(self.of_speaker), self.P, replace=False)
        batch = [_draw(self.of_speaker[s], self.K, generator) for s in chosen]
        return [index for utterances in _share(batch, rank, ranks) for index in utterances]


class SpeakerPairs:
    """Batches of pairs of utterances, in turn of one speaker and of two.

    Args:
        speakers: the speaker of each utterance.
        pairs: in a batch; an even number, half of it of one speaker.
        seed: of all draws.

    Raises:
        ValueError: one speaker alone, or a speaker with one utterance.
    """

    def __init__(self, speakers: Sequence[str], pairs: int, seed: int) -> None:
        assert pairs % 2 == 0, "half of the pairs are of one speaker"
        self.of_speaker = _by_speaker(speakers)
        self.pairs, self.seed = pairs, seed

    def pairs_of(self, step: int, draw: int = 0, rank: int = 0, ranks: int = 1) -> list[tuple[int, int, bool]]:
        """This rank's pairs: first, second, and whether one speaker says both."""
        generator = _generator(self.seed, step, draw)
        batch = []
        for _ in range(self.pairs // 2):
            one, other = generator.choice(len(self.of_speaker), 2, replace=False)
            first, second = _draw(self.of_speaker[one], 2, generator)
            third = int(generator.choice(self.of_speaker[other]))
            batch.append([(first, second, True), (first, third, False)])
        return [pair for both in _share(batch, rank, ranks) for pair in both]


class LengthBatches:
    """Batches of utterances of similar length, so that little of a batch is padding.

    Args:
        lengths: of each utterance, in any unit.
        size: utterances in a batch.
        buckets: groups of nearly equal count that the sorted utterances are cut into.
        seed: of all draws.

    Raises:
        ValueError: fewer utterances than a batch needs.
    """

    def __init__(self, lengths: Sequence[float], size: int, buckets: int, seed: int) -> None:
        if len(lengths) < size:
            raise ValueError(f"only {len(lengths)} utterances for batches of {size}. Lower the size of a batch.")
        order = np.argsort(np.asarray(lengths), kind="stable")
        self.buckets = np.array_split(order, max(1, min(buckets, len(order) // size)))
        self.size, self.seed = size, seed

    def indices(self, step: int, draw: int = 0, rank: int = 0, ranks: int = 1) -> list[int]:
        """This rank's size / ranks utterances, all of one bucket; each bucket is as likely as its share."""
        generator = _generator(self.seed, step, draw)
        counts = np.array([len(bucket) for bucket in self.buckets])
        bucket = self.buckets[generator.choice(len(counts), p=counts / counts.sum())]
        return _share(_draw(bucket.tolist(), self.size, generator), rank, ranks)


def by_length(lengths: Sequence[float], size: int) -> list[list[int]]:
    """Every utterance once, in batches of at most ``size`` of similar length, for passes without training.

    Example:
        >>> by_length([3.0, 1.0, 2.0], 2)
        [[1, 2], [0]]
    """
    order = np.argsort(np.asarray(lengths), kind="stable").tolist()
    return [order[i : i + size] for i in range(0, len(order), size)]


def _by_speaker(speakers: Sequence[str]) -> list[list[int]]:
    found: dict[str, list[int]] = {}
    for index, speaker in enumerate(speakers):
        found.setdefault(speaker, []).append(index)
    if len(found) < 2:
        raise ValueError(f"{len(found)} speaker in the training data. At least two are needed to tell them apart.")
    for speaker, utterances in found.items():
        if len(utterances) < 2:
            remedy = "Give it more, or leave it out with `disentangle data subset --least 2`"
            raise ValueError(f"speaker {speaker} has a single utterance in the training data. {remedy}.")
    return [found[speaker] for speaker in sorted(found)]


def _generator(seed: int, step: int, draw: int) -> np.random.Generator:
    return np.random.default_rng([seed, step, draw])


def _draw(pool: Sequence[int], count: int, generator: np.random.Generator) -> list[int]:
    """``count`` of the pool in random order, none again before all have come."""
    drawn: list[int] = []
    while len(drawn) < count:
        drawn += [pool[i] for i in generator.permutation(len(pool))]
    return drawn[:count]


def _share(batch: list[T], rank: int, ranks: int) -> list[T]:
    if len(batch) % ranks:
        raise ValueError(f"a batch of {len(batch)} cannot be shared by {ranks} processes. Make it a multiple of them.")
    size = len(batch) // ranks
    return batch[rank * size : (rank + 1) * size]
