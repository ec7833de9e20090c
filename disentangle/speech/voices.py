"""Speaker vectors as codes: moved along an attribute, and found by descent through the frozen decoder."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import normalize

from disentangle.corpus import audio
from disentangle.corpus.utterances import DataDirectory
from disentangle.latent.attributes import Direction, mean_difference
from disentangle.latent.descent import Descent
from disentangle.latent.inversion import Inversion, invert
from disentangle.progress import progress
from disentangle.speech.model import SpeechModel

Array = NDArray[np.float32]


def direction(model: SpeechModel, data: DataDirectory, factor: str, allow_pipes: bool = False) -> Direction:
    """From the speakers with one value of a factor to those with the other, as z_female - z_male.

    Args:
        model: trained.
        data: speech whose ``spk2gender`` or ``utt2FACTOR`` has the factor.
        factor: "gender", say; of its two values the first by the alphabet lies ahead.
        allow_pipes: whether commands in wav.scp may be run.

    Raises:
        ValueError: the factor has not two values there, or a speaker has both.
    """
    spoken = [u for u in data.utterances if factor in u.labels]
    values = sorted({u.labels[factor] for u in spoken})
    if len(values) != 2:
        found = ", ".join(values) or "none"
        raise ValueError(f"values of '{factor}': {found}, {data.path}. An attribute has two; name data with both.")
    vectors: dict[str, list[Array]] = {}
    has: dict[str, bool] = {}
    with progress(len(spoken), f"reading voices of {data.path}", "utterance") as bar:
        for utterance in spoken:
            first = utterance.labels[factor] == values[0]
            if has.setdefault(utterance.speaker, first) != first:
                raise ValueError(
                    f"speaker {utterance.speaker} has two values of '{factor}', {data.path}. Take another."
                )
            wave = audio.load(utterance, model.rate, allow_pipes)
            vectors.setdefault(utterance.speaker, []).append(model.speaker([wave])[0])
            bar.advance()
    return between({speaker: np.stack(voice) for speaker, voice in vectors.items()}, has)


def between(vectors: Mapping[str, Array], ahead: Mapping[str, bool]) -> Direction:
    """From the speakers who are not ahead to those who are, each by the mean of all that is known.

    Args:
        vectors: of each speaker, (utterances, dims).
        ahead: of the same speakers.
    """
    codes = torch.from_numpy(np.stack([SpeechModel.speaker_of(voice) for voice in vectors.values()]))
    return mean_difference(codes, torch.tensor([ahead[speaker] for speaker in vectors]))


def moved(voice: Array, along: Direction, strength: float) -> Array:
    """A speaker vector (dims,) further along by so many deviations, of length 1 again."""
    there = along.moved(torch.from_numpy(voice)[None], strength)
    return np.asarray(normalize(there)[0].numpy(), np.float32)


class Voiced(nn.Module):
    """A decoder that says one content: speaker vectors (rows, dims), of any length -> mean log-mels.

    Args:
        model: trained.
        code: what is said, (frames, dims), as `SpeechModel.decodable` gives it.
    """

    def __init__(self, model: SpeechModel, code: Tensor) -> None:
        super().__init__()
        self.decoder, self.code = model.decoder, code

    def forward(self, z: Tensor) -> Tensor:
        """Standardised log-mels (rows, frames, mels)."""
        codes = self.code.expand(len(z), -1, -1)
        lengths = torch.full((len(z),), self.code.shape[0])
        mean: Tensor = self.decoder(codes, lengths, normalize(z)).mean
        return mean


def searched(
    model: SpeechModel, waves: Sequence[Array], descent: Descent | None = None
) -> tuple[Array, list[Inversion]]:
    """The speaker vector by which the decoder comes nearest to what a speaker said, from what the encoder reads.

    Each recording's own content is decoded; the mean log-mel's squared error is what falls.

    Args:
        model: trained; its networks stay as they are.
        waves: of one speaker, (samples,) each.
        descent: how the vector is searched.

    Returns:
        A unit vector (dims,), the mean over the recordings; and the search of each.
    """
    found = []
    for wave, read in zip(waves, model.speaker(waves), strict=True):
        code = model.decodable(wave)
        start = torch.from_numpy(read)[None]
        heard = model.standardised(wave)[None]
        generator = Voiced(model, torch.from_numpy(code))
        found.append(invert(heard, generator, "hybrid", encoder=partial(_given, start), descent=descent))
    vectors = np.stack([normalize(one.z)[0].numpy() for one in found])
    return model.speaker_of(vectors), found


def _given(z: Tensor, _: Tensor) -> Tensor:
    """What was read already."""
    return z
