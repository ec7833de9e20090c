"""Training data of the speech game: log-mels in memory, and batches that are functions of step, draw and rank."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from disentangle.corpus.sampling import SpeakerBatches
from disentangle.speech.options import AugmentationOptions, BatchOptions


@dataclass(frozen=True)
class Recording:
    """One utterance to train on.

    Args:
        mel: standardised log-mel (frames, mels).
        speaker: name; copies at another speed have a name of their own.
        text: transcript, or "" where there is none.
        label: class of the utterance, or "".
    """

    mel: Tensor
    speaker: str
    text: str = ""
    label: str = ""


@dataclass(frozen=True)
class SpeechBatch:
    """P speakers with K utterances each, grouped by speaker; batch = P K.

    Args:
        mel: (batch, frames, mels) what the decoder gives back.
        content: (batch, frames, mels) what the content encoder hears of it.
        voice: (batch, frames, mels) what the speaker encoder hears of it.
        lengths: (batch,) frames.
        speaker: (batch,) class of the speaker.
        partner: (batch,) index of another utterance of the same speaker.
        stranger: (batch,) index of an utterance of another speaker.
        label: (batch,) class of the label, -1 where there is none.
        letters: the transcripts one after the other, letters counted from 1.
        letter_lengths: (batch,) letters of each; 0 where a stretch was cut or there is no transcript.
    """

    mel: Tensor
    content: Tensor
    voice: Tensor
    lengths: Tensor
    speaker: Tensor
    partner: Tensor
    stranger: Tensor
    label: Tensor
    letters: Tensor
    letter_lengths: Tensor


class SpeechSource:
    """Batches of recordings.

    Args:
        recordings: to train on.
        batch: P, K and the longest stretch.
        augmentation: warp, noise and mask.
        frames: the longest stretch in frames.
        seed: of everything drawn.

    Raises:
        ValueError: fewer than two speakers, a speaker with a single utterance, or a mask wider than the log-mels.
    """

    def __init__(
        self,
        recordings: Sequence[Recording],
        batch: BatchOptions,
        augmentation: AugmentationOptions,
        frames: int,
        seed: int,
    ) -> None:
        mels = recordings[0].mel.shape[1]
        if augmentation.mask > mels:
            raise ValueError(f"augmentation.mask is {augmentation.mask} where there are {mels} filters. Lower it.")
        self.recordings, self.augmentation, self.frames, self.seed = recordings, augmentation, frames, seed
        speakers = [r.speaker for r in recordings]
        self.speakers, self.labels = sorted(set(speakers)), sorted({r.label for r in recordings} - {""})
        self.alphabet = sorted(set("".join(r.text for r in recordings)))
        self.utterances = batch.utterances
        self.sampler = SpeakerBatches(speakers, min(batch.speakers, len(self.speakers)), batch.utterances, seed)

    def batch(self, step: int, draw: int, rank: int, ranks: int) -> SpeechBatch:
        """The batch of a step; ``draw`` counts the batches that a round has asked for."""
        chosen = [self.recordings[i] for i in self.sampler.indices(step, draw, rank, ranks)]
        rng = np.random.default_rng((self.seed, step, draw, rank))
        stretches = [self._stretch(r.mel, rng) for r in chosen]
        mel = nn.utils.rnn.pad_sequence(stretches, batch_first=True)
        lengths = torch.tensor([len(x) for x in stretches])
        texts = [r.text if len(x) == len(r.mel) else "" for r, x in zip(chosen, stretches, strict=True)]
        letters = [self.alphabet.index(c) + 1 for text in texts for c in text]
        own = torch.arange(len(chosen)).reshape(-1, self.utterances)
        return SpeechBatch(
            mel,
            self._noisy(self._warped(mel, rng), self.augmentation.content_noise, rng),
            self._masked(self._noisy(mel, self.augmentation.noise, rng), rng),
            lengths,
            torch.tensor([self.speakers.index(r.speaker) for r in chosen]),
            own.roll(int(rng.integers(1, self.utterances)), 1).flatten(),
            own.roll(int(rng.integers(1, len(own))), 0)[:, rng.permutation(self.utterances).tolist()].flatten(),
            torch.tensor([self.labels.index(r.label) if r.label else -1 for r in chosen]),
            torch.tensor(letters, dtype=torch.long),
            torch.tensor([len(text) for text in texts]),
        )

    def _stretch(self, mel: Tensor, rng: np.random.Generator) -> Tensor:
        if len(mel) <= self.frames:
            return mel
        start = int(rng.integers(len(mel) - self.frames + 1))
        return mel[start : start + self.frames]

    def _warped(self, mel: Tensor, rng: np.random.Generator) -> Tensor:
        """The frequency axis of each utterance stretched by up to ``warp`` (Jaitly and Hinton 2013)."""
        if not self.augmentation.warp:
            return mel
        factors = 1 + self.augmentation.warp * rng.uniform(-1, 1, (len(mel), 1))
        at = (np.arange(mel.shape[2]) * factors).clip(0, mel.shape[2] - 1)
        low = torch.from_numpy(at.astype(np.int64)).clamp(max=mel.shape[2] - 2)[:, None].expand(mel.shape)
        share = torch.from_numpy(at).float()[:, None] - low
        return (1 - share) * mel.gather(2, low) + share * mel.gather(2, low + 1)

    @staticmethod
    def _noisy(mel: Tensor, share: float, rng: np.random.Generator) -> Tensor:
        """Coloured noise about one to five deviations below the speech, added where the log-mels meet, to a share."""
        if not share:
            return mel
        count, mels = len(mel), mel.shape[2]
        level = rng.normal(-2.5, 1.0, (count, 1, 1)) + rng.normal(0, 0.7, (count, 1, 1)) * np.linspace(-1, 1, mels)
        there = torch.from_numpy(rng.random((count, 1, 1)) < share)
        noise = torch.from_numpy((level + 0.4 * rng.standard_normal(mel.shape)).astype(np.float32))
        return torch.where(there, torch.logaddexp(mel, noise), mel)

    def _masked(self, mel: Tensor, rng: np.random.Generator) -> Tensor:
        """A band of up to ``mask`` filters set to the mean (Park et al. 2019)."""
        width = int(rng.integers(self.augmentation.mask + 1))
        if not width:
            return mel
        start = int(rng.integers(mel.shape[2] - width + 1))
        mel = mel.clone()
        mel[:, :, start : start + width] = 0
        return mel
