"""Fresh attackers on frozen features: what can be recognised from a code, by classifiers of rising strength."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from disentangle.evaluation.bootstrap import interval
from disentangle.evaluation.convergence import DEFAULT, Curve, Limits, by_class, class_weights, converge, held_out
from disentangle.evaluation.score import Score
from disentangle.evaluation.sequences import Features, Frames, SequenceNetwork, buckets, check, crop, ordered, pad

Kind = Literal["linear", "mlp", "sequence"]
KINDS: tuple[Kind, ...] = ("linear", "mlp", "sequence")
CROP = 100  # frames of a training crop
LONG = 150  # frames above which every second one is left out


@dataclass(frozen=True)
class ProbeResult:
    """What a probe reached.

    Args:
        score: balanced accuracy (mean recall over classes), interval over speakers, chance = 1 / classes.
        majority: share of the test set that always answering the commonest training label gets right.
        curve: one row for each epoch (or each regularisation tried), with the validation loss.
        predicted: the answer to each test utterance.
    """

    score: Score
    majority: float
    curve: Curve
    predicted: tuple[str, ...]


def pooled(features: Features) -> NDArray[np.float64]:
    """Mean and deviation over time, (utterances, 2 dims)."""
    return np.stack([np.concatenate([np.mean(x, 0, np.float64), np.std(x, 0, np.float64)]) for x in features])


class SequenceClassifier:
    """Recognises a label from the frames: convolutions, recurrence, attentive pooling, trained to convergence.

    Args:
        seed: of the weights, the validation split, the batches and the crops.
        channels: of the convolutions.
        hidden: units of the recurrence in each direction.
        limits: when training stops.
    """

    def __init__(self, seed: int = 0, channels: int = 96, hidden: int = 64, limits: Limits = DEFAULT) -> None:
        self.seed, self.channels, self.hidden, self.limits = seed, channels, hidden, limits
        self.curve: Curve = []

    def fit(self, features: Features, labels: Sequence[str]) -> "SequenceClassifier":
        """Train on utterances (frames, dims), 15 % of each class held out to know when to stop."""
        check(features, labels, "sequence classifier")
        self.classes = sorted(set(labels))
        median = float(np.median([len(x) for x in features]))
        self.frames = Frames(features, 2 if median > LONG else 1)
        items, y = self.frames(features), _indices(labels, self.classes)
        training, validation = held_out(labels, 0.15, self.seed)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            stride = 2 if median / self.frames.stride > 30 else 1
            self.network = SequenceNetwork(
                items[0].shape[1], len(self.classes), self.channels, self.hidden, stride=stride
            )
            self._train(items, y, training, validation or training)
        return self

    def _train(self, items: list[Tensor], y: Tensor, training: list[int], validation: list[int]) -> None:
        weights = class_weights(y[training].numpy(), len(self.classes))
        generator = torch.Generator().manual_seed(self.seed)
        size = max(8, min(64, len(training) // 12))

        def epoch() -> Iterator[Tensor]:
            cropped = [crop(items[i], CROP, generator) for i in training]
            for batch in buckets([len(x) for x in cropped], size, generator):
                x, lengths = pad([cropped[i] for i in batch])
                target = y[[training[i] for i in batch]]
                yield nn.functional.cross_entropy(self.network(x, lengths), target, weights)

        def validation_loss() -> float:
            logits = self._logits([items[i] for i in validation])
            return float(nn.functional.cross_entropy(logits, y[validation], weights))

        self.curve = converge(self.network, epoch, validation_loss, self.limits)

    def _logits(self, items: list[Tensor]) -> Tensor:
        logits = torch.empty(len(items), len(self.classes))
        for batch in ordered([len(x) for x in items], 64):
            logits[batch] = self.network(*pad([items[i] for i in batch]))
        return logits

    @torch.no_grad()
    def log_probabilities(self, features: Features) -> NDArray[np.float32]:
        """(utterances, classes), the classes in sorted order."""
        result: NDArray[np.float32] = self._logits(self.frames(features)).log_softmax(1).numpy()
        return result

    def predict(self, features: Features) -> list[str]:
        """The likeliest label of each utterance."""
        return [self.classes[i] for i in self.log_probabilities(features).argmax(1)]


def _indices(labels: Sequence[str], classes: Sequence[str]) -> Tensor:
    index = {label: i for i, label in enumerate(classes)}
    return torch.tensor([index[label] for label in labels])


def _mlp(x: Tensor, labels: Sequence[str], test: Tensor, seed: int) -> tuple[list[str], Curve]:
    classes = sorted(set(labels))
    y = _indices(labels, classes)
    training, validation = held_out(labels, 0.15, seed)
    validation = validation or training
    weights = class_weights(y[training].numpy(), len(classes))
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers = [nn.Linear(x.shape[1], 256), nn.ReLU(), nn.Dropout(0.2), nn.Linear(256, 256), nn.ReLU()]
        network = nn.Sequential(*layers, nn.Dropout(0.2), nn.Linear(256, len(classes)))

        def epoch() -> Iterator[Tensor]:
            for batch in torch.split(torch.tensor(training)[torch.randperm(len(training), generator=generator)], 64):
                yield nn.functional.cross_entropy(network(x[batch]), y[batch], weights)

        def validation_loss() -> float:
            return float(nn.functional.cross_entropy(network(x[validation]), y[validation], weights))

        curve = converge(network, epoch, validation_loss, Limits(rate=1e-3, patience=300, steps=6000))
    with torch.no_grad():
        return [classes[int(i)] for i in network(test).argmax(1)], curve


def _linear(
    x: NDArray[np.float64], labels: Sequence[str], test: NDArray[np.float64], seed: int
) -> tuple[list[str], Curve]:
    """Multinomial logistic regression; its regularisation chosen on held-out data, then fitted to everything."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss

    y, curve = np.asarray(labels), Curve()
    training, validation = held_out(labels, 0.15, seed)
    validation = validation or training
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for strength in (0.01, 0.1, 1.0, 10.0):
            model = LogisticRegression(C=strength, max_iter=300, class_weight="balanced").fit(x[training], y[training])
            loss = log_loss(y[validation], model.predict_proba(x[validation]), labels=model.classes_)
            curve.append({"C": strength, "validation_loss": float(loss)})
        best = min(curve, key=lambda row: row["validation_loss"])["C"]
        model = LogisticRegression(C=best, max_iter=1000, class_weight="balanced").fit(x, y)
    return [str(label) for label in model.predict(test)], curve


def _answers(train: Features, labels: Sequence[str], test: Features, kind: Kind, seed: int) -> tuple[list[str], Curve]:
    if kind == "sequence":
        model = SequenceClassifier(seed).fit(train, labels)
        return model.predict(test), model.curve
    x, t = pooled(train), pooled(test)
    within = np.tile(x[:, x.shape[1] // 2 :].mean(0), 2)
    mean, deviation = x.mean(0), x.std(0)
    dust = deviation <= 1e-4 * within  # rounding error, as in the mean of instance-normed features
    deviation[dust | (deviation == 0)] = np.inf
    x, t = (x - mean) / deviation, (t - mean) / deviation
    if kind == "linear":
        return _linear(x, labels, t, seed)
    return _mlp(torch.from_numpy(x).float(), labels, torch.from_numpy(t).float(), seed)


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
    if kind not in KINDS:
        raise ValueError(f"probe kind is '{kind}'; choose one of {', '.join(KINDS)}")
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
        kind: linear (logistic regression on mean and deviation over time), mlp (2 x 256 on the same) or sequence
            (convolutions, recurrence and attentive pooling over the frames).
        seed: of everything random; global random state is left as it was.
        speakers_of_test: for the interval; None where the labels are the speakers.
    """
    check(train, train_labels, "training features")
    check(test, test_labels, "test features")
    classes = _checked(kind, train_labels, test_labels)
    predicted, curve = _answers(train, train_labels, test, kind, seed)
    score = balanced_accuracy(test_labels, predicted, len(classes), speakers_of_test, seed)
    return ProbeResult(score, _majority(train_labels, test_labels), curve, tuple(predicted))


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
) -> ProbeResult:
    """The same where the test set's speakers are new: each fold, divided alike by label, answered by the others.

    Args:
        features: utterances (frames, dims).
        labels: label of each; a label with one utterance only can never be answered and is refused.
        kind: as in classify.
        folds: number of folds.
        seed: of folds and attackers.
        speakers: for the interval; None where the labels are the speakers.
    """
    check(features, labels, "features")
    classes = _checked(kind, labels, labels)
    single = [label for label in classes if list(labels).count(label) < 2]
    if single:
        raise ValueError(f"labels with a single utterance cannot be cross-validated: {', '.join(single)}")
    predicted, curve, ranked = [""] * len(labels), Curve(), by_class(list(labels), seed)
    for fold in range(folds):
        test = ranked[fold::folds]
        rest = [i for i in range(len(labels)) if i not in set(test)]
        answers, rows = _answers(
            [features[i] for i in rest], [labels[i] for i in rest], [features[i] for i in test], kind, seed + fold
        )
        curve += [{"fold": fold, **row} for row in rows]
        for i, answer in zip(test, answers, strict=True):
            predicted[i] = answer
    score = balanced_accuracy(labels, predicted, len(classes), speakers, seed)
    return ProbeResult(score, _majority(labels, labels), curve, tuple(predicted))
