"""Does a recogniser that learned from some speakers understand others? Learning from few labels, seen and unseen."""

from collections.abc import Sequence
from dataclasses import dataclass

from disentangle.evaluation.classifiers import SequenceClassifier
from disentangle.evaluation.convergence import by_class
from disentangle.evaluation.probes import balanced_accuracy
from disentangle.evaluation.recognition import Recogniser, error_rates
from disentangle.evaluation.score import Score
from disentangle.evaluation.sequences import Features


@dataclass(frozen=True)
class Said:
    """Utterances with what is said in them.

    Args:
        features: (frames, dims) of each.
        words: label or text of each.
        speakers: who says it.
    """

    features: Features
    words: Sequence[str]
    speakers: Sequence[str]

    def take(self, places: Sequence[int]) -> "Said":
        """Some of them."""
        features, words = [self.features[i] for i in places], [self.words[i] for i in places]
        return Said(features, words, [self.speakers[i] for i in places])


def few(said: Said, share: float, seed: int, labels: bool) -> Said:
    """A share of the utterances; of labels equally many of each, and two at least."""
    if share >= 1:
        return said
    ranked = by_class(list(said.words) if labels else [""] * len(said.words), seed)
    chosen = ranked[:: round(1 / share)]
    for word in sorted(set(said.words)) if labels else []:
        if sum(said.words[i] == word for i in chosen) < 2:
            chosen = [*(i for i in chosen if said.words[i] != word), *[i for i in ranked if said.words[i] == word][:2]]
    return said.take(sorted(chosen))


def named(learned: Said, seen: Said, unseen: Said, seed: int) -> tuple[Score, Score]:
    """Balanced accuracy of a sequence recogniser of labels on speakers whom it learned from, and on others."""
    model = SequenceClassifier(seed).fit(learned.features, learned.words)
    scores = [
        balanced_accuracy(x.words, model.predict(x.features), len(model.classes), x.speakers, seed)
        for x in (seen, unseen)
    ]
    return scores[0], scores[1]


def read(learned: Said, seen: Said, unseen: Said, seed: int, steps: int) -> tuple[Score, Score]:
    """Letter error rate of a recogniser of at most so many steps, on speakers whom it learned from and on others."""
    model = Recogniser(seed, steps).fit(learned.features, learned.words)
    scores = [error_rates(x.words, model.transcribe(x.features), x.speakers, seed)[0] for x in (seen, unseen)]
    return scores[0], scores[1]
