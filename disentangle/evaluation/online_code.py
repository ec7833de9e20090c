"""How many bits a label costs whoever has the features: a measure that asks of no probe how large it may be."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from disentangle.evaluation.bootstrap import interval
from disentangle.evaluation.classifiers import Kind, answers
from disentangle.evaluation.convergence import Curve
from disentangle.evaluation.probes import ProbeResult
from disentangle.evaluation.score import Score
from disentangle.evaluation.sequences import Features, check

SHARES = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.0625, 0.125, 0.25, 0.5, 1.0)
LEAST = 8  # labels that are sent before anything is learned


def portions(count: int, classes: int) -> list[int]:
    """Where the blocks end: a first one large enough to learn from, then each twice as large as all before it."""
    ends = sorted({round(share * count) for share in SHARES})
    return [end for end in ends if end >= max(LEAST, 2 * classes)] or [count]


def code_length(
    features: Features,
    labels: Sequence[str],
    kind: Kind = "linear",
    seed: int = 0,
    speakers: Sequence[str] | None = None,
) -> ProbeResult:
    """Minimum description length of labels given features by the online code (Voita and Titov 2020,
    https://arxiv.org/abs/2003.12298, equation 3), in bits a label.

    The labels, in random order, are sent block after block: the first at log2(classes) bits each, every later one by
    the probabilities of an attacker that was trained afresh on all before it. So that a label no attacker has seen can
    be sent, its probabilities are mixed with the uniform ones, which weigh classes / (classes + labels seen).

    Args:
        features: utterances (frames, dims).
        labels: of each.
        kind: of attacker, as in ``probes.classify``.
        seed: of the order and of the attackers.
        speakers: for the interval; None where the labels are the speakers.

    Returns:
        Bits a label, chance log2(classes): the features say nothing; its curve has the natural log loss of each block
        by the number of labels learned from.

    Raises:
        ValueError: fewer than two classes.
    """
    check(features, labels, "features to code by")
    classes = sorted(set(labels))
    if len(classes) < 2:
        raise ValueError(f"a code for labels of which there is one only, {classes}; two are needed")
    order = np.random.default_rng(seed).permutation(len(labels)).tolist()
    ends = portions(len(labels), len(classes))
    nats, curve = np.full(len(labels), np.log(len(classes))), Curve()
    for start, end in pairwise(ends):
        nats[order[start:end]] = _sent(features, labels, classes, order[:start], order[start:end], kind, seed)
        curve.append({"step": start, "validation_loss": float(nats[order[start:end]].mean())})
    bits = nats / np.log(2)
    groups = list(labels if speakers is None else speakers)
    score = Score(float(bits.mean()), interval(bits, groups, seed=seed), len(bits), float(np.log2(len(classes))))
    return ProbeResult(score, None, curve, ())


def _sent(
    features: Features,
    labels: Sequence[str],
    classes: Sequence[str],
    known: Sequence[int],
    block: Sequence[int],
    kind: Kind,
    seed: int,
) -> NDArray[np.float64]:
    """Nats that each label of a block costs after the known ones."""
    seen = [labels[i] for i in known]
    likely = np.zeros((len(block), len(classes)))
    if len(set(seen)) > 1:
        given = answers([features[i] for i in known], seen, [features[i] for i in block], kind, seed)
        likely[:, [classes.index(name) for name in given.classes]] = np.exp(given.log_probabilities)
    else:
        likely[:, classes.index(seen[0])] = 1
    escape = len(classes) / (len(classes) + len(known))
    true = [classes.index(labels[i]) for i in block]
    return np.asarray(-np.log((1 - escape) * likely[range(len(block)), true] + escape / len(classes)))
