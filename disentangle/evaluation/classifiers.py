"""Classifiers that attack frozen features, of rising strength, each trained to convergence from a fresh start."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from disentangle.evaluation.convergence import DEFAULT, Curve, Limits, class_weights, converge, held_out
from disentangle.evaluation.sequences import Features, Frames, SequenceNetwork, buckets, check, crop, ordered, pad
from disentangle.evaluation.time_delay import TimeDelayNetwork

Kind = Literal["linear_mean", "linear", "mlp", "forest", "sequence", "ecapa", "shuffled"]
ATTACKERS: tuple[Kind, ...] = ("linear_mean", "linear", "mlp", "sequence", "ecapa", "shuffled")  # of frames
OF_VECTORS: tuple[Kind, ...] = ("linear", "mlp", "forest")
Build = Callable[[int, int], nn.Module]
CROP = 100  # frames of a training crop
LONG = 150  # frames above which every second one is left out
TREES = 100  # of a forest


@dataclass(frozen=True)
class Answers:
    """What an attacker says of test utterances.

    Args:
        classes: in sorted order.
        log_probabilities: (utterances, classes), natural logs.
        curve: one row for each epoch, or each regularisation tried.
    """

    classes: tuple[str, ...]
    log_probabilities: NDArray[np.floating]
    curve: Curve

    @property
    def likeliest(self) -> list[str]:
        """The likeliest class of each utterance."""
        return [self.classes[int(i)] for i in self.log_probabilities.argmax(1)]


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
        build: from dims and classes to another network, (batch, frames, dims) and lengths -> logits.
    """

    def __init__(
        self,
        seed: int = 0,
        channels: int = 96,
        hidden: int = 64,
        limits: Limits = DEFAULT,
        *,
        build: Build | None = None,
    ) -> None:
        self.seed, self.channels, self.hidden, self.limits, self.build = seed, channels, hidden, limits, build
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
            self.network = self._network(items[0].shape[1], 2 if median / self.frames.stride > 30 else 1)
            self._train(items, y, training, validation or training)
        return self

    def _network(self, dims: int, stride: int) -> nn.Module:
        if self.build:
            return self.build(dims, len(self.classes))
        return SequenceNetwork(dims, len(self.classes), self.channels, self.hidden, stride=stride)

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


@torch.no_grad()
def utterance_vectors(model: SequenceClassifier, features: Features) -> NDArray[np.float32]:
    """What a classifier built of `TimeDelayNetwork` decides by, (utterances, dims) of unit length."""
    assert isinstance(model.network, TimeDelayNetwork)
    items = model.frames(features)
    vectors = torch.empty(len(items), model.network.out.in_features)
    for batch in ordered([len(x) for x in items], 64):
        vectors[batch] = model.network.vectors(*pad([items[i] for i in batch]))
    return np.asarray(nn.functional.normalize(vectors).numpy(), np.float32)


def _indices(labels: Sequence[str], classes: Sequence[str]) -> Tensor:
    index = {label: i for i, label in enumerate(classes)}
    return torch.tensor([index[label] for label in labels])


def _mlp(x: Tensor, labels: Sequence[str], test: Tensor, seed: int) -> Answers:
    """Two layers of 256, stopped on held-out data."""
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
        return Answers(tuple(classes), network(test).log_softmax(1).numpy(), curve)


def _linear(x: NDArray[np.float64], labels: Sequence[str], test: NDArray[np.float64], seed: int) -> Answers:
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
    return Answers(tuple(map(str, model.classes_)), np.log(model.predict_proba(test).clip(1e-30)), curve)


def _forest(x: NDArray[np.float64], labels: Sequence[str], test: NDArray[np.float64], seed: int) -> Answers:
    """Random forest (Breiman 2001), the size of its smallest leaf chosen by the items that a tree has not seen."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.metrics import log_loss

    y, curve, forests = np.asarray(labels), Curve(), []
    for leaf in (1, 4, 16):
        model = RandomForestClassifier(
            TREES, min_samples_leaf=leaf, class_weight="balanced", oob_score=True, random_state=seed
        ).fit(x, y)
        unseen = model.oob_decision_function_
        loss = log_loss(y, np.where(np.isfinite(unseen), unseen, 1 / unseen.shape[1]), labels=model.classes_)
        curve.append({"leaf": leaf, "validation_loss": float(loss)})
        forests.append(model)
    best = forests[int(np.argmin([row["validation_loss"] for row in curve]))]
    return Answers(tuple(map(str, best.classes_)), np.log(best.predict_proba(test).clip(1e-30)), curve)


def shuffled(features: Features, seed: int) -> list[NDArray[np.floating]]:
    """The frames of each utterance in random order: what an attacker still finds is static, not in the order."""
    rng = np.random.default_rng(seed)
    return [x[rng.permutation(len(x))] for x in map(np.asarray, features)]


def _of_frames(train: Features, labels: Sequence[str], test: Features, kind: Kind, seed: int) -> Answers:
    if kind == "shuffled":
        train, test = shuffled(train, seed), shuffled(test, seed + 1)
    model = SequenceClassifier(seed, build=TimeDelayNetwork if kind == "ecapa" else None).fit(train, labels)
    return Answers(tuple(model.classes), model.log_probabilities(test), model.curve)


def answers(train: Features, labels: Sequence[str], test: Features, kind: Kind, seed: int) -> Answers:
    """Train a fresh attacker on utterances (frames, dims) and let it answer others."""
    if kind in ("sequence", "ecapa", "shuffled"):
        return _of_frames(train, labels, test, kind, seed)
    x, t = pooled(train), pooled(test)
    dims = x.shape[1] // 2
    within = np.tile(x[:, dims:].mean(0), 2)
    mean, deviation = x.mean(0), x.std(0)
    dust = deviation <= 1e-4 * within  # rounding error, as in the mean of instance-normed features
    deviation[dust | (deviation == 0)] = np.inf
    x, t = (x - mean) / deviation, (t - mean) / deviation
    if kind == "mlp":
        return _mlp(torch.from_numpy(x).float(), labels, torch.from_numpy(t).float(), seed)
    if kind == "forest":
        return _forest(x, labels, t, seed)
    kept = slice(dims if kind == "linear_mean" else None)
    return _linear(x[:, kept], labels, t[:, kept], seed)
