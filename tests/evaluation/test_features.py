"""Known answers for what features know of classes and of domains, and for the distance between two sets of them."""

import time

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.linalg import sqrtm
from sklearn.neighbors import KNeighborsClassifier
from torch import nn

from disentangle.evaluation.bootstrap import interval, items_interval
from disentangle.evaluation.clustering import clustering_error, matching
from disentangle.evaluation.domains import Kind, a_distance
from disentangle.evaluation.frechet import features_of, fingerprint, frechet, frechet_distance
from disentangle.evaluation.nearest_neighbours import knn_accuracy, neighbours

Matrix = NDArray[np.float64]


def noise(count: int, dims: int, seed: int = 0) -> Matrix:
    return np.random.default_rng(seed).normal(size=(count, dims))


def test_the_distance_of_two_gaussians_is_the_closed_form() -> None:
    """Of one dim: (m1 - m2)^2 + (s1 - s2)^2, deviations with the unbiased denominator."""
    a, b = noise(500, 1), 3 + 2 * noise(700, 1, 1)
    expected = (a.mean() - b.mean()) ** 2 + (a.std(ddof=1) - b.std(ddof=1)) ** 2
    assert frechet_distance(a, b) == pytest.approx(expected)


def test_the_distance_is_the_one_that_scipy_gives() -> None:
    a, b = noise(300, 6) @ noise(6, 6, 2), 1 + noise(200, 6, 1) @ noise(6, 6, 3)
    C1, C2 = np.cov(a.T), np.cov(b.T)
    root = np.trace(np.real(sqrtm(C1 @ C2)))
    expected = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(C1) + np.trace(C2) - 2 * root
    assert frechet_distance(a, b) == pytest.approx(expected)
    assert frechet_distance(b, a) == pytest.approx(expected)


def test_the_distance_of_a_set_to_itself_is_0_and_a_shift_counts_squared() -> None:
    a = np.concatenate([noise(100, 4), np.zeros((100, 1))], 1)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(a, a + 2) == pytest.approx(5 * 4)


def test_the_name_of_the_distance_tells_the_extractor() -> None:
    torch.manual_seed(0)
    extractor, x = nn.Sequential(nn.Flatten(), nn.Linear(16, 3)), torch.randn(60, 1, 4, 4)
    name, score = frechet(x, x + 1, extractor, "classifier", extractor.state_dict())
    assert name == f"frechet_classifier_{fingerprint(extractor.state_dict())}"
    assert score.n == 60
    assert score.value == pytest.approx(frechet_distance(features_of(x, extractor), features_of(x + 1, extractor, 7)))
    before = fingerprint(extractor.state_dict())
    assert before == fingerprint(dict(reversed(extractor.state_dict().items())))
    nn.init.constant_(next(extractor.parameters()), 0.5)
    assert len(before) == 8
    assert fingerprint(extractor.state_dict()) != before


def test_a_category_that_splits_a_class_counts_as_wrong() -> None:
    labels = np.repeat([0, 1], 50)
    assert clustering_error(1 - labels, labels, 1 - labels, labels).value == 0
    split = np.concatenate([np.repeat([7, 8], [30, 20]), np.full(50, 9)])
    assert matching(split, labels) == {7: 0, 9: 1}
    score = clustering_error(split, labels, split, labels)
    assert (score.value, score.n, score.chance) == (0.2, 100, 0.5)
    assert score.ci95 is not None
    assert score.ci95[0] < 0.2 < score.ci95[1]


def test_classes_that_share_a_category_are_matched_once() -> None:
    labels = np.repeat([0, 1, 2], 10)
    shared = np.repeat([4, 4, 5], 10)
    assert clustering_error(shared, labels, shared, labels).value == pytest.approx(1 / 3)


def test_the_match_is_fitted_on_training_labels_alone() -> None:
    labels = np.repeat([0, 1], 50)
    assert clustering_error(labels, labels, 1 - labels, labels).value == 1
    assert clustering_error(labels, labels, np.full(100, 3), labels).value == 1


@pytest.mark.parametrize("k", [1, 5])
def test_neighbours_are_scikit_learns(k: int) -> None:
    train, test = 5 + noise(1200, 8), 5 + noise(700, 8, 1)
    labels = np.where(train[:, 0] + train[:, 1] > 10, 3, 8)
    truth = np.where(test[:, 0] + test[:, 1] > 10, 3, 8)
    score = knn_accuracy(train, labels, test, truth, k)
    assert score.value == pytest.approx(KNeighborsClassifier(k).fit(train, labels).score(test, truth))
    assert (score.n, score.chance) == (700, 0.5)


def test_of_equally_frequent_classes_the_nearest_wins() -> None:
    train, labels = np.array([[0.0], [1.0], [2.0], [3.0]]), [0, 1, 1, 0]
    assert knn_accuracy(train, labels, [[0.1], [3.1]], [0, 0], 4).value == 1
    assert knn_accuracy(train, labels, [[0.9], [2.1]], [1, 1], 4).value == 1


def test_many_neighbours_are_found_in_little_time() -> None:
    """A hundredth of the 60,000 x 10,000 distances that MNIST needs."""
    train, test = torch.randn(20000, 100), torch.randn(300, 100)
    before = time.process_time()
    found = neighbours(train, test, 1)
    assert time.process_time() - before < 3
    assert torch.equal(found[:50], torch.cdist(test[:50].double(), train.double()).argmin(1, keepdim=True))


@pytest.mark.parametrize("kind", ["linear", "mlp"])
def test_domains_are_2_apart_or_0(kind: Kind) -> None:
    a, b = noise(400, 3), noise(400, 3, 1)
    apart, same = a_distance(a, b + 9, kind), a_distance(a, b, kind)
    assert (apart.value, apart.ci95, apart.n, apart.chance) == (2, (2, 2), 400, 0)
    assert same.value == pytest.approx(0, abs=0.35)
    assert same.ci95 is not None
    assert same.ci95[0] < same.value < same.ci95[1]


def test_a_domain_inside_the_other_is_told_by_the_mlp_alone() -> None:
    angle = np.random.default_rng(0).uniform(0, 2 * np.pi, 500)
    around = 5 * np.stack([np.cos(angle), np.sin(angle)], 1)
    assert a_distance(noise(500, 2), around, "linear").value < 0.6
    assert a_distance(noise(500, 2), around, "mlp").value > 1.8


def test_the_probe_is_balanced_and_repeatable() -> None:
    a, b = noise(600, 2), noise(60, 2, 1)
    assert a_distance(a, b, "linear").value == pytest.approx(0, abs=0.8)
    assert a_distance(a, b, "linear", seed=4) == a_distance(a, b, "linear", seed=4)


def test_drawing_items_is_drawing_groups_of_one() -> None:
    values = np.random.default_rng(0).uniform(size=200)
    assert items_interval(values) == pytest.approx(interval(values, range(200)), abs=0.01)


def test_features_that_cannot_be_measured_are_refused() -> None:
    bad = noise(30, 2)
    bad[4, 1] = np.nan
    ones, two = np.ones(30, np.int64), np.arange(30) % 2
    with pytest.raises(ValueError, match="sample 4 has a value that is not finite in dim 1"):
        frechet_distance(noise(30, 2), bad)
    with pytest.raises(ValueError, match="30 samples of 30 dims are too few; give 31"):
        frechet_distance(noise(30, 30), noise(30, 30))
    with pytest.raises(ValueError, match="of 2 and of 3 dims"):
        frechet_distance(noise(30, 2), noise(30, 3))
    with pytest.raises(ValueError, match="sample 4 has a value that is not finite"):
        knn_accuracy(bad, two, noise(3, 2), [0, 1, 0])
    with pytest.raises(ValueError, match="training labels: one class only"):
        knn_accuracy(noise(30, 2), ones, noise(3, 2), [0, 1, 0])
    with pytest.raises(ValueError, match="30 samples of 2 dims are too few; give 31"):
        knn_accuracy(noise(30, 2), two, noise(3, 2), [0, 1, 0], k=31)
    with pytest.raises(ValueError, match="1 neighbours of 3 dims"):
        knn_accuracy(noise(30, 2), two, noise(3, 3), [0, 1, 0])
    with pytest.raises(ValueError, match="training labels: one class only"):
        clustering_error(two, ones, two, two)
    with pytest.raises(ValueError, match="there are no test samples"):
        clustering_error(two, two, [], [])
    with pytest.raises(ValueError, match="test categories: the shape is"):
        clustering_error(two, two, two[:4], two)
    with pytest.raises(ValueError, match="source features: sample 4"):
        a_distance(bad, noise(30, 2))
    with pytest.raises(ValueError, match="target features: 3 samples"):
        a_distance(noise(30, 2), noise(3, 2))
    with pytest.raises(ValueError, match="source features have 2 dims and target features 3"):
        a_distance(noise(30, 2), noise(30, 3))
    with pytest.raises(ValueError, match="choose linear or mlp"):
        a_distance(noise(30, 2), noise(30, 2), "forest")  # type: ignore[arg-type]
