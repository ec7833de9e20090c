"""What was said as a label: a factor of the data directory, or whole texts that repeat."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from disentangle.corpus.utterances import Utterance

FACTORS = ("digit", "word", "sentence")
LEAST = 30  # test utterances whose label repeats


@dataclass(frozen=True)
class Labelled:
    """Utterances whose label can be learned.

    Args:
        factor: digit, word, sentence, or text.
        train: indices of training utterances to learn from; empty: learn from other folds of the test speech.
        train_labels: of these.
        test: indices of the test utterances that are asked about.
        test_labels: of these.
    """

    factor: str
    train: list[int]
    train_labels: list[str]
    test: list[int]
    test_labels: list[str]


def factor_of(utterances: Sequence[Utterance]) -> str | None:
    """The first factor that says what was said and that every utterance has."""
    return next((factor for factor in FACTORS if all(factor in u.labels for u in utterances)), None)


def said(utterance: Utterance) -> str | None:
    """The digit or word that is all of it, else its text."""
    factor = factor_of([utterance])
    return utterance.labels[factor] if factor in ("digit", "word") else utterance.text


def spoken(train: Sequence[Utterance], test: Sequence[Utterance]) -> Labelled | None:
    """What was said, by a factor or by texts that repeat; None where too little repeats."""
    factor = factor_of(test)
    if factor:
        return learnable(factor, [u.labels.get(factor) for u in train], [u.labels[factor] for u in test])
    return learnable("text", [u.text for u in train], [u.text for u in test])


def learnable(factor: str, train: Sequence[str | None], test: Sequence[str | None]) -> Labelled | None:
    """Those utterances of the test whose label occurs at least twice where it can be learned."""
    for seen in (train, test):
        counts = Counter(label for label in seen if label)
        known = {label for label, count in counts.items() if count >= (2 if seen is train else 5)}
        asked = [i for i, label in enumerate(test) if label in known]
        if len(asked) >= min(LEAST, len(test)) and len({test[i] for i in asked}) > 1:
            classes = {test[i] for i in asked}
            learned = [i for i, label in enumerate(train) if label in classes] if seen is train else []
            return Labelled(factor, learned, [str(train[i]) for i in learned], asked, [str(test[i]) for i in asked])
    return None
