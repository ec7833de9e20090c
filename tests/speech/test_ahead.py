"""Reading ahead changes when batches are made, never which."""

import threading

import pytest

from disentangle.speech.ahead import Ahead
from disentangle.speech.batches import SpeechSource

Key = tuple[int, int, int, int]


class Counted:
    """Batches are their own keys; remembers who made which."""

    def __init__(self) -> None:
        self.made: dict[Key, str] = {}

    def batch(self, step: int, draw: int, rank: int, ranks: int) -> Key:
        if step == 7:
            raise ValueError("a file that is gone")
        self.made[step, draw, rank, ranks] = threading.current_thread().name
        return step, draw, rank, ranks


@pytest.mark.parametrize("draws", [1, 3])
@pytest.mark.parametrize("rank", [0, 1])
def test_batches_are_those_that_were_asked_for(draws: int, rank: int) -> None:
    source = Ahead(Counted(), 2)
    for step in (0, 1, 2, 5, 4, 6):
        for draw in range(draws if step != 2 else 1):
            assert source.batch(step, draw, rank, 2) == (step, draw, rank, 2)


def test_the_next_batches_are_begun_by_other_threads_and_what_is_past_is_forgotten() -> None:
    counted = Counted()
    source = Ahead(counted, 2)
    for step in range(4):
        for draw in range(2):
            source.batch(step, draw, 0, 1)
    source.pool.shutdown(wait=True)
    assert {(4, 0, 0, 1), (4, 1, 0, 1), (5, 0, 0, 1)} <= set(counted.made)
    assert all(name.startswith("reader") for name in counted.made.values())
    assert len(source.begun) <= 3


def test_an_error_comes_when_its_batch_is_due() -> None:
    source = Ahead(Counted(), 2)
    for step in range(7):
        source.batch(step, 0, 0, 1)
    with pytest.raises(ValueError, match="a file that is gone"):
        source.batch(7, 0, 0, 1)


def test_speech_is_the_same_bit_for_bit(source: SpeechSource) -> None:
    ahead = Ahead(source, 3)
    for step in range(10):
        for draw in range(2):
            one, other = source.batch(step, draw, 0, 1), ahead.batch(step, draw, 0, 1)
            assert all(value.equal(getattr(other, name)) for name, value in vars(one).items())
