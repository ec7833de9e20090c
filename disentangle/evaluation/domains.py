"""Proxy A-distance: can a classifier that was never fooled tell the features of two domains apart?"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from disentangle.evaluation.arrays import Matrix, vectors
from disentangle.evaluation.bootstrap import percentiles
from disentangle.evaluation.probes import classify
from disentangle.evaluation.score import Score

Kind = Literal["linear", "mlp"]


def a_distance(source: ArrayLike, target: ArrayLike, kind: Kind = "mlp", most: int = 2000, seed: int = 0) -> Score:
    """2 (1 - 2 error) of a fresh probe on held-out features (Ben-David et al. 2007, NIPS; Ganin et al. 2016).

    Args:
        source: (samples, dims) frozen features of one domain.
        target: (samples, dims) of the other.
        kind: of the probe: linear, or an MLP (2 x 256).
        most: features of each domain that are used, drawn at random; half fit the probe and half are answered.
        seed: of the draw and of the probe.

    Returns:
        0 where the domains cannot be told apart, 2 where they always can; the error is balanced over the domains.

    Raises:
        ValueError: values not finite, widths that differ, a domain of fewer than 4 features, another kind.
    """
    domains = [vectors(x, name, at_least=4) for x, name in ((source, "source features"), (target, "target features"))]
    widths = [x.shape[1] for x in domains]
    if widths[0] != widths[1]:
        raise ValueError(f"source features have {widths[0]} dims and target features {widths[1]}; they must be alike")
    if kind not in ("linear", "mlp"):
        raise ValueError(f"the domain probe is '{kind}'; choose linear or mlp")
    rng = np.random.default_rng(seed)
    (fit_s, test_s), (fit_t, test_t) = (np.array_split(x[rng.permutation(len(x))[:most]], 2) for x in domains)
    labels, truth = (["source"] * len(s) + ["target"] * len(t) for s, t in ((fit_s, fit_t), (test_s, test_t)))
    result = classify(_as_frames(fit_s, fit_t), labels, _as_frames(test_s, test_t), truth, kind, seed)
    wrong = np.array(result.predicted) != np.array(truth)
    parts = (wrong[: len(test_s)], wrong[len(test_s) :])
    error = 1 - result.score.value
    drawn = np.mean([rng.binomial(len(part), part.mean(), 1000) / len(part) for part in parts], axis=0)
    return Score(2 * (1 - 2 * error), percentiles(2 * (1 - 2 * drawn)), len(truth), 0.0)


def _as_frames(*x: Matrix) -> list[Matrix]:
    """Vectors as the probes take utterances, of one frame each."""
    return list(np.concatenate(x)[:, None])
