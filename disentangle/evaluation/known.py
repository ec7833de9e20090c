"""Utterances as attackers meet them: a code's features, and what is known of who says what."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from disentangle.evaluation.sequences import Features

Matrix = NDArray[np.float64]
SAID = ("digit", "word", "sentence", "text")  # factors that say what was said: content should hold them


@dataclass(frozen=True)
class Known:
    """Utterances and what is known of them.

    Args:
        features: (frames, dims) of each; a single frame where the code is a vector.
        labels: by factor, the label of each utterance, None where it has none; every one has a "speaker".
        values: by name, numbers of each utterance (points, values), equally spaced over it, None where there are none.
    """

    features: Features
    labels: Mapping[str, Sequence[str | None]]
    values: Mapping[str, Sequence[Matrix | None]] = field(default_factory=dict)

    @property
    def speakers(self) -> list[str]:
        """Who says each utterance."""
        return [str(name) for name in self.labels["speaker"]]

    def labelled(self, factor: str, known: Collection[str] | None = None) -> tuple[list[int], list[str]]:
        """Utterances that have a label (one of the known ones), and their labels."""
        pairs = [(i, label) for i, label in enumerate(self.labels.get(factor, ())) if label is not None]
        pairs = [(i, label) for i, label in pairs if known is None or label in known]
        return [i for i, _ in pairs], [label for _, label in pairs]

    def of_speakers(self, names: Collection[str]) -> "Known":
        """What some speakers say, without its other labels."""
        places = [i for i, name in enumerate(self.speakers) if name in names]
        return Known(self.take(places), {"speaker": [self.speakers[i] for i in places]})

    def take(self, places: Sequence[int]) -> Features:
        """Features of some utterances."""
        return [self.features[i] for i in places]
