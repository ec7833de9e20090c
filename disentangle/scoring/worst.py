"""The conversions that came out worst: least understood, and least like the target's voice."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from disentangle.evaluation.recognition import error_counts
from disentangle.scoring.converted import Converted
from disentangle.scoring.labels import said
from disentangle.scoring.tasks import Verdicts

COUNT = 10

Floats = NDArray[np.float64]


def worst(made: Converted, verdicts: Verdicts) -> dict[str, list[tuple[int, float]]]:
    """Numbers of the worst conversions, and how bad they are, the worst first.

    Args:
        made: the conversions.
        verdicts: what was recognised in each, and by how much the judge of voices took it for the target's.

    Returns:
        ``words``: edits in letters for each letter that was said (of a digit or word: 1), where there are any;
        ``voice``: how far below the threshold at which a voice passes as the target's. A list is left out where nobody
        was asked, and is short where little went wrong.
    """
    found = {}
    if "recognised" in verdicts:
        texts = [str(said(pair.source)) for pair in made.conversions]
        found["words"] = _largest(_errors(texts, [str(answer) for answer in verdicts["recognised"]]))
    if "margin" in verdicts:
        found["voice"] = _largest(-np.array([float(margin) for margin in verdicts["margin"]]))
    return found


def _errors(texts: Sequence[str], answers: Sequence[str]) -> Floats:
    """Edits in letters for each letter; a single word is right or wrong."""
    counts = error_counts(texts, answers)
    whole = np.array([" " not in text for text in texts])
    return np.where(whole, counts[:, 0] > 0, counts[:, 0] / np.maximum(counts[:, 1], 1)).astype(np.float64)


def _largest(badness: Floats) -> list[tuple[int, float]]:
    """Places of the ten largest numbers above 0, and these."""
    order = np.argsort(-badness, kind="stable")[:COUNT]
    return [(int(place), float(badness[place])) for place in order if badness[place] > 0]
