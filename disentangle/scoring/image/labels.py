"""Classes: recognised by a trained classifier, by the nearest neighbours of features, on another domain."""

from collections.abc import Iterator

from disentangle.evaluation.arrays import Matrix
from disentangle.evaluation.bootstrap import items_interval
from disentangle.evaluation.domains import a_distance
from disentangle.evaluation.nearest_neighbours import knn_accuracy
from disentangle.evaluation.score import Score
from disentangle.image.model import ImageModel
from disentangle.image.pictures import Pictures
from disentangle.scoring.image.subject import Found, Subject


def neighbours(subject: Subject) -> Iterator[Found]:
    """1-nearest-neighbour classification of frozen features."""
    train, test = subject.train, subject.test
    known, asked = (subject.model.features(part.x).numpy() for part in (train, test))
    yield "knn_accuracy", knn_accuracy(known, train.y.numpy(), asked, test.y.numpy(), seed=subject.seed)


def error(subject: Subject) -> Iterator[Found]:
    """Share of test pictures whose class is not recognised."""
    right = _right(subject, subject.test)
    wrong = items_interval(1 - right, subject.seed)
    yield "test_error", Score(1 - float(right.mean()), wrong, len(right), _wrong(subject))


def domains(subject: Subject) -> Iterator[Found]:
    """Classes of target and source recognised; and can a fresh probe tell the domains' features apart?

    The same probe on the features of the untrained network stands beside it.
    """
    seed, here, there = subject.seed, subject.test, subject.target
    for name, part in (("target_accuracy", there), ("source_accuracy", here)):
        right = _right(subject, part)
        yield name, Score(float(right.mean()), items_interval(right, seed), len(right), 1 - _wrong(subject))
    untrained = ImageModel(subject.config)
    untrained.settle(subject.train.x)
    for name, model in (("a_distance", subject.model), ("untrained_a_distance", untrained)):
        yield name, a_distance(model.hidden(here.x).numpy(), model.hidden(there.x).numpy(), seed=seed)


def _right(subject: Subject, pictures: Pictures) -> Matrix:
    """1 for each picture whose class is recognised, 0 for the others."""
    right: Matrix = (subject.model.logits(pictures.x).argmax(1) == pictures.y).double().numpy()
    return right


def _wrong(subject: Subject) -> float:
    return 1 - 1 / subject.config.data.classes
