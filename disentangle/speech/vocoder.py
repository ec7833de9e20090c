"""A trained vocoder: log-mels to waveforms, long ones in pieces that add up to the whole."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from disentangle.speech.front_end import FrontEnd
from disentangle.speech.generators import generator
from disentangle.speech.options import FrontEndOptions
from disentangle.speech.vocoder_options import VocoderOptions

Array = NDArray[np.float32]
PIECE = 400  # frames made at once
IN_MODEL = "vocoder"  # in a model's folder: the vocoder that comes with it


class Vocoder(nn.Module):
    """Front end and generator, which sees log-mels levelled (the utterance's one mean value taken off) and standardised
    filter by filter, and makes waves of one loudness; so a wave twice as loud comes back twice as loud.

    Args:
        options: of the two.
    """

    mean: Tensor
    deviation: Tensor
    loudness: Tensor

    def __init__(self, options: VocoderOptions) -> None:
        super().__init__()
        self.options, self.front_end = options, FrontEnd(options.front_end)
        self.generator = generator(options)
        self.register_buffer("mean", torch.zeros(options.front_end.mels))
        self.register_buffer("deviation", torch.ones(options.front_end.mels))
        self.register_buffer("loudness", torch.ones(()))

    @property
    def rate(self) -> int:
        """Hz, of the waveforms."""
        return self.options.front_end.rate

    @torch.no_grad()
    def log_mel(self, wave: Array) -> Array:
        """(samples,) -> natural log magnitudes (frames, mels)."""
        device = self.mean.device
        mel: Array = self.front_end(torch.from_numpy(np.ascontiguousarray(wave, np.float32)).to(device)).cpu().numpy()
        return mel

    def standardised(self, log_mel: Tensor) -> tuple[Tensor, Tensor]:
        """What the generator sees of a log-mel (frames, mels), and the level that was taken off."""
        level = log_mel.mean()
        return (log_mel - level - self.mean) / self.deviation, level

    @torch.no_grad()
    def wave(self, log_mel: Array, samples: int, piece: int = PIECE) -> Array:
        """Log-mel (frames, mels) -> waveform (samples,), the same whatever the size of a piece in frames."""
        self.eval()
        mel = torch.from_numpy(np.ascontiguousarray(log_mel)).to(self.mean.device)
        x, level = self.standardised(mel)
        wave = torch.cat([self._piece(x, start, piece) for start in range(0, len(x), piece)])
        wave = self._refined(wave * level.exp() / self.loudness, mel)
        wave = nn.functional.pad(wave, (0, max(0, samples - len(wave))))
        made: Array = wave[:samples].cpu().numpy()
        return made

    def _refined(self, wave: Tensor, log_mel: Tensor) -> Tensor:
        """Of (frames hop,) samples what the options ask for."""
        asked = self.options.refinement
        if not asked.iterations:
            return wave
        return self.front_end.griffin_lim(
            log_mel, len(wave), asked.iterations, start=wave, corrections=asked.corrections
        )

    def _piece(self, x: Tensor, start: int, frames: int) -> Tensor:
        """The samples of some frames, made from all frames that they depend on."""
        before, behind = self.generator.reach
        first, end = max(0, start - before), min(len(x), start + frames)
        made: Tensor = self.generator(x[None, first : end + behind])[0]
        hop = self.front_end.hop
        return made[(start - first) * hop : (end - first) * hop]


def load(folder: Path, fitting: FrontEndOptions | None = None) -> Vocoder:
    """The vocoder of an experiment folder, or of the ``model/`` folder in it, or the one that comes with a model.

    Args:
        folder: where it is.
        fitting: the front end of the model whose log-mels it is to turn into sound; None: none in particular.

    Raises:
        ValueError: there is none, it is damaged, or it has another front end.
    """
    from disentangle import config
    from disentangle.adversarial.export import read_export
    from disentangle.speech.vocoder_options import VocoderConfig

    at = next((inside for name in ("model", IN_MODEL) if (inside := folder / name).is_dir()), folder)
    if not (at / "model.safetensors").is_file() or not config.holds(at / "config.yaml", "vocoder"):
        raise ValueError(
            f"no trained vocoder, {folder}. Train one there by `disentangle train an4/vocoder --out {folder}`."
        )
    vocoder = Vocoder(config.read(at / "config.yaml", VocoderConfig).vocoder)
    changes = config.differences(fitting, vocoder.options.front_end) if fitting else []
    if changes:
        raise ValueError(f"a vocoder of other log-mels ({'; '.join(changes)}), {folder}. Train one for these.")
    try:
        vocoder.load_state_dict(read_export(at).state)
    except RuntimeError as error:
        raise ValueError(f"weights that do not fit their config.yaml, {at}. Export it again ({error}).") from None
    return vocoder.eval()
