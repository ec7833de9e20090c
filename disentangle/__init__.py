"""Feature extraction with adversarial networks: what is said apart from who says it."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from disentangle.speech.model import SpeechModel


def load(folder: str | Path) -> "SpeechModel":
    """The model of an experiment, or of a folder that it was exported to.

    Raises:
        ValueError: there is none, or it is damaged.
    """
    from disentangle.speech import model

    return model.load(Path(folder))
