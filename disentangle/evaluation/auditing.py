"""The audit: what fresh attackers of rising strength still find in anybody's features."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from disentangle.evaluation.attacks import Attack, Impossible, Planned, attacks, beneath
from disentangle.evaluation.known import Known
from disentangle.evaluation.probes import ProbeResult

Matrix = NDArray[np.float64]
Arrays = Mapping[str, ArrayLike]


@dataclass
class Audit:
    """What an audit found.

    Args:
        found: by the names of scores.json, score, commonest label's share and learning curve.
        left_out: what the utterances did not allow, and why.
    """

    found: dict[str, ProbeResult] = field(default_factory=dict)
    left_out: list[Impossible] = field(default_factory=list)


def audit(
    features: Arrays,
    labels: Mapping[str, Mapping[str, str]],
    values: Mapping[str, Arrays] | None = None,
    *,
    code: str = "content",
    train: Collection[str] = (),
    beside: Mapping[str, Arrays] | None = None,
    names: Collection[str] | None = None,
    seed: int = 0,
    told: Callable[[str], None] = lambda _: None,
) -> Audit:
    """Attack frozen features.

    Args:
        features: of each utterance (frames, dims), or (dims,) where the code is a vector.
        labels: by factor, label by utterance. "speaker" is needed for all; "digit", "word", "sentence" or "text" say
            what was said; any other factor, such as "gender" or "channel", is attacked.
        values: by name, numbers by utterance, each (), (values,), or a track (points, values) equally spaced over the
            utterance, NaN where it has none: pitch, energy, length.
        code: the first word of all names.
        train: utterances to learn from; the others are answered. Empty: attackers learn in folds.
        beside: by the first word of its names, features of the same utterances that are attacked alike: log-mel as the
            ceiling ("mel"), those of an encoder before training ("untrained").
        names: of scores; None: all that the labels allow.
        seed: of everything random; global random state is left as it was.
        told: is told the names of each attack before it begins.

    Raises:
        ValueError: features of other utterances beside, utterances without speaker, or arrays of another shape.

    Example:
        >>> import numpy as np
        >>> code = {f"u{i}": np.eye(2)[[i % 2] * 5] for i in range(20)}
        >>> speaker = {f"u{i}": "ab"[i % 2] for i in range(20)}
        >>> found = audit(code, {"speaker": speaker}, names=["content_speaker_accuracy_linear"]).found
        >>> found["content_speaker_accuracy_linear"].score.value
        1.0
    """
    result = Audit()
    for word, arrays in {code: features, **(beside or {})}.items():
        if arrays.keys() != features.keys():
            raise ValueError(f"'{word}' has other utterances than '{code}'; give the same")
        taught = sorted(set(train) & features.keys())
        asked = sorted(features.keys() - set(train))
        learned = known(arrays, taught, labels, values or {}) if taught else None
        test = known(arrays, asked, labels, values or {})
        _run(attacks(word, learned, test, names, seed), result, told)
        if word == code:
            _run(beneath(learned, test, names, seed), result, told)
    return result


def _run(planned: Planned, result: Audit, told: Callable[[str], None]) -> None:
    for item in planned:
        if isinstance(item, Attack):
            told(", ".join(item.names))
            result.found |= item.call()
        else:
            result.left_out.append(item)


def known(
    features: Arrays,
    utterances: Sequence[str],
    labels: Mapping[str, Mapping[str, str]],
    values: Mapping[str, Arrays],
) -> Known:
    """Features, labels and values of the listed utterances, in their order.

    Raises:
        ValueError: an utterance without speaker, or an array of more than two dimensions.
    """
    speakers = labels.get("speaker", {})
    nameless = [u for u in utterances if u not in speakers]
    if nameless or not utterances:
        raise ValueError(f"no speaker of {nameless[0]}" if nameless else "no utterances to answer; give some")
    factors = {factor: [label.get(u) for u in utterances] for factor, label in labels.items()}
    tracks = {name: [_track(of[u]) if u in of else None for u in utterances] for name, of in values.items()}
    return Known([_matrix(features[u], u) for u in utterances], factors, tracks)


def _matrix(array: ArrayLike, utterance: str) -> NDArray[np.floating]:
    x = np.asarray(array)
    if x.ndim not in (1, 2):
        raise ValueError(f"features of {utterance} are {x.shape}; they must be (frames, dims) or (dims,)")
    return np.atleast_2d(x)


def _track(value: ArrayLike) -> Matrix:
    """Numbers as (points, values); a single number or a vector is one point."""
    return np.atleast_2d(np.asarray(value, np.float64))
