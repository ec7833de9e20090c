"""Fresh attackers on frozen features: what can be recognised from a code, by classifiers of rising strength."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from disentangle.evaluation.bootstrap import interval
from disentangle.evaluation.classifiers import Kind, answers
from disentangle.evaluation.convergence import Curve, by_class
from disentangle.evaluation.score import Score
from disentangle.evaluation.sequences import Features, check

KINDS: tuple[Kind, ...] = ("linear", "mlp", "sequence")  # those that every scoring runs


@dataclass(frozen=True)
class ProbeResult:
    """What a probe reached.

    Args:
        score: balanced accuracy (mean recall over classes), interval over speakers, chance = 1 / classes; what other
            probes measure, they say.
        majority: share of the test set that always answering the commonest training label gets right; None of numbers.
        curve: one row for each epoch (or each regularisation tried), with the validation loss.
        predicted: the answer to each test utterance.
    """

    score: Score
    majority: float | None
    curve: Curve
    predicted: tuple[str, ...]


def _recalls(truth: NDArray[np.intp], right: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Recall of each class that occurs, in the order of their numbers."""
    index = np.unique(truth, return_inverse=True)[1]
    return np.asarray(np.bincount(index, right) / np.bincount(index))


def balanced_accuracy(
    truth: Sequence[str], predicted: Sequence[str], classes: int, speakers: Sequence[str] | None = None, seed: int = 0
) -> Score:
    """Mean recall over the classes of the test set, its interval over speakers.

    Args:
        truth: label of each utterance.
        predicted: answer to each.
        classes: number of classes that could be answered.
        speakers: who said each utterance; None: the labels are the speakers.
        seed: of the bootstrap.
    """
    names, index = np.unique(np.asarray(truth), return_inverse=True)
    right = np.asarray(truth) == np.asarray(predicted)
    recalls = _recalls(index, right)
    if speakers is None or list(speakers) == list(truth):  # a speaker drawn twice is a class that counts twice
        ci95 = interval(recalls, names.tolist(), seed=seed)
    else:
        rows = np.stack([index, right], 1).astype(np.float64)
        ci95 = interval(rows, speakers, lambda r: float(_recalls(r[:, 0].astype(np.intp), r[:, 1] > 0).mean()), seed)
    return Score(float(recalls.mean()), ci95, len(truth), 1 / classes)


def _checked(kind: Kind, train_labels: Sequence[str], test_labels: Sequence[str]) -> list[str]:
    kinds = get_args(Kind)
    if kind not in kinds:
        raise ValueError(f"probe kind is '{kind}'; choose one of {', '.join(kinds)}")
    classes = sorted(set(train_labels))
    unknown = sorted(set(test_labels) - set(classes))
    if len(classes) < 2 or unknown:
        raise ValueError(f"a probe needs two classes and only known ones in the test: {len(classes)}, new: {unknown}")
    return classes


def classify(
    train: Features,
    train_labels: Sequence[str],
    test: Features,
    test_labels: Sequence[str],
    kind: Kind = "linear",
    seed: int = 0,
    speakers_of_test: Sequence[str] | None = None,
) -> ProbeResult:
    """Train a fresh attacker on frozen features and test it.

    Args:
        train: utterances (frames, dims).
        train_labels: label of each.
        test: other utterances with the same labels.
        test_labels: label of each.
        kind: linear_mean (logistic regression on the mean over time), linear (on mean and deviation), mlp (2 x 256 on
            the same), forest (random forest on the same), sequence (convolutions, recurrence and attentive pooling over
            the frames), ecapa (ECAPA-TDNN over the frames) or shuffled (as sequence, over frames in random order).
        seed: of everything random; global random state is left as it was.
        speakers_of_test: for the interval; None where the labels are the speakers.
    """
    check(train, train_labels, "training features")
    check(test, test_labels, "test features")
    classes = _checked(kind, train_labels, test_labels)
    given = answers(train, train_labels, test, kind, seed)
    predicted = given.likeliest
    score = balanced_accuracy(test_labels, predicted, len(classes), speakers_of_test, seed)
    return ProbeResult(score, _majority(train_labels, test_labels), given.curve, tuple(predicted))


def _majority(train_labels: Sequence[str], test_labels: Sequence[str]) -> float:
    names = sorted(set(train_labels))
    commonest = max(names, key=list(train_labels).count)
    return list(test_labels).count(commonest) / len(test_labels)


def cross_validated(
    features: Features,
    labels: Sequence[str],
    kind: Kind = "linear",
    folds: int = 5,
    seed: int = 0,
    speakers: Sequence[str] | None = None,
    apart: bool = False,
) -> ProbeResult:
    """The same where the test set's speakers are new: each fold, divided alike by label, answered by the others.

    Args:
        features: utterances (frames, dims).
        labels: label of each; a label with one utterance only can never be answered and is refused.
        kind: as in classify.
        folds: number of folds.
        seed: of folds and attackers.
        speakers: for the interval; None where the labels are the speakers.
        apart: whether no speaker may be in two folds, as a label that is the speaker's own trait demands.
    """
    check(features, labels, "features")
    classes = _checked(kind, labels, labels)
    single = [label for label in classes if list(labels).count(label) < 2]
    if single:
        raise ValueError(f"labels with a single utterance cannot be cross-validated: {', '.join(single)}")
    predicted, curve = [""] * len(labels), Curve()
    for fold, test in enumerate(_folds(labels, folds, seed, speakers if apart else None)):
        rest = [i for i in range(len(labels)) if i not in set(test)]
        given = answers(
            [features[i] for i in rest], [labels[i] for i in rest], [features[i] for i in test], kind, seed + fold
        )
        curve += [{"fold": fold, **row} for row in given.curve]
        for i, answer in zip(test, given.likeliest, strict=True):
            predicted[i] = answer
    score = balanced_accuracy(labels, predicted, len(classes), speakers, seed)
    return ProbeResult(score, _majority(labels, labels), curve, tuple(predicted))


def _folds(labels: Sequence[str], folds: int, seed: int, speakers: Sequence[str] | None) -> list[list[int]]:
    """Utterances of each fold, divided alike by label; with speakers, each speaker's are all in one.

    Raises:
        ValueError: speakers of two labels, or a label of a single speaker.
    """
    if speakers is None:
        ranked = by_class(list(labels), seed)
        return [ranked[fold::folds] for fold in range(folds)]
    trait = dict(zip(speakers, labels, strict=True))
    names = sorted(trait)
    if any(trait[s] != label for s, label in zip(speakers, labels, strict=True)):
        raise ValueError("a speaker with two labels; folds apart are for traits of the speaker")
    fewest = min(list(trait.values()).count(label) for label in set(labels))
    if fewest < 2:
        raise ValueError("a label with a single speaker cannot be told from that speaker; two of each are needed")
    order = [names[i] for i in by_class([trait[name] for name in names], seed)]
    place = {name: k % min(folds, fewest) for k, name in enumerate(order)}
    return [[i for i, s in enumerate(speakers) if place[s] == fold] for fold in range(min(folds, fewest))]
