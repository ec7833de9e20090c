"""Which pictures make a batch: pure functions of seed, step, draw and rank, so that any step can be drawn anew.

With several ranks each gets its share of one joined batch, which does not depend on their number.
"""

from collections import Counter

import numpy as np
import torch
from torch import Tensor

from disentangle.image.pictures import Pictures


class Unlabelled:
    """Batches of pictures.

    Args:
        pictures: to draw from.
        size: pictures in a batch.
        seed: of all draws.

    Raises:
        ValueError: no pictures.
    """

    def __init__(self, pictures: Pictures, size: int, seed: int) -> None:
        _some(pictures, "training pictures")
        self.pictures, self.size, self.seed = pictures, size, seed

    def batch(self, step: int, draw: int, rank: int, ranks: int) -> Tensor:
        """This rank's pictures, (size / ranks, channels, height, width)."""
        rng = np.random.default_rng([self.seed, step, draw])
        return self.pictures.x[_drawn(len(self.pictures), self.size, rng, rank, ranks)]


class Labelled:
    """Batches of pictures with their classes.

    Args:
        pictures: to draw from.
        size: pictures in a batch.
        seed: of all draws.

    Raises:
        ValueError: no pictures, or of one class only.
    """

    def __init__(self, pictures: Pictures, size: int, seed: int) -> None:
        _several_classes(pictures, "training pictures")
        self.pictures, self.size, self.seed = pictures, size, seed

    def batch(self, step: int, draw: int, rank: int, ranks: int) -> tuple[Tensor, Tensor]:
        """This rank's pictures (size / ranks, channels, height, width) and their classes (size / ranks,)."""
        rng = np.random.default_rng([self.seed, step, draw])
        chosen = _drawn(len(self.pictures), self.size, rng, rank, ranks)
        return self.pictures.x[chosen], self.pictures.y[chosen]


class SemiSupervised:
    """Batches of few labelled and many unlabelled pictures, for Triple-GAN.

    Args:
        labelled: the few, see `few_labels`; a batch that is larger than they are many shows some again.
        unlabelled: the many; their classes are never looked at.
        size: labelled pictures in a batch.
        many: unlabelled pictures in a batch.
        seed: of all draws.

    Raises:
        ValueError: no labelled or no unlabelled pictures, labels of one class only, or pictures of two shapes.
    """

    def __init__(self, labelled: Pictures, unlabelled: Pictures, size: int, many: int, seed: int) -> None:
        _several_classes(labelled, "labelled pictures")
        _some(unlabelled, "unlabelled pictures")
        _alike(labelled, unlabelled, "labelled", "unlabelled")
        self.labelled, self.unlabelled, self.size, self.many, self.seed = labelled, unlabelled, size, many, seed

    def batch(self, step: int, draw: int, rank: int, ranks: int) -> tuple[Tensor, Tensor, Tensor]:
        """This rank's labelled pictures, their classes, and unlabelled pictures."""
        rng = np.random.default_rng([self.seed, step, draw])
        few = _drawn(len(self.labelled), self.size, rng, rank, ranks)
        many = _drawn(len(self.unlabelled), self.many, rng, rank, ranks)
        return self.labelled.x[few], self.labelled.y[few], self.unlabelled.x[many]


class TwoDomains:
    """Batches of labelled source pictures and as many unlabelled target pictures, for domain-adversarial training.

    Args:
        source: pictures with their classes.
        target: pictures of the other domain; their classes are never looked at.
        size: pictures of each domain in a batch.
        seed: of all draws.

    Raises:
        ValueError: one domain only, source pictures of one class only, or pictures of two shapes.
    """

    def __init__(self, source: Pictures, target: Pictures, size: int, seed: int) -> None:
        if source is target or not len(source) or not len(target):
            counts = f"{len(source)} source pictures" + (
                "" if source is target else f" and {len(target)} of the target"
            )
            raise ValueError(f"one domain only: {counts}. Domain-adversarial training needs pictures of two domains.")
        _several_classes(source, "source pictures")
        _alike(source, target, "source", "target")
        self.source, self.target, self.size, self.seed = source, target, size, seed

    def batch(self, step: int, draw: int, rank: int, ranks: int) -> tuple[Tensor, Tensor, Tensor]:
        """This rank's source pictures, their classes, and target pictures."""
        rng = np.random.default_rng([self.seed, step, draw])
        here = _drawn(len(self.source), self.size, rng, rank, ranks)
        there = _drawn(len(self.target), self.size, rng, rank, ranks)
        return self.source.x[here], self.source.y[here], self.target.x[there]


def few_labels(pictures: Pictures, labels: int, seed: int) -> Tensor:
    """Places of as many pictures of each class, drawn at random: the ones whose labels may be seen.

    Args:
        pictures: to draw from.
        labels: in all, a multiple of the number of classes.
        seed: of the draw; nothing else goes into it.

    Returns:
        (labels,) rising.

    Raises:
        ValueError: zero labels, not as many for each class, or a class with too few pictures.
    """
    classes = np.unique(pictures.y.numpy()).tolist()
    if labels <= 0:
        raise ValueError(f"{labels} labels: semi-supervised training needs some of each class. Ask for more.")
    each, rest = divmod(labels, len(classes))
    if rest:
        raise ValueError(f"{labels} labels cannot be shared by {len(classes)} classes. Ask for a multiple of them.")
    rng, chosen = np.random.default_rng(seed), []
    for label in classes:
        places = (pictures.y == label).nonzero().flatten().numpy()
        if len(places) < each:
            name = pictures.classes[label]
            raise ValueError(f"class {name} has {len(places)} pictures, fewer than {each} labels. Ask for fewer.")
        chosen.append(rng.choice(places, each, replace=False))
    return torch.from_numpy(np.sort(np.concatenate(chosen)))


def _some(pictures: Pictures, what: str) -> None:
    if not len(pictures):
        raise ValueError(f"there are no {what}. Give at least one.")


def _several_classes(pictures: Pictures, what: str) -> None:
    _some(pictures, what)
    counts = Counter(pictures.y.tolist())
    if len(counts) < 2:
        name = pictures.classes[next(iter(counts))] or "without a name"
        raise ValueError(f"all {len(pictures)} {what} are of one class ({name}). At least two classes are needed.")


def _alike(one: Pictures, other: Pictures, name: str, other_name: str) -> None:
    shapes = ["x".join(map(str, pictures.x.shape[1:])) for pictures in (one, other)]
    if shapes[0] != shapes[1]:
        said = f"{name} pictures are {shapes[0]} and {other_name} pictures {shapes[1]} (channels, height, width)"
        raise ValueError(f"{said}. Give both the same size and number of channels.")


def _drawn(count: int, size: int, rng: np.random.Generator, rank: int, ranks: int) -> Tensor:
    """This rank's share of ``size`` places out of ``count`` in random order, none again before all have come."""
    if size % ranks:
        raise ValueError(f"a batch of {size} cannot be shared by {ranks} processes. Make it a multiple of them.")
    rounds, rest = divmod(size, count)
    parts = [*(rng.permutation(count) for _ in range(rounds)), rng.choice(count, rest, replace=False)]
    share = size // ranks
    return torch.from_numpy(np.concatenate(parts)[rank * share : (rank + 1) * share])
