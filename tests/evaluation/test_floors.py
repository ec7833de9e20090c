"""Floors, timing, neighbours: what is left of a speaker in no voice at all, and content that depends on who speaks."""

import numpy as np
import pytest

from disentangle import evaluation
from disentangle.evaluation import classifiers
from disentangle.evaluation.floors import floors
from disentangle.evaluation.known import Known
from disentangle.evaluation.neighbour_vote import neighbour_vote
from disentangle.evaluation.probes import classify
from disentangle.evaluation.timing import common_length, retimed


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classifiers, "TREES", 20)


def utterances(seed: int, each: int = 30) -> Known:
    """Of two speakers, one is slow; of the other two, one says yes and the other no, at the same pace."""
    rng = np.random.default_rng(seed)
    speakers = [s for s in "abcd" for _ in range(each)]
    frames = {"a": 10, "b": 30, "c": 60, "d": 60}
    lengths = [frames[s] + int(rng.integers(4)) for s in speakers]
    words = [{"c": "yes", "d": "no"}.get(s) or ("yes", "no")[i % 2] for i, s in enumerate(speakers)]
    return Known([rng.normal(size=(n, 3)) for n in lengths], {"speaker": speakers, "word": words})


@pytest.mark.parametrize("kind", ["mlp", "forest"])
def test_the_length_tells_those_apart_who_differ_in_it_and_the_label_the_others(kind: str) -> None:
    found = {
        name: classify(train.features, train.speakers, test.features, test.speakers, kind).score.value  # type: ignore[arg-type]
        for name, train, test in floors(utterances(0), utterances(1))
        if train
    }
    assert found["length"] == pytest.approx(0.75, abs=0.1)
    assert found["said"] == 1


def test_floors_belong_to_an_audit_and_to_no_vector() -> None:
    known = utterances(0, 6)
    names = [f"u{i:03d}" for i in range(len(known.features))]
    labels = {factor: dict(zip(names, map(str, values), strict=True)) for factor, values in known.labels.items()}
    asked = ["length_speaker_accuracy_forest", "said_speaker_accuracy_forest"]
    found = evaluation.audit(dict(zip(names, known.features, strict=True)), labels, names=asked).found
    assert list(found) == asked
    assert found["said_speaker_accuracy_forest"].score.value > 0.9
    assert all("leaf" in row for row in found[asked[0]].curve)
    vectors = {name: np.zeros(2) for name in names}
    assert not evaluation.audit(vectors, labels, names=asked).found


def test_a_label_that_training_lacks_has_no_floor() -> None:
    train, test = utterances(0, 3), utterances(1, 3)
    unlabelled = Known(train.features, {"speaker": train.labels["speaker"]})
    assert [name for name, _, _ in floors(unlabelled, test)] == ["length"]
    assert [name for name, _, _ in floors(None, test)] == ["length", "said"]


def test_timing_is_gone_from_what_was_retimed() -> None:
    train, test = utterances(0), utterances(1)
    frames = common_length(train.features)
    assert frames == pytest.approx(10, abs=2)
    ramps = [np.linspace(0, 1, n)[:, None] for n in (40, 80)]
    slow, fast = retimed(ramps, 8)
    assert slow == pytest.approx(fast, abs=0.02)
    found = [retimed(known.features, frames) for known in (train, test)]
    assert {len(x) for features in found for x in features} == {frames}
    assert classify(found[0], train.speakers, found[1], test.speakers, "forest").score.value < 0.4


def test_neighbours_agree_on_a_shared_code_and_not_on_one_scrambled_for_each_speaker() -> None:
    rng, own = np.random.default_rng(0), {}
    speakers = [s for s in "abc" for _ in range(8)]
    words = [str(i % 4) for i in range(24)]
    for s in "abc":
        own[s] = np.eye(4)[np.roll(np.arange(4), "abc".index(s) + 1)]
    shared = [np.eye(4)[int(w)] + 0.01 * rng.normal(size=(5, 4)) for w in words]
    scrambled = [x @ own[s] for x, s in zip(shared, speakers, strict=True)]
    assert neighbour_vote(shared, words, speakers, shared, words, speakers).score.value == 1
    assert neighbour_vote(scrambled, words, speakers, scrambled, words, speakers).score.value == 0
    with pytest.raises(ValueError, match="nobody but a"):
        neighbour_vote(shared[:8], words[:8], speakers[:8], shared[:8], words[:8], speakers[:8])
