"""Training data of a vocoder: log-mels with the waves that they are to become, and batches of crops of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from disentangle.corpus import audio
from disentangle.corpus.utterances import DataDirectory, Utterance
from disentangle.speech.front_end import FrontEnd
from disentangle.speech.model import Array, SpeechModel
from disentangle.speech.options import FrontEndOptions
from disentangle.speech.vocoder import Vocoder
from disentangle.speech.vocoder_options import CropOptions

PEAK, LOUD = 0.95, 0.99  # of full scale; which share of the utterances stays below


@dataclass(frozen=True)
class Pair:
    """One utterance.

    Args:
        mels: log-mels (frames, mels), levelled: the recording's own, and if there is a speech model, as that makes it.
        wave: (frames hop,) divided by the exponential of the level.
    """

    mels: tuple[Tensor, ...]
    wave: Tensor


class CropSource:
    """Batches of crops: log-mels (batch, frames, mels) standardised, and waves (batch, frames hop).

    Args:
        pairs: to draw from, long ones more often.
        crops: size of a batch.
        frames: of a crop; no utterance has fewer.
        share: of crops whose log-mel is the speech model's, where there is one.
        seed: of all draws.
        device: where the batches go.
    """

    def __init__(
        self,
        pairs: Sequence[Pair],
        crops: CropOptions,
        frames: int,
        share: float,
        seed: int,
        device: torch.device | None = None,
    ) -> None:
        self.pairs, self.size, self.frames, self.share, self.seed = pairs, crops.size, frames, share, seed
        self.device = device or torch.device("cpu")
        places = np.array([len(pair.mels[0]) - frames + 1 for pair in pairs])
        assert places.min() > 0, "every utterance is at least a crop long"
        self.chance = places / places.sum()
        self.hop = len(pairs[0].wave) // len(pairs[0].mels[0])

    def batch(self, step: int, draw: int, rank: int, ranks: int) -> tuple[Tensor, Tensor]:
        """This rank's crops of the joined batch, which does not depend on the number of ranks."""
        rng = np.random.default_rng([self.seed, step, draw])
        chosen = rng.choice(len(self.pairs), self.size, p=self.chance)
        where, whose = rng.random(self.size), rng.random(self.size) < self.share
        mels, waves = [], []
        for i in range(rank, self.size, ranks):
            pair = self.pairs[chosen[i]]
            first = int(where[i] * (len(pair.mels[0]) - self.frames + 1))
            mels.append(pair.mels[-1 if whose[i] else 0][first : first + self.frames])
            waves.append(pair.wave[first * self.hop : (first + self.frames) * self.hop])
        return torch.stack(mels).to(self.device), torch.stack(waves).to(self.device)


def pairs(
    data: DataDirectory,
    vocoder: Vocoder,
    frames: int,
    *,
    settle: bool = True,
    speech: SpeechModel | None = None,
    allow_pipes: bool = False,
) -> list[Pair]:
    """Every utterance of a data directory.

    Args:
        data: the utterances.
        vocoder: whose front end it is.
        frames: how many an utterance has at least; a shorter one ends with silence.
        settle: set the vocoder's statistics; otherwise it keeps those that it has.
        speech: also makes each log-mel, from the content of the utterance and the speaker's mean vector.
        allow_pipes: run the commands that stand in wav.scp.

    Raises:
        ValueError: audio that cannot be used.
    """
    from disentangle.progress import progress

    utterances, hop = data.utterances, vocoder.front_end.hop
    waves = []
    with progress(len(utterances), f"reading {data.path}", "utterance") as bar:
        for utterance in utterances:
            wave = audio.load(utterance, vocoder.rate, allow_pipes)
            waves.append(np.pad(wave, (0, max(0, (frames - 1) * hop - len(wave)))))
            bar.advance()
    found = [_pair(wave, vocoder) for wave in waves]
    if speech:
        made = _reconstructed(utterances, waves, speech)
        found = [Pair((*pair.mels, mel), pair.wave) for pair, mel in zip(found, made, strict=True)]
    if settle:
        _settle(vocoder, found)
    return [
        Pair(tuple((mel - vocoder.mean) / vocoder.deviation for mel in pair.mels), pair.wave * vocoder.loudness)
        for pair in found
    ]


def _pair(wave: Array, vocoder: Vocoder) -> Pair:
    mel = torch.from_numpy(vocoder.log_mel(wave))
    level = mel.mean()
    whole = nn.functional.pad(torch.from_numpy(wave), (0, len(mel) * vocoder.front_end.hop - len(wave)))
    return Pair((mel - level,), whole * (-level).exp())


def _reconstructed(utterances: Sequence[Utterance], waves: Sequence[Array], speech: SpeechModel) -> list[Tensor]:
    from disentangle.progress import progress

    made: list[Tensor] = []
    vectors = speech.speaker(waves)
    speakers = np.array([utterance.speaker for utterance in utterances])
    voices = {name: speech.speaker_of(vectors[speakers == name]) for name in set(speakers)}
    with progress(len(waves), "decoding", "utterance") as bar:
        for utterance, wave in zip(utterances, waves, strict=True):
            mel = torch.from_numpy(speech.decode(speech.decodable(wave), voices[utterance.speaker]))
            made.append(mel - mel.mean())
            bar.advance()
    return made


def _settle(vocoder: Vocoder, found: Sequence[Pair]) -> None:
    """Statistics of the recordings' log-mels, and the loudness at which nearly no utterance exceeds full scale."""
    together = torch.cat([pair.mels[0] for pair in found])
    vocoder.mean.copy_(together.mean(0))
    vocoder.deviation.copy_(together.std(0).clamp(min=1e-2))
    peaks = torch.stack([pair.wave.abs().max() for pair in found])
    vocoder.loudness.copy_(PEAK / peaks.quantile(LOUD))


class MelError(nn.Module):
    """Mean absolute difference of the log-mels of two waves, averaged over windows of several lengths (Kong et al.
    2020, https://arxiv.org/abs/2010.05646, equation 3, with one window; Kumar et al. 2023, 2306.06546, with several).

    Args:
        options: of the front end.
        scales: windows as multiples of the front end's; shorter ones have fewer filters.
    """

    def __init__(self, options: FrontEndOptions, scales: Sequence[float]) -> None:
        super().__init__()
        self.front_ends = nn.ModuleList(FrontEnd(_scaled(options, scale)) for scale in scales)

    def forward(self, x_: Tensor, x: Tensor) -> Tensor:
        """Waves (batch, samples) twice -> one number."""
        with torch.autocast(x.device.type, enabled=False):
            x_, x = (wave if wave.dtype == torch.float64 else wave.float() for wave in (x_, x))
            errors = [(hear(x_) - hear(x)).abs().mean() for hear in self.front_ends]
        return torch.stack(errors).mean()


def _scaled(options: FrontEndOptions, scale: float) -> FrontEndOptions:
    if scale == 1.0:
        return options
    mels = max(8, round(options.mels * min(scale, 1.0)))
    window = options.window * scale
    return FrontEndOptions(options.rate, mels, window, window / 4, options.low)
