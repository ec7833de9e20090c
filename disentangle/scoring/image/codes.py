"""Codes: InfoGAN's categories against classes, its mutual information; any code against the factors behind shapes."""

from collections.abc import Iterator

from disentangle.evaluation.clustering import clustering_error
from disentangle.evaluation.dci import dci
from disentangle.evaluation.effects import effects_overlap
from disentangle.evaluation.factorvae import factorvae
from disentangle.evaluation.mig import mig
from disentangle.evaluation.sap import sap
from disentangle.evaluation.score import Score
from disentangle.image import data
from disentangle.image.model import continuous_numbers, information
from disentangle.image.shapes import CATEGORICAL
from disentangle.scoring.image.subject import Found, Subject
from disentangle.scoring.tasks import LeftOut

DRAWS = 2000  # pictures that the mutual information is estimated by
MATCHED = 10_000  # training pictures whose labels match categories with classes
VOTERS = 64  # samples of one value, at least
FACTORS = ("mig", "dci_d", "dci_c", "dci_i", "factorvae", "sap")


def clusters(subject: Subject) -> Iterator[Found]:
    """The first categorical part of the code against the classes, matched on training labels."""
    if not subject.config.info.categories:
        yield LeftOut(("clustering_error",), "the code has no categories")
        return
    train, test = subject.train, subject.test
    train = train.part(range(min(MATCHED, len(train))))
    found, known = (subject.model.codes(part.x)[:, 0].numpy() for part in (test, train))
    yield "clustering_error", clustering_error(known, train.y.numpy(), found, test.y.numpy(), subject.seed)


def mutual_information(subject: Subject) -> Iterator[Found]:
    """Its lower bound of the categories, and their entropy, which it cannot exceed; in nats."""
    if not subject.config.info.categories:
        yield LeftOut(("mutual_information",), "the code has no categories")
        return
    bound, most = information(subject.model, DRAWS, subject.seed)
    yield "mutual_information", Score(bound, None, DRAWS, 0.0)
    yield "code_entropy", Score(most)


def effects(subject: Subject) -> Iterator[Found]:
    """How alike the changes are that the continuous numbers of the code make in a picture; asks for no labels."""
    model, numbers = subject.model, continuous_numbers(subject.model)
    if numbers.sum() < 2:
        yield LeftOut(("effects_overlap",), "the code has no two continuous numbers")
        return
    yield "effects_overlap", effects_overlap(model.pictures, model.drawn(DRAWS, subject.seed), numbers)


def factors(subject: Subject) -> Iterator[Found]:
    """How well a code takes the factors of shapes apart."""
    v, x = data.factors(subject.config.data, subject.seed)
    numbers, seed = v.numpy(), subject.seed
    if min(int(column.bincount().min()) for column in v.T) < VOTERS:
        yield LeftOut(FACTORS, f"{len(v)} shapes are too few. Ask for more by data.test")
        return
    code = subject.model.codes(x).double().numpy()
    found = dci(code, numbers, CATEGORICAL, seed=seed)
    yield "mig", mig(code, numbers)
    yield "dci_d", found.disentanglement
    yield "dci_c", found.completeness
    yield "dci_i", found.informativeness
    yield "factorvae", factorvae(code, numbers, batch=VOTERS, seed=seed)
    yield "sap", sap(code, numbers, CATEGORICAL, seed)
