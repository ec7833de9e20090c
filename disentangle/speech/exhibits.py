"""What speech networks make while they are trained, to see and to hear: the same few utterances every time."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from disentangle.adversarial.log import Exhibits, Picture, Sound
from disentangle.speech.batches import Spoken, melody
from disentangle.speech.crops import Pair
from disentangle.speech.levels import PEAK
from disentangle.speech.model import SpeechModel
from disentangle.speech.vocoder import Vocoder

LOOKED_AT = 2
SECONDS = 3.0  # of an utterance at most
ENLARGED = 3  # pixels for a filter


def looked_at(recordings: Sequence[Spoken]) -> list[Spoken]:
    """An utterance each of the first two speakers; of one where there is one alone."""
    first: dict[str, Spoken] = {}
    for recording in recordings:
        first.setdefault(recording.speaker, recording)
        if len(first) == LOOKED_AT:
            break
    return list(first.values())


@torch.no_grad()
def exhibits(model: SpeechModel, recordings: Sequence[Spoken]) -> Exhibits:
    """Each utterance as it was, put together again, and in the next one's voice, seen; what is made of it, heard.

    Args:
        model: as it is at present, not calibrated.
        recordings: standardised log-mels; their first seconds are looked at.
    """
    most = round(SECONDS / model.hop)
    mels = [recording.mel[:most] for recording in recordings]
    codes = [model.content_encoder(x[None], torch.tensor([len(x)]))[0][0] for x in mels]
    told = [torch.cat([c, melody(r, c)[: len(c)]], 1).numpy() for c, r in zip(codes, recordings, strict=True)]
    voices = [model.speaker_encoder(x[None], torch.tensor([len(x)]))[0].numpy() for x in mels]
    found: dict[str, Picture | Sound] = {}
    for place, (x, code) in enumerate(zip(mels, told, strict=True)):
        name, other = recordings[place].speaker, (place + 1) % len(mels)
        made = {f"{name}/again": model.decode(code, voices[place])}
        if other != place:
            made[f"{name}/as_{recordings[other].speaker}"] = model.decode(code, voices[other])
        found[f"{name}/original"] = spectrogram(x * model.deviation + model.mean)
        for title, mel in made.items():
            found[title] = spectrogram(torch.from_numpy(mel))
            found[f"{title}_heard"] = heard(model.vocode(mel, len(mel) * model.front_end.hop), model.rate)
    return found


@torch.no_grad()
def vocoded(vocoder: Vocoder, pairs: Sequence[Pair]) -> Exhibits:
    """The beginning of an utterance as it was and as the vocoder makes it, heard, and the log-mels of both, seen."""
    rate, hop = vocoder.rate, vocoder.front_end.hop
    mel = pairs[0].mels[-1][: round(SECONDS * rate / hop)].numpy()
    waves = {
        "original": pairs[0].wave[: len(mel) * hop].numpy(),
        "vocoded": vocoder.wave(np.ascontiguousarray(mel), len(mel) * hop),
    }
    found: dict[str, Picture | Sound] = {}
    for name, wave in waves.items():
        found[name] = spectrogram(torch.from_numpy(vocoder.log_mel(wave)))
        found[f"{name}_heard"] = heard(wave, rate)
    return found


def spectrogram(log_mel: Tensor) -> Picture:
    """A log-mel (frames, mels) as a picture, low filters below, from its least to its largest number."""
    import matplotlib

    scaled = (log_mel - log_mel.min()) / (log_mel.max() - log_mel.min()).clamp(min=1e-6)
    colours = matplotlib.colormaps["magma"](scaled.T.flip(0).numpy(), bytes=True)[..., :3]
    pixels = torch.from_numpy(np.ascontiguousarray(colours))
    return Picture(pixels.repeat_interleave(ENLARGED, 0).repeat_interleave(ENLARGED, 1))


def heard(wave: np.typing.NDArray[np.float32], rate: int) -> Sound:
    """A wave (samples,) as loud as may be."""
    return Sound(torch.from_numpy(wave * (PEAK / max(float(np.abs(wave).max()), 1e-9))), rate)
