"""Trained models from their folders."""

from pathlib import Path

from disentangle import released
from disentangle.speech.model import SpeechModel
from disentangle.speech.options import FrontEndOptions


def load(folder: Path, vocoder: Path | None = None) -> SpeechModel:
    """The model of an experiment folder, or of the ``model/`` folder in it.

    Args:
        folder: where it is.
        vocoder: experiment of the vocoder that turns its log-mels into sound; None: the one in the folder, or else
            Griffin-Lim, does.

    Raises:
        ValueError: there is none, it is damaged, or the vocoder is of other log-mels.
    """
    from disentangle import config
    from disentangle.adversarial.export import read_export
    from disentangle.speech import vocoder as vocoders
    from disentangle.speech.options import SpeechConfig

    at = folder / "model" if (folder / "model").is_dir() else folder
    if not (at / "model.safetensors").is_file():
        raise ValueError(f"no trained model, {folder}. {released.remedy(folder)}")
    if config.holds(at / "config.yaml", "vocoder"):
        raise ValueError(f"a vocoder where a speech model is needed, {folder}. Name it by --vocoder, beside a model.")
    model = SpeechModel(config.read(at / "config.yaml", SpeechConfig).model)
    state = read_export(at).state
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        raise ValueError(f"weights that do not fit their config.yaml, {at}. Export it again ({error}).") from None
    if vocoder or (at / vocoders.IN_MODEL).is_dir():
        model.vocode = vocoders.load(vocoder or at / vocoders.IN_MODEL, model.options.front_end).wave
    return model.eval()


def load_fitting(folder: Path, front_end: FrontEndOptions) -> SpeechModel:
    """The same of a model that is to have a certain front end.

    Raises:
        ValueError: it has another.
    """
    from disentangle.config import differences

    model = load(folder)
    changes = differences(front_end, model.options.front_end)
    if changes:
        raise ValueError(f"a speech model of other log-mels ({'; '.join(changes)}), {folder}. Take its front end.")
    return model
