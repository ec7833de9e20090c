"""Back ends on vectors whose speakers and noise are known: likelihood ratios against the two-covariance closed form."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from disentangle.evaluation.backends import PLDA, cosine, moments
from disentangle.evaluation.verification import eer


def people(speakers: int, each: int, seed: int = 0, dims: int = 4) -> tuple[np.ndarray, list[str]]:
    """Vectors around 5 that share a direction of loud noise, which PLDA is to overlook."""
    rng = np.random.default_rng(seed)
    means, noise = rng.normal(size=(speakers, dims)), rng.normal(size=(speakers * each, dims))
    noise[:, 0] *= 8
    return 5 + means.repeat(each, 0) + 0.3 * noise, [f"s{i // each}" for i in range(speakers * each)]


def test_cosines() -> None:
    found = cosine(np.array([[3.0, 0.0], [0.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]))
    np.testing.assert_allclose(found, [[1, 0, np.sqrt(0.5)], [0, 0, 0]])


def test_plda_is_the_likelihood_ratio_of_its_own_model() -> None:
    x, names = people(60, 5)
    plda = PLDA(x, names)
    mean, between, within = plda.model.mean, plda.model.F @ plda.model.F.T, plda.model.Sigma
    one, other = (plda._ready(part) for part in (x[:3], x[4:6]))
    total = between + within
    joint = multivariate_normal(np.tile(mean, 2), np.block([[total, between], [between, total]]))
    apart = multivariate_normal(mean, total)
    expected = [[joint.logpdf(np.r_[a, b]) - apart.logpdf(a) - apart.logpdf(b) for b in other] for a in one]
    np.testing.assert_allclose(plda(x[:3], x[4:6]), expected, rtol=1e-6)


def test_plda_overlooks_the_noise_that_cosine_hears() -> None:
    learned = PLDA(*people(100, 6))
    x, names = people(40, 2, seed=1)
    same = np.equal.outer(names[::2], names[1::2])
    rates = {}
    for name, compare in (("cosine", cosine), ("plda", learned)):
        scores = compare(x[::2], x[1::2])
        rates[name] = eer(scores[same], scores[~same])[0]
    assert rates["plda"] < rates["cosine"] / 2


def test_too_few_speakers_for_plda() -> None:
    for speakers, each in ((1, 4), (4, 1), (3, 2)):  # the last for four dims
        with pytest.raises(ValueError, match=f"{speakers * each} utterances of {speakers} speakers"):
            PLDA(*people(speakers, each))


def test_moments_are_those_of_the_closest_whatever_the_block() -> None:
    rng = np.random.default_rng(0)
    x, cohort = rng.normal(size=(7, 3)), rng.normal(size=(20, 3))
    near = np.sort(cosine(x, cohort), axis=1)[:, -5:]
    for block in (2, 512):
        found = moments(x, cohort, cosine, 5, block)
        np.testing.assert_allclose(found.mean, near.mean(1))
        np.testing.assert_allclose(found.deviation, near.std(1))
    assert len(moments(x, cohort, cosine, 100).mean) == 7
