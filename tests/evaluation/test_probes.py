"""Known answers for the attackers: a code that is the label, one that knows nothing, a leak in the order alone."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from disentangle.evaluation.classifiers import Kind, SequenceClassifier
from disentangle.evaluation.convergence import Limits, held_out
from disentangle.evaluation.probes import KINDS, classify, cross_validated
from disentangle.evaluation.sequences import SequenceNetwork, buckets, pad

Matrix = NDArray[np.float64]
SPEAKERS = 4


def speakers_of(each: int) -> list[str]:
    return [f"speaker{i % SPEAKERS}" for i in range(SPEAKERS * each)]


def noise(count: int, seed: int, dims: int = 6) -> list[Matrix]:
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(int(rng.integers(8, 20)), dims)) for _ in range(count)]


def ordered_leak(speakers: list[str], seed: int) -> list[Matrix]:
    """Each speaker has an order of the same four frames: mean and deviation are equal, only the order differs."""
    orders = [(0, 1, 2, 3), (0, 2, 1, 3), (1, 0, 3, 2), (3, 1, 0, 2)]
    rng = np.random.default_rng(seed)
    cycle = [np.roll(orders[int(name[-1])] * 4, int(rng.integers(16))) for name in speakers]
    return [np.eye(4)[frames] for frames in cycle]


@pytest.mark.parametrize("kind", KINDS)
def test_a_code_that_is_the_speaker_scores_1(kind: Kind) -> None:
    speakers = speakers_of(20)
    code = [np.tile(np.eye(SPEAKERS)[int(s[-1])], (10, 1)) for s in speakers]
    result = classify(code[:60], speakers[:60], code[60:], speakers[60:], kind)
    assert result.score.value == 1
    assert result.score.ci95 == (1, 1)
    assert result.score.chance == result.majority == 0.25
    assert result.score.n == 20
    assert all("validation_loss" in row for row in result.curve)


@pytest.mark.parametrize("kind", KINDS)
def test_a_code_that_knows_nothing_scores_chance_within_its_interval(kind: Kind) -> None:
    speakers = speakers_of(50)
    result = classify(noise(120, 0), speakers[:120], noise(80, 1), speakers[120:], kind)
    assert result.score.ci95 is not None
    assert result.score.ci95[0] <= 0.25 <= result.score.ci95[1]


def test_a_leak_in_the_order_of_frames_is_found_by_the_sequence_attacker_alone() -> None:
    train, test = speakers_of(40), speakers_of(15)
    code, tested = ordered_leak(train, 0), ordered_leak(test, 1)
    assert classify(code, train, tested, test, "linear").score.value < 0.5
    assert classify(code, train, tested, test, "mlp").score.value < 0.5
    assert classify(code, train, tested, test, "sequence").score.value > 0.98


def test_cross_validation_answers_every_utterance_once() -> None:
    speakers = speakers_of(10)
    code = [np.tile(np.eye(SPEAKERS)[int(s[-1])], (5, 1)) for s in speakers]
    result = cross_validated(code, speakers, "linear", folds=5)
    assert result.score.value == 1
    assert list(result.predicted) == speakers
    assert {row["fold"] for row in result.curve} == {0, 1, 2, 3, 4}
    low, high = cross_validated(noise(40, 0), speakers, "linear").score.ci95 or (1.0, 0.0)
    assert low <= 0.25 <= high


def test_balanced_accuracy_and_majority_see_through_a_skewed_test() -> None:
    """Always answering the common class is right in 90 % and still scores 1 / classes."""
    labels = ["a"] * 90 + ["b"] * 10
    constant = [np.zeros((5, 2))] * 100
    result = classify(constant, labels, constant, labels, "linear")
    assert result.score.value == 0.5
    assert result.majority == 0.9


def test_the_same_seed_gives_the_same_numbers_and_global_randomness_is_left_alone() -> None:
    speakers, code = speakers_of(15), noise(60, 0)
    short, before = Limits(steps=20), torch.get_rng_state()
    first = SequenceClassifier(3, limits=short).fit(code, speakers).log_probabilities(code)
    assert torch.equal(torch.get_rng_state(), before)
    torch.rand(1)
    second = SequenceClassifier(3, limits=short).fit(code, speakers).log_probabilities(code)
    other = SequenceClassifier(4, limits=short).fit(code, speakers).log_probabilities(code)
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("stride", [1, 2])
def test_padding_never_changes_the_network(stride: int) -> None:
    torch.manual_seed(0)
    network = SequenceNetwork(6, 5, stride=stride).eval()
    items = [torch.randn(frames, 6) for frames in (1, 2, 9, 30)]
    with torch.no_grad():
        together = network(*pad(items))
        alone = torch.cat([network(x[None], torch.tensor([len(x)])) for x in items])
        x, lengths = pad([*items, torch.randn(50, 6)])
        dirty = x + 9 * (torch.arange(50)[None, :, None] >= lengths[:, None, None])
        assert torch.allclose(together, alone, atol=1e-5)
        assert torch.allclose(network(dirty, lengths)[:4], together, atol=1e-5)


def test_buckets_hold_every_utterance_once_and_held_out_divides_every_class() -> None:
    cut = buckets(list(range(1, 101)), 8, torch.Generator().manual_seed(0))
    assert sorted(i for batch in cut for i in batch) == list(range(100))
    labels = [*speakers_of(20), "once"]
    training, validation = held_out(labels, 0.15, seed=0)
    assert sorted(training + validation) == list(range(81))
    assert [sum(labels[i] == f"speaker{s}" for i in validation) for s in range(4)] == pytest.approx([3, 3, 3, 3], abs=1)
    assert 80 in training


def test_wrong_input_is_named() -> None:
    code = noise(4, 0)
    with pytest.raises(ValueError, match="new: \\['c'\\]"):
        classify(code, ["a", "a", "b", "b"], code[:1], ["c"])
    with pytest.raises(ValueError, match="not finite"):
        classify([*code[:3], code[3] * np.nan], ["a", "a", "b", "b"], code, ["a"] * 4)
    with pytest.raises(ValueError, match="single utterance"):
        cross_validated(code, ["a", "a", "a", "b"])
