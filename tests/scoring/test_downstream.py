"""Recognisers of some speakers asked about others, by few labels, and verification by PLDA: known answers."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from disentangle.corpus.utterances import DataDirectory, Utterance
from disentangle.evaluation.classifiers import SequenceClassifier
from disentangle.evaluation.convergence import Limits
from disentangle.evaluation.groups import Said, few, named
from disentangle.scoring import downstream
from disentangle.scoring.downstream import groups
from disentangle.scoring.material import Material
from disentangle.scoring.run import score, wanted
from disentangle.scoring.workers import Workers

Corpus = Callable[..., DataDirectory]


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SequenceClassifier.__init__, "__defaults__", (0, 24, 12, Limits(patience=40, steps=120)))


def said(speakers: str, seed: int) -> Said:
    """The first dim tells the word of everybody; the others are the speaker's own."""
    rng, features, words, by = np.random.default_rng(seed), [], [], []
    for speaker in speakers:
        for k in range(12):
            x = 0.1 * rng.normal(size=(8, 4))
            x[:, 0] += 2 * (k % 2)
            x[:, 1] += 10 * (ord(speaker) - ord("a")) * (-1) ** k
            features.append(x)
            words.append("ny"[k % 2])
            by.append(speaker)
    return Said(features, words, by)


def test_who_is_learned_from_and_who_is_asked() -> None:
    def spoken(speakers: str, each: int) -> list[Utterance]:
        return [Utterance(f"{s}{k}", s, "w") for s in speakers for k in range(each)]

    learned, seen, unseen = groups(spoken("ab", 5), spoken("cd", 2))
    assert (len(learned[0]), seen[0], unseen[1]) == (8, [4, 9], [0, 1, 2, 3])
    assert not set(learned[0]) & set(seen[0])
    learned, seen, unseen = groups(spoken("abc", 3), spoken("abc", 2))
    assert learned == ([0, 1, 2, 3, 4, 5], []) and seen == ([], [0, 1, 2, 3]) and unseen == ([], [4, 5])


def test_few_labels_are_few_of_each_and_never_less_than_two() -> None:
    whole = said("abcd", 0)
    assert few(whole, 1.0, 0, labels=True) is whole
    assert Counter(few(whole, 0.25, 0, labels=True).words) == {"n": 6, "y": 6}
    assert min(Counter(few(whole, 0.01, 0, labels=True).words).values()) == 2
    assert len(few(whole, 0.25, 0, labels=False).words) == 12


def test_a_code_that_depends_on_the_speaker_is_understood_of_those_it_was_learned_from_alone() -> None:
    """The word is the sign of a dim, and everybody's sign is turned that is not in the group."""
    learned, seen, unseen = said("ab", 0), said("ab", 1), said("ab", 2)
    turned = Said([x * [-1, 1, 1, 1] + [2, 0, 0, 0] for x in unseen.features], unseen.words, unseen.speakers)
    plain = [Said([x[:, :1] for x in s.features], s.words, s.speakers) for s in (learned, seen, unseen, turned)]
    own, others = named(plain[0], plain[1], plain[2], seed=0)
    assert own.value == others.value == 1 and own.chance == 0.5
    own, others = named(plain[0], plain[1], plain[3], seed=0)
    assert own.value == 1 and others.value == 0


@pytest.mark.usefixtures("model")
def test_scores_of_a_corpus(corpus: Corpus, experiment: Path) -> None:
    train, test = corpus("train", 6), corpus("test", 3)
    names = [f"{code}_{m}_100" for code in ("content",) for m in ("seen_accuracy", "unseen_accuracy", "accuracy_gap")]
    found = score(Material(experiment, 3, test, train, None, Workers(1)), [*names, "speaker_eer_plda"])
    assert {name: found.scores[name].value for name in names} == dict(zip(names, (1, 1, 0), strict=True))
    assert [item.names for item in found.left_out] == [("speaker_eer_plda",)]
    assert not wanted([]) & set(downstream.NAMES)


def test_unseen_speakers_are_verified_beside_a_classifier_of_the_training_speakers(
    corpus: Corpus, experiment: Path, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    train, test = corpus("train", 4, ["ada", "bob"]), corpus("test", 3, ["cyd", "dan"])
    vectors = np.random.default_rng(0).normal(size=(4, 6))
    monkeypatch.setattr(type(model), "speaker", lambda _, waves: _noisy(vectors, waves))
    names = ["speaker_eer_plda", "ecapa_speaker_eer", "ecapa_speaker_eer_plda", "ecapa_speaker_eer_asnorm"]
    found = score(Material(experiment, 3, test, train, None, Workers(1)), names)
    assert set(found.scores) == set(names[:3]), "two training speakers are no cohort"
    assert all(0 <= held.value <= 0.6 for held in found.scores.values())
    assert found.scores["speaker_eer_plda"].n == 18 * 17 // 2


def _noisy(vectors: Any, waves: Any) -> Any:
    from tests.scoring.conftest import SPEAKERS, heard_most

    rng = np.random.default_rng(len(waves))
    known = [list(SPEAKERS).index(heard_most(wave, SPEAKERS)) for wave in waves]
    x = vectors[known] + 0.1 * rng.normal(size=(len(waves), 6))
    return np.asarray(x / np.linalg.norm(x, axis=1, keepdims=True), np.float32)
