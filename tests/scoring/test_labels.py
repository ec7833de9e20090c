"""What was said is learned from training speech if that says the same, else from other folds of the test."""

from disentangle.corpus.utterances import Utterance
from disentangle.scoring.labels import factor_of, spoken


def said(name: str, labels: list[str], factor: str | None) -> list[Utterance]:
    return [
        Utterance(f"{name}{i}", "a", "x.wav", text=label, labels={factor: label} if factor else {})
        for i, label in enumerate(labels)
    ]


def test_labels_of_the_training_speech_are_learned_there() -> None:
    found = spoken(said("a", ["1", "2", "3"] * 5, "digit"), said("b", ["1", "2"] * 20, "digit"))
    assert found is not None
    assert found.factor == "digit" and set(found.train_labels) == {"1", "2"}
    assert found.test == list(range(40))


def test_other_sentences_in_the_test_are_learned_in_its_folds() -> None:
    found = spoken(said("a", ["p", "q"] * 9, "sentence"), said("b", ["r", "s"] * 20, "sentence"))
    assert found is not None
    assert found.train == [] and set(found.test_labels) == {"r", "s"}


def test_texts_count_where_they_repeat() -> None:
    found = spoken(said("a", ["YES", "NO"] * 5 + ["GO"], None), said("b", ["YES", "NO"] * 16 + ["GO"], None))
    assert found is not None
    assert found.factor == "text" and found.test == list(range(32))
    assert spoken(said("a", ["A", "B"], None), said("b", ["C", "D"] * 4, None)) is None


def test_a_factor_that_some_utterance_lacks_is_none() -> None:
    assert factor_of(said("a", ["1"], "digit")) == "digit"
    assert factor_of([*said("a", ["1"], "digit"), *said("b", ["1"], None)]) is None
