"""A conversion as somebody wants it: voices mixed and moved along attributes, at another pitch, at another speed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from disentangle.latent.attributes import Direction
from disentangle.pitch import pitch as pitch_contour
from disentangle.speech.model import SpeechModel
from disentangle.speech.voices import moved, searched

Array = NDArray[np.float32]
Pitch = Literal["keep", "target"] | float  # whose median, or semitones
Waves = Mapping[Path, Array]  # recordings (samples,) by their names


@dataclass(frozen=True)
class Wishes:
    """What is asked for besides the voice.

    Args:
        along: attributes, and how far the voice is moved along each, in deviations.
        search: whether voices are searched through the decoder, from what the encoder reads.
        pitch: "keep" (the source's median), "target" (the target's) or semitones from what is decoded.
        speed: 2 takes half the time.
    """

    along: tuple[tuple[Direction, float], ...] = ()
    search: bool = False
    pitch: Pitch = 0.0
    speed: float = 1.0


def voice(model: SpeechModel, targets: Waves, shares: Mapping[Path, float], wishes: Wishes) -> Array:
    """The speaker vector (dims,) of recordings by their shares, moved along the attributes."""
    heard = list(targets.values())
    vectors = np.stack([searched(model, [wave])[0] for wave in heard]) if wishes.search else model.speaker(heard)
    found = model.speaker_of(vectors * np.array([shares[name] for name in targets], np.float32)[:, None])
    for direction, strength in wishes.along:
        found = moved(found, direction, strength)
    return found


def converted(
    model: SpeechModel, source: tuple[Path, Array], targets: Waves, shares: Mapping[Path, float], wishes: Wishes
) -> Array:
    """What the source says in the voice of the targets.

    Args:
        model: trained.
        source: its name and (samples,).
        targets: recordings of the voice.
        shares: how much each counts.
        wishes: what else is asked for.

    Raises:
        ValueError: a pitch is to be taken from a recording that has none, or voices are to be mixed or moved and the
            model matches frames.
    """
    name, wave = source
    wanted = voice(model, targets, shares, wishes)
    among = _frames(model, targets, shares, wishes) if model.matches else None
    if isinstance(wishes.pitch, float):
        return model.convert(wave, wanted, wishes.speed, 2 ** (wishes.pitch / 12), among)
    like, counted = ({name: wave}, {name: 1.0}) if wishes.pitch == "keep" else (targets, shares)
    asked, own = height(like, counted, model.rate), model.pitch(wanted)
    if own is None:
        plain = {Path("what is decoded"): model.convert(wave, wanted, among=among)}
        own = height(plain, dict.fromkeys(plain, 1.0), model.rate)
    return model.convert(wave, wanted, wishes.speed, asked / own, among)


def _frames(model: SpeechModel, targets: Waves, shares: Mapping[Path, float], wishes: Wishes) -> Array:
    """What a model that matches frames looks among: all recordings of the voice alike."""
    if wishes.along or wishes.search or len(set(shares.values())) > 1:
        why = "a model that matches frames (model.matching) neither mixes nor moves nor searches voices"
        raise ValueError(f"{why}. Name recordings of one voice alone.")
    return model.matchable(list(targets.values()))


def height(waves: Waves, shares: Mapping[Path, float], rate: int) -> float:
    """Median pitch in Hz over the voiced frames of each recording, their geometric mean by shares.

    Raises:
        ValueError: no frame of a recording is voiced.
    """
    heights = []
    for path, wave in waves.items():
        contour = pitch_contour(wave, rate)
        if not np.isfinite(contour).any():
            raise ValueError(f"no voiced sound to take a pitch from, {path}. Give the pitch in semitones, or none.")
        heights.append(np.log(np.nanmedian(contour)))
    weights = np.array([shares[path] for path in waves])
    return float(np.exp((weights * heights).sum() / weights.sum()))
