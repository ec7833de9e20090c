"""What is watched while content is trained: small fresh attackers on its present codes, beside the critics in play."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import torch
from torch import Tensor, nn

from disentangle.evaluation.classifiers import SequenceClassifier
from disentangle.evaluation.convergence import Limits, by_class
from disentangle.evaluation.probes import balanced_accuracy, classify
from disentangle.evaluation.sequences import Features
from disentangle.speech.batches import Spoken

LIMITS = Limits(rate=4e-3, patience=120, decays=0, steps=300)  # of the sequence attacker: weak, but cheap
ASKED = 3  # every third utterance of a speaker is asked about, the others are learned from


class Watcher:
    """Accuracies of critics and of fresh attackers, by the step; it changes nothing of what it watches.

    Args:
        content: log-mel, lengths -> code, its price.
        critics: pair critics in play, code, lengths, first, second -> logits; their mean answer counts.
        classifier: speaker classifier in play, code, lengths -> logits, or None.
        known: its classes.
        recordings: whose codes are attacked; each speaker has several.
        most: recordings that are looked at, as many of each speaker.
        seed: of the attackers.

    Raises:
        ValueError: fewer than two speakers of three recordings each.
    """

    def __init__(
        self,
        content: nn.Module,
        critics: nn.ModuleList,
        classifier: nn.Module | None,
        known: Sequence[str],
        recordings: Sequence[Spoken],
        most: int,
        seed: int,
    ) -> None:
        self.content, self.critics, self.classifier, self.seed = content, critics, classifier, seed
        self.known = {name: place for place, name in enumerate(known)}
        self.recordings = _spread(recordings, most)
        self.speakers = [r.speaker for r in self.recordings]
        if len(set(self.speakers)) < 2:
            raise ValueError("watching needs two speakers of three utterances each, watch. Set watch.every=0.")
        ranked = by_class(self.speakers, seed)
        self.asked = sorted(ranked[::ASKED])
        self.learned = sorted(set(ranked) - set(self.asked))

    def __call__(self, _: int) -> dict[str, float]:
        """Balanced accuracies.

        Returns:
            ``critic_pair`` and ``critic_speaker`` of the critics that there are; of fresh attackers on the speaker
            ``probe_linear``, ``probe_sequence`` and their ``chance``; ``probe_label`` where labels are known.
        """
        with torch.no_grad(), torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            codes = [self._code(r.mel) for r in self.recordings]
            found = self._in_play([codes[i] for i in self.asked], [self.speakers[i] for i in self.asked])
        features = [code.float().numpy() for code in codes]
        return {**found, **self._fresh(features), "chance": 1 / len(set(self.speakers))}

    def _code(self, mel: Tensor) -> Tensor:
        """(frames, mels) -> (frames, dims), as a trained model would release it."""
        code: Tensor = self.content.eval()(mel[None], torch.tensor([len(mel)]))[0][0]
        return code

    def _in_play(self, codes: Sequence[Tensor], speakers: Sequence[str]) -> dict[str, float]:
        """Of the critics."""
        found: dict[str, float] = {}
        code, lengths = nn.utils.rnn.pad_sequence(list(codes), batch_first=True), torch.tensor([len(c) for c in codes])
        same, other = _pairs(speakers)
        if len(self.critics) and same:
            first, second = torch.tensor([*same, *other]).T
            logits = [critic.eval()(code, lengths, first, second) for critic in self.critics]
            taken = torch.stack(logits).mean(0) > 0
            hits = taken[: len(same)].float().mean(), (~taken[len(same) :]).float().mean()
            found["critic_pair"] = float(sum(hits) / 2)
        if self.classifier is not None and set(speakers) <= self.known.keys():
            answers = self.classifier.eval()(code, lengths).argmax(1).tolist()
            named = {place: name for name, place in self.known.items()}
            found["critic_speaker"] = _balanced(speakers, [named[answer] for answer in answers])
        return found

    def _fresh(self, features: Features) -> dict[str, float]:
        """Attackers that start anew and learn from two thirds of the utterances."""
        train, test = [features[i] for i in self.learned], [features[i] for i in self.asked]
        taught, truth = [self.speakers[i] for i in self.learned], [self.speakers[i] for i in self.asked]
        linear = classify(train, taught, test, truth, "linear", self.seed).score.value
        network = SequenceClassifier(self.seed, 32, 16, LIMITS).fit(train, taught)
        sequence = _balanced(truth, network.predict(test))
        return {"probe_linear": linear, "probe_sequence": sequence, **self._label(features)}

    def _label(self, features: Features) -> dict[str, float]:
        labels = [r.label for r in self.recordings]
        learned = [i for i in self.learned if labels[i]]
        known = {labels[i] for i in learned}
        asked = [i for i in self.asked if labels[i] in known]
        if len(known) < 2 or not asked:
            return {}
        train, test = ([features[i] for i in places] for places in (learned, asked))
        taught, truth = ([labels[i] for i in places] for places in (learned, asked))
        return {"probe_label": classify(train, taught, test, truth, "linear", self.seed).score.value}


def _spread(recordings: Sequence[Spoken], most: int) -> list[Spoken]:
    """As many of each speaker, evenly from all over, of those who have three."""
    spoken: dict[str, list[Spoken]] = {}
    for recording in recordings:
        spoken.setdefault(recording.speaker, []).append(recording)
    several = [own for _, own in sorted(spoken.items()) if len(own) >= ASKED]
    each = max(ASKED, most // max(1, len(several)))
    return [own[int(i)] for own in several for i in np.unique(np.linspace(0, len(own) - 1, each).round())]


def _pairs(speakers: Sequence[str]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """All pairs of one speaker, and about as many of two."""
    both = list(combinations(range(len(speakers)), 2))
    same = [(a, b) for a, b in both if speakers[a] == speakers[b]]
    other = [(a, b) for a, b in both if speakers[a] != speakers[b]]
    return same, other[:: max(1, len(other) // max(1, len(same)))]


def _balanced(truth: Sequence[str], answers: Sequence[str]) -> float:
    return balanced_accuracy(truth, answers, len(set(truth))).value
