"""Feature extraction with adversarial networks: what is said apart from who says it."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from disentangle.image.model import ImageModel
    from disentangle.speech.model import SpeechModel
    from disentangle.speech.vocoder import Vocoder


def load(folder: str | Path, vocoder: str | Path | None = None) -> "SpeechModel":
    """The model of an experiment with speech, or of a folder that it was exported to; ready for use.

    Args:
        folder: where it is, or the name of a model that comes with the package.
        vocoder: the same of the vocoder that turns its log-mels into sound; None: the one that comes with the model
            or, where none does, Griffin-Lim.

    Raises:
        ValueError: there is none, it is damaged, or of another kind.
    """
    from disentangle import released, trainees
    from disentangle.speech import loading

    match trainees.kind(folder := released.find(folder)):
        case "pictures":
            raise ValueError(f"a model of pictures, {folder}. Load it by disentangle.load_pictures.")
        case "vocoder":
            raise ValueError(f"a vocoder, {folder}. Load it by disentangle.load_vocoder.")
    return loading.load(folder, released.find(vocoder) if vocoder else None)


def load_vocoder(folder: str | Path) -> "Vocoder":
    """The same of an experiment with a vocoder, or of a model that one comes with.

    Raises:
        ValueError: there is none, it is damaged, or of another kind.
    """
    from disentangle import released
    from disentangle.speech import vocoder

    return vocoder.load(released.find(folder))


def load_pictures(folder: str | Path) -> "ImageModel":
    """The same of an experiment with pictures.

    Raises:
        ValueError: there is none, it is damaged, or it is of speech.
    """
    from disentangle import released, trainees
    from disentangle.image import model

    at = released.find(folder)
    if (at / "config.yaml").is_file() and trainees.kind(at) != "pictures":
        raise ValueError(f"a model of speech, {folder}. Load it by disentangle.load.")
    return model.load(at)
