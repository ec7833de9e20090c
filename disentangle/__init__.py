"""Feature extraction with adversarial networks: what is said apart from who says it."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from disentangle.image.model import ImageModel
    from disentangle.speech.model import SpeechModel


def load(folder: str | Path) -> "SpeechModel":
    """The model of an experiment with speech, or of a folder that it was exported to; ready for use.

    Raises:
        ValueError: there is none, it is damaged, or it is of pictures.
    """
    from disentangle import trainees
    from disentangle.speech import model

    if trainees.of_pictures(Path(folder)):
        raise ValueError(f"a model of pictures, {folder}. Load it by disentangle.load_pictures.")
    return model.load(Path(folder))


def load_pictures(folder: str | Path) -> "ImageModel":
    """The same of an experiment with pictures.

    Raises:
        ValueError: there is none, it is damaged, or it is of speech.
    """
    from disentangle import trainees
    from disentangle.image import model

    if (Path(folder) / "config.yaml").is_file() and not trainees.of_pictures(Path(folder)):
        raise ValueError(f"a model of speech, {folder}. Load it by disentangle.load.")
    return model.load(Path(folder))
