"""Floors of the attacks on the speaker: codes that hold nothing of the voice, yet tell who speaks by what is left."""

from collections.abc import Iterator, Sequence

import numpy as np

from disentangle.evaluation.classifiers import Kind
from disentangle.evaluation.known import SAID, Known, Matrix
from disentangle.evaluation.sequences import Features

Split = tuple[str, Known | None, Known]
FLOORS = ("length", "said")
FLOOR_KINDS: tuple[Kind, Kind] = ("mlp", "forest")  # attackers of vectors


def floors(train: Known | None, test: Known) -> Iterator[Split]:
    """Each floor with its name and as features of training and test utterances, one vector (1, dims) each.

    "length" is the logarithm of the number of frames; "said" the true label of what was said besides, where labels are
    known. A content that keeps words and timing cannot be below.

    Args:
        train: utterances of the code in question to learn from, or None.
        test: those to answer.
    """
    both = [known for known in (train, test) if known]
    lengths = [_vectors(known.features) for known in both]
    yield _split("length", both, lengths)
    factor = next((f for f in SAID if all(any(known.labelled(f)[0]) for known in both)), None)
    if factor is None:
        return
    labelled = [known.labelled(factor) for known in both]
    classes = sorted({label for _, labels in labelled for label in labels})
    parts = [_part(known, places) for known, (places, _) in zip(both, labelled, strict=True)]
    vectors = [
        [_said(lengths_of[i], classes, label) for i, label in zip(places, labels, strict=True)]
        for lengths_of, (places, labels) in zip(lengths, labelled, strict=True)
    ]
    yield _split("said", parts, vectors)


def _vectors(features: Features) -> list[Matrix]:
    return [np.array([[np.log(len(x))]]) for x in features]


def _said(length: Matrix, classes: Sequence[str], label: str) -> Matrix:
    return np.concatenate([length, np.eye(len(classes))[[classes.index(label)]]], 1)


def _part(known: Known, places: Sequence[int]) -> Known:
    return Known(known.take(places), {"speaker": [known.speakers[i] for i in places]})


def _split(name: str, both: Sequence[Known], vectors: Sequence[Features]) -> Split:
    made = [Known(x, {"speaker": known.labels["speaker"]}) for known, x in zip(both, vectors, strict=True)]
    return name, made[0] if len(made) > 1 else None, made[-1]
