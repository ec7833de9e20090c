"""Batches of so many seconds: similar lengths, several of each speaker, within the total, nobody left out."""

from collections import Counter

import numpy as np
import pytest

from disentangle.corpus.buckets import BucketBatches

RNG = np.random.default_rng(0)
SPEAKERS = [f"s{i % 12}" for i in range(300)] + ["rare"] * 2 + ["odd"] * 3
LENGTHS = [float(x) for x in RNG.uniform(0.5, 16.0, len(SPEAKERS))]


def batches(total: float = 120.0, buckets: int = 6, K: int = 2, seed: int = 0) -> BucketBatches:
    return BucketBatches(SPEAKERS, LENGTHS, K, total, buckets, seed)


def test_a_batch_stays_within_its_seconds_padding_included_and_fills_them() -> None:
    source, filled = batches(), []
    for step in range(200):
        chosen = source.indices(step)
        padded = len(chosen) * max(LENGTHS[i] for i in chosen)
        assert padded <= 120.0
        filled.append(padded / 120.0)
    assert np.mean(filled) > 0.6


def test_little_is_padding_and_shorter_utterances_come_in_larger_batches() -> None:
    source, shares, sizes = batches(), [], []
    for step in range(200):
        chosen = [LENGTHS[i] for i in source.indices(step)]
        shares.append(sum(chosen) / (len(chosen) * max(chosen)))
        sizes.append((max(chosen), len(chosen)))
    assert np.mean(shares) > 0.75
    short, long = ([n for length, n in sizes if low < length <= high] for low, high in ((0, 6), (12, 16)))
    assert np.mean(short) > 1.8 * np.mean(long)


def test_a_batch_has_several_speakers_with_k_each_side_by_side() -> None:
    source = batches(K=3)
    for step in range(50):
        speakers = [SPEAKERS[i] for i in source.indices(step)]
        assert speakers == [s for s in speakers[::3] for _ in range(3)]
        assert len(set(speakers)) == len(speakers) // 3 >= 2


def test_every_utterance_comes_and_an_utterance_is_repeated_only_where_a_speaker_has_too_few() -> None:
    source, seen = batches(), Counter[int]()
    for step in range(3000):
        chosen = source.indices(step)
        assert len(set(chosen)) == len(chosen), "every speaker has two in each of its buckets"
        seen.update(chosen)
    assert set(seen) == set(range(len(SPEAKERS)))


def test_the_batch_of_a_step_needs_no_steps_before_it() -> None:
    late = batches().indices(700, 2)
    source = batches()
    for step in range(20):
        source.indices(step)
    assert source.indices(700, 2) == late
    assert len({str(source.indices(step, draw)) for step in range(10) for draw in range(3)}) == 30
    assert batches(seed=1).indices(700, 2) != late


@pytest.mark.parametrize("ranks", [2, 3])
def test_ranks_share_a_batch_without_loss(ranks: int) -> None:
    source = batches(300.0)
    for step in range(20):
        shares = [source.indices(step, 0, rank, ranks) for rank in range(ranks)]
        assert len({len(share) for share in shares}) == 1
        joined = [i for share in shares for i in share]
        assert len(set(joined)) == len(joined) and len(joined) * max(LENGTHS[i] for i in joined) <= 300.0
        assert all(len({SPEAKERS[i] for i in share}) >= 2 for share in shares)


def test_buckets_that_one_speaker_has_alone_are_joined() -> None:
    speakers, lengths = ["a"] * 6 + ["b"] * 6, [1.0] * 6 + [9.0] * 6
    source = BucketBatches(speakers, lengths, 2, 40.0, 2, 0)
    for step in range(20):
        assert {speakers[i] for i in source.indices(step)} == {"a", "b"}


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match=r"batch.total is 20 s, too few for 2 utterances of up to 15\.\d+ s"):
        batches(20.0)
    with pytest.raises(ValueError, match="too few for two speakers in each of 9 processes"):
        batches().indices(0, 0, 0, 9)
    with pytest.raises(ValueError, match="1 speaker in the training data"):
        BucketBatches(["a", "a"], [1.0, 1.0], 2, 10.0, 1, 0)
