"""Accuracy of the nearest neighbours: what frozen features know of classes without a classifier being trained."""

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from disentangle.evaluation.arrays import two_classes, vectors, whole
from disentangle.evaluation.bootstrap import items_interval
from disentangle.evaluation.score import Score

CHUNK = 500  # tests whose distances to all training vectors are held at once


def knn_accuracy(
    train: ArrayLike, train_labels: ArrayLike, test: ArrayLike, labels: ArrayLike, k: int = 1, seed: int = 0
) -> Score:
    """Share of test vectors whose nearest training vectors, by Euclidean distance, have their class.

    Args:
        train: (samples, dims).
        train_labels: (samples,) classes, whole numbers.
        test: (tests, dims).
        labels: (tests,) classes.
        k: number of neighbours; of classes that are equally frequent among them the one with the nearest wins.
        seed: of the interval.

    Raises:
        ValueError: values not finite, widths or lengths that differ, one class only, fewer vectors than neighbours.
    """
    x, t = vectors(train, "training vectors", at_least=k), vectors(test, "test vectors")
    if x.shape[1] != t.shape[1] or k < 1:
        raise ValueError(f"{k} neighbours of {t.shape[1]} dims among vectors of {x.shape[1]} dims cannot be found")
    y, truth = whole(train_labels, "training labels", len(x)), whole(labels, "test labels", len(t))
    two_classes(y, "training labels")
    classes, numbers = np.unique(y, return_inverse=True)
    near = neighbours(torch.from_numpy(x - x.mean(0)).float(), torch.from_numpy(t - x.mean(0)).float(), k)
    right = (classes[_voted(torch.from_numpy(numbers)[near], len(classes)).numpy()] == truth).astype(np.float64)
    return Score(float(right.mean()), items_interval(right, seed), len(t), 1 / len(classes))


@torch.no_grad()
def neighbours(train: Tensor, test: Tensor, k: int) -> Tensor:
    """Indices of the k nearest of ``train`` (samples, dims) to each of ``test`` (tests, dims), (tests, k)."""
    half = (train**2).sum(1) / 2
    found = []
    for part in torch.split(test, CHUNK):
        closeness = torch.addmm(half, part, train.T, beta=-1)
        found.append(closeness.argmax(1, keepdim=True) if k == 1 else closeness.topk(k, 1).indices)
    return torch.cat(found)


def _voted(labels: Tensor, classes: int) -> Tensor:
    """The commonest label in each row (tests, k), of several the one that comes first."""
    counts = torch.nn.functional.one_hot(labels, classes).sum(1)
    first = counts.gather(1, labels).argmax(1, keepdim=True)
    return labels.gather(1, first).squeeze(1)
