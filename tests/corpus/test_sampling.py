"""Batches hold what they promise, are the same whenever drawn, and are shared by ranks without loss."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from disentangle.corpus.sampling import LengthBatches, SpeakerBatches, SpeakerPairs, by_length

SPEAKERS = [f"s{i % 7}" for i in range(60)] + ["rare"] * 2
LENGTHS = list(np.random.default_rng(0).uniform(0.5, 9.0, len(SPEAKERS)))


def test_a_batch_has_p_speakers_with_k_utterances_side_by_side() -> None:
    batches = SpeakerBatches(SPEAKERS, P=4, K=3, seed=0)
    for step in range(20):
        speakers = [SPEAKERS[i] for i in batches.indices(step)]
        assert speakers == [s for s in speakers[::3] for _ in range(3)]
        assert len(set(speakers)) == 4


def test_utterances_repeat_only_where_a_speaker_has_too_few() -> None:
    batches = SpeakerBatches(SPEAKERS, P=8, K=3, seed=1)
    for step in range(20):
        found: dict[str, list[int]] = {}
        for i in batches.indices(step):
            found.setdefault(SPEAKERS[i], []).append(i)
        assert all(len(set(chosen)) == (2 if speaker == "rare" else 3) for speaker, chosen in found.items())


def test_every_speaker_comes_equally_often_however_few_utterances_it_has() -> None:
    batches = SpeakerBatches(SPEAKERS, P=4, K=2, seed=0)
    counts = Counter(SPEAKERS[i] for step in range(2000) for i in batches.indices(step))
    assert max(counts.values()) / min(counts.values()) < 1.15


SOURCES: dict[str, Callable[..., list[int] | list[tuple[int, int, bool]]]] = {
    "speakers": SpeakerBatches(SPEAKERS, P=4, K=2, seed=3).indices,
    "pairs": SpeakerPairs(SPEAKERS, 8, seed=3).pairs_of,
    "lengths": LengthBatches(LENGTHS, size=8, buckets=4, seed=3).indices,
}


@pytest.mark.parametrize("name", SOURCES)
def test_a_draw_depends_on_step_and_draw_alone(name: str) -> None:
    draw = SOURCES[name]
    late = draw(7, 1)
    for step in range(7):
        draw(step)
    assert draw(7, 1) == late
    drawn = [str(draw(step, number)) for step in range(5) for number in range(2)]
    assert len(set(drawn)) == len(drawn)


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("ranks", [1, 2, 4])
def test_the_shares_of_all_ranks_are_the_joined_batch(name: str, ranks: int) -> None:
    draw = SOURCES[name]
    joined = [item for rank in range(ranks) for item in draw(5, 0, rank, ranks)]
    assert joined == draw(5)


def test_another_seed_draws_otherwise() -> None:
    one, other = (SpeakerBatches(SPEAKERS, 4, 2, seed) for seed in (0, 1))
    assert [one.indices(step) for step in range(5)] != [other.indices(step) for step in range(5)]


def test_pairs_are_half_of_one_speaker_and_say_so() -> None:
    pairs = SpeakerPairs(SPEAKERS, 8, seed=0)
    for step in range(20):
        batch = pairs.pairs_of(step)
        assert sum(same for *_, same in batch) == 4
        for first, second, same in batch:
            assert first != second
            assert (SPEAKERS[first] == SPEAKERS[second]) == same
        half = pairs.pairs_of(step, rank=1, ranks=2)
        assert sum(same for *_, same in half) == 2


def test_length_batches_stay_within_a_bucket_and_reach_all() -> None:
    batches, order = LengthBatches(LENGTHS, size=8, buckets=4, seed=0), np.argsort(LENGTHS)
    place = {int(index): 4 * position // len(order) for position, index in enumerate(order)}
    seen: set[int] = set()
    for step in range(200):
        chosen = batches.indices(step)
        assert len(set(chosen)) == 8
        assert max(place[i] for i in chosen) - min(place[i] for i in chosen) <= 1
        seen |= set(chosen)
    assert seen == set(range(len(LENGTHS)))


def test_by_length_gives_each_once_from_short_to_long() -> None:
    batches = by_length(LENGTHS, 10)
    flat = [i for batch in batches for i in batch]
    assert sorted(flat) == list(range(len(LENGTHS)))
    assert [LENGTHS[i] for i in flat] == sorted(LENGTHS)
    assert max(map(len, batches)) == 10


@pytest.mark.parametrize("make", [lambda s: SpeakerBatches(s, 2, 2, 0), lambda s: SpeakerPairs(s, 2, 0)])
def test_too_few_speakers_or_utterances_are_refused(make: type) -> None:
    with pytest.raises(ValueError, match=r"1 speaker in the training data. At least two"):
        make(["a", "a", "a"])
    with pytest.raises(ValueError, match=r"speaker b has a single utterance.*data subset --least 2"):
        make(["a", "a", "b"])


def test_a_batch_that_cannot_be_filled_or_shared_is_refused() -> None:
    with pytest.raises(ValueError, match="only 2 speakers for batches of 3"):
        SpeakerBatches(["a", "a", "b", "b"], 3, 2, 0)
    with pytest.raises(ValueError, match="only 2 utterances for batches of 3"):
        LengthBatches([1.0, 2.0], 3, 1, 0)
    with pytest.raises(ValueError, match="cannot be shared by 3 processes"):
        SpeakerBatches(SPEAKERS, 4, 2, 0).indices(0, 0, 0, 3)
