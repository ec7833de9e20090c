"""What leaks where: speakers recognised from content, words from the speaker vector, log-mel as the ceiling."""

from collections.abc import Collection, Iterator, Sequence
from functools import partial

from disentangle.evaluation.classifiers import Kind
from disentangle.evaluation.pair_verifier import pair_eer
from disentangle.evaluation.probes import KINDS, classify, cross_validated
from disentangle.evaluation.sequences import Features
from disentangle.scoring.labels import Labelled, spoken
from disentangle.scoring.material import Material
from disentangle.scoring.tasks import LeftOut, Outcome, Task

FOLDS = 5  # in which speakers are attacked
LABEL_FOLDS = 3  # in which words are, that are many and repeat often
CODES = ("content", "mel")
COSTS: dict[Kind, float] = {"linear": 5, "mlp": 15, "sequence": 100}
CLOSED_SET = tuple(f"{code}_speaker_accuracy_{kind}" for code in CODES for kind in KINDS)
UNSEEN = tuple(f"{code}_speaker_eer" for code in CODES)
REVERSE = ("speaker_content_accuracy", "mel_content_accuracy")
NAMES = (*CLOSED_SET, *UNSEEN, *REVERSE)


def tasks(material: Material, names: Collection[str]) -> Iterator[Task | LeftOut]:
    """Leakage in both directions: those scores that are asked for."""
    yield from _closed_set(material, names)
    yield from _unseen(material, names)
    yield from _reverse(material, names)


def features_of(material: Material, code: str) -> tuple[Features, Features]:
    """Training and test utterances (frames, dims) of a code."""
    if code == "mel":
        return material.train_mels, material.test_mels
    return material.train.content, material.test.content


def _closed_set(material: Material, names: Collection[str]) -> Iterator[Task | LeftOut]:
    """Each test speaker recognised among all of them.

    Attackers learn from training speech if the model was trained on these speakers, else from the other folds of the
    test speech.
    """
    speakers = material.test.speakers
    if len(set(speakers)) < 2 or min(map(speakers.count, speakers)) < 2:
        yield LeftOut(CLOSED_SET, "attackers need two test speakers with two utterances each")
        return
    asked = [(code, kind) for code in CODES for kind in KINDS if f"{code}_speaker_accuracy_{kind}" in names]
    for code, kind in asked:
        name = f"{code}_speaker_accuracy_{kind}"
        train, test = features_of(material, code)
        if material.test_speakers_are_known:
            call = partial(attack, name, train, material.train.speakers, test, speakers, kind, material.seed)
        else:
            call = partial(attack_in_folds, name, test, speakers, kind, material.seed)
        yield Task((name,), call, COSTS[kind])


def _unseen(material: Material, names: Collection[str]) -> Iterator[Task | LeftOut]:
    """Unseen test speakers told apart by a verifier that learned on the other training speakers."""
    unseen, speakers = set(material.test.speakers), material.train.speakers
    others = [i for i, name in enumerate(speakers) if name not in unseen]
    if len({speakers[i] for i in others}) < 2 or material.test_speakers_are_known or len(unseen) < 2:
        yield LeftOut(UNSEEN, "the verifier needs two test speakers, unseen, and two other training speakers")
        return
    for code in CODES:
        if f"{code}_speaker_eer" not in names:
            continue
        train, test = features_of(material, code)
        learned = [train[i] for i in others], [speakers[i] for i in others]
        call = partial(_verified, f"{code}_speaker_eer", *learned, test, material.test.speakers, material.seed)
        yield Task((f"{code}_speaker_eer",), call, 120)


def _reverse(material: Material, names: Collection[str]) -> Iterator[Task | LeftOut]:
    """What was said, by a linear probe of the speaker vector."""
    labelled = spoken(material.train_data.utterances, material.test_data.utterances)
    if labelled is None:
        yield LeftOut(REVERSE, "the test speech repeats too few words")
        return
    if REVERSE[0] in names:
        vectors = [v[None] for v in material.train.vectors], [v[None] for v in material.test.vectors]
        yield Task(REVERSE[:1], named(REVERSE[0], labelled, *vectors, material, "linear"), 5)
    if REVERSE[1] in names:
        yield Task(REVERSE[1:], named(REVERSE[1], labelled, *features_of(material, "mel"), material, "linear"), 5)


def named(
    name: str, labelled: Labelled, train: Features, test: Features, material: Material, kind: Kind
) -> partial[Outcome]:
    """The probe that recognises a label from features of training and test speech."""
    tested = [test[i] for i in labelled.test]
    speakers = [material.test_data.utterances[i].speaker for i in labelled.test]
    if not labelled.train:
        truth = labelled.test_labels
        return partial(attack_in_folds, name, tested, truth, kind, material.seed, speakers, LABEL_FOLDS)
    learned = [train[i] for i in labelled.train]
    return partial(
        attack, name, learned, labelled.train_labels, tested, labelled.test_labels, kind, material.seed, speakers
    )


def attack(
    name: str,
    train: Features,
    labels: Sequence[str],
    test: Features,
    truth: Sequence[str],
    kind: Kind,
    seed: int,
    speakers: Sequence[str] | None = None,
) -> Outcome:
    """A fresh attacker that learns from training speech."""
    known = set(truth)  # the answer is one of those that occur
    kept = [i for i, label in enumerate(labels) if label in known]
    result = classify([train[i] for i in kept], [labels[i] for i in kept], test, truth, kind, seed, speakers)
    return Outcome({name: result.score}, {name: result})


def attack_in_folds(
    name: str,
    test: Features,
    truth: Sequence[str],
    kind: Kind,
    seed: int,
    speakers: Sequence[str] | None = None,
    folds: int = FOLDS,
) -> Outcome:
    """A fresh attacker for each fold of the test speech, that learns from the other folds."""
    result = cross_validated(test, truth, kind, folds, seed, speakers)
    return Outcome({name: result.score}, {name: result})


def _verified(
    name: str, train: Features, speakers: Sequence[str], test: Features, truth: Sequence[str], seed: int
) -> Outcome:
    result = pair_eer(train, speakers, test, truth, seed)
    return Outcome({name: result.score}, {name: result})
