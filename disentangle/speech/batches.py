"""Training data of the speech game: recordings, and batches of them that are functions of step, draw and rank."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from disentangle.corpus.buckets import BucketBatches
from disentangle.corpus.sampling import SpeakerBatches
from disentangle.speech.contour import partly
from disentangle.speech.disturbances import Disturbance
from disentangle.speech.options import AugmentationOptions, BatchOptions
from disentangle.speech.sounds import Sound
from disentangle.speech.twins import alignment, twins

SOUND = 1  # keeps what sounds go through apart from the other draws of a batch


class Spoken(Protocol):
    """What is trained on: a `Recording`, or one that is read when it is asked for."""

    @property
    def mel(self) -> Tensor:
        """Standardised log-mel (frames, mels)."""

    @property
    def frames(self) -> int:
        """How many frames it has, or about so many."""

    @property
    def speaker(self) -> str:
        """Name of the speaker."""

    @property
    def text(self) -> str:
        """Transcript, or ""."""

    @property
    def label(self) -> str:
        """Class, or ""."""

    @property
    def contour(self) -> Tensor | None:
        """How its F0 moves (frames, columns), where the decoder is told."""

    @property
    def sound(self) -> Sound | None:
        """Where it comes from."""


@dataclass(frozen=True)
class Recording:
    """One utterance to train on.

    Args:
        mel: standardised log-mel (frames, mels).
        speaker: name; copies at another speed have a name of their own.
        text: transcript, or "" where there is none.
        label: class of the utterance, or "".
        sound: where it comes from, for those who are to hear it otherwise.
        contour: how its F0 moves (frames, columns), where the decoder is told.
    """

    mel: Tensor
    speaker: str
    text: str = ""
    label: str = ""
    sound: Sound | None = None
    contour: Tensor | None = None

    @property
    def frames(self) -> int:
        """How many frames it has."""
        return len(self.mel)


@dataclass(frozen=True)
class Unread:
    """One utterance to train on, read each time that its log-mel is asked for.

    Args:
        sound: where it is.
        frames: how many it has, by what is known of its length.
        speaker, text, label: as of `Recording`.
    """

    sound: Sound
    frames: int
    speaker: str
    text: str = ""
    label: str = ""

    @property
    def mel(self) -> Tensor:
        """Standardised log-mel (frames, mels)."""
        return self.sound.mel()

    @property
    def contour(self) -> Tensor | None:
        """How its F0 moves (frames, columns), where the decoder is told."""
        return self.sound.contour()


def melody(recording: Spoken, mel: Tensor) -> Tensor:
    """The contour of a recording whose log-mel is (frames, mels); (frames, 0) where there is none."""
    return mel[:, :0] if recording.contour is None else recording.contour


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
        twin: (batch,) index of an utterance of another speaker that says the same; its own where there is none.
        warp: (batch, frames) the twin's frame that goes with each frame.
        contour: (batch, frames, columns) how F0 moves, for the decoder; of no columns where it is not told.
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
    twin: Tensor
    warp: Tensor
    contour: Tensor


class SpeechSource:
    """Batches of recordings.

    Args:
        recordings: to train on.
        batch: P, K and the longest stretch.
        augmentation: warp, noise and mask.
        frames: the longest stretch in frames.
        seed: of everything drawn.
        disturbance: between the recordings' sounds and the encoders; None: nothing.
        paired: whether twins are looked for.

    Raises:
        ValueError: fewer than two speakers, a speaker with a single utterance, a mask wider than the log-mels, or a
            batch that holds too few seconds.
    """

    def __init__(
        self,
        recordings: Sequence[Spoken],
        batch: BatchOptions,
        augmentation: AugmentationOptions,
        frames: int,
        seed: int,
        disturbance: Disturbance | None = None,
        paired: bool = False,
    ) -> None:
        mels = recordings[0].mel.shape[1]
        if augmentation.mask > mels:
            raise ValueError(f"augmentation.mask is {augmentation.mask} where there are {mels} filters. Lower it.")
        self.recordings, self.augmentation, self.frames, self.seed = recordings, augmentation, frames, seed
        self.disturbance, self.paired = disturbance, paired
        self.speakers = sorted({r.speaker for r in recordings})
        self.labels = sorted({r.label for r in recordings} - {""})
        self.alphabet = sorted(set("".join(r.text for r in recordings)))
        self.utterances = batch.utterances
        self.sampler = self._sampler(batch)
        self.place = {speaker: place for place, speaker in enumerate(self.speakers)}

    def _sampler(self, batch: BatchOptions) -> SpeakerBatches | BucketBatches:
        speakers = [r.speaker for r in self.recordings]
        if batch.total is None:
            return SpeakerBatches(speakers, min(batch.speakers, len(self.speakers)), batch.utterances, self.seed)
        second = self.frames / batch.seconds
        lengths = [min(r.frames, self.frames) / second for r in self.recordings]
        return BucketBatches(speakers, lengths, batch.utterances, batch.total, batch.buckets, self.seed)

    def batch(self, step: int, draw: int, rank: int, ranks: int) -> SpeechBatch:
        """The batch of a step; ``draw`` counts the batches that a round has asked for."""
        chosen = [self.recordings[i] for i in self.sampler.indices(step, draw, rank, ranks)]
        if len(chosen) < 2 * self.utterances:
            alone = f"one speaker of a batch for each of {ranks} parts, batch.speakers"
            raise ValueError(f"{alone}. Strangers are needed: take {2 * ranks} or more.")
        rng = np.random.default_rng((self.seed, step, draw, rank))
        mels = [r.mel for r in chosen]
        cuts = [self._cut(len(x), rng) for x in mels]
        stretches = [x[cut] for x, cut in zip(mels, cuts, strict=True)]
        melodies = [melody(r, x)[cut] for r, x, cut in zip(chosen, mels, cuts, strict=True)]
        mel = nn.utils.rnn.pad_sequence(stretches, batch_first=True)
        content, voice = self._heard(mel, chosen, cuts, (self.seed, step, draw, rank))
        lengths = torch.tensor([len(x) for x in stretches])
        texts = [r.text if len(x) <= self.frames else "" for r, x in zip(chosen, mels, strict=True)]
        letters = [self.alphabet.index(c) + 1 for text in texts for c in text]
        own = torch.arange(len(chosen)).reshape(-1, self.utterances)
        drawn = SpeechBatch(
            mel,
            self._noisy(self._warped(content, rng), self.augmentation.content_noise, rng),
            self._masked(self._noisy(voice, self.augmentation.noise, rng), lengths, rng),
            lengths,
            torch.tensor([self.place[r.speaker] for r in chosen]),
            own.roll(int(rng.integers(1, self.utterances)), 1).flatten(),
            own.roll(int(rng.integers(1, len(own))), 0)[:, rng.permutation(self.utterances).tolist()].flatten(),
            torch.tensor([self.labels.index(r.label) if r.label else -1 for r in chosen]),
            torch.tensor(letters, dtype=torch.long),
            torch.tensor([len(text) for text in texts]),
            torch.arange(len(chosen)),
            torch.arange(mel.shape[1]).expand(len(chosen), -1),
            partly(nn.utils.rnn.pad_sequence(melodies, batch_first=True), rng),
        )
        if not self.paired:
            return drawn
        said = [(r.label or r.text) if len(x) <= self.frames else "" for r, x in zip(chosen, mels, strict=True)]
        twin = twins(said, [r.speaker for r in chosen], rng)
        return replace(drawn, twin=twin, warp=alignment(mel, lengths, twin))

    def _cut(self, length: int, rng: np.random.Generator) -> slice:
        if length <= self.frames:
            return slice(0, length)
        start = int(rng.integers(length - self.frames + 1))
        return slice(start, start + self.frames)

    def _heard(
        self, mel: Tensor, chosen: Sequence[Spoken], cuts: Sequence[slice], seed: tuple[int, ...]
    ) -> tuple[Tensor, Tensor]:
        """What reaches the content encoder and the speaker encoder, each (batch, frames, mels)."""
        if self.disturbance is None:
            return mel, mel
        heard = []
        for place, (recording, cut) in enumerate(zip(chosen, cuts, strict=True)):
            change = self.disturbance.drawn(np.random.default_rng((*seed, place, SOUND)))
            assert recording.sound is not None, "who disturbs recordings knows their sounds"
            heard.append((recording.sound.mel(change) if change else recording.mel)[cut])
        disturbed, hearers = nn.utils.rnn.pad_sequence(heard, batch_first=True), self.disturbance.options.hearers
        return (mel if hearers == "voice" else disturbed), (mel if hearers == "content" else disturbed)

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

    def _masked(self, mel: Tensor, lengths: Tensor, rng: np.random.Generator) -> Tensor:
        """A band of up to ``mask`` filters, and of each utterance up to ``time_mask`` frames but never more than half,
        set to the mean (Park et al. 2019, https://arxiv.org/abs/1904.08779, section 2).
        """
        width = int(rng.integers(self.augmentation.mask + 1))
        if width:
            start = int(rng.integers(mel.shape[2] - width + 1))
            mel = mel.clone()
            mel[:, :, start : start + width] = 0
        if self.augmentation.time_mask:
            mel = mel.clone()
            for x, length in zip(mel, lengths.tolist(), strict=True):
                width = int(rng.integers(min(self.augmentation.time_mask, length // 2) + 1))
                start = int(rng.integers(length - width + 1))
                x[start : start + width] = 0
        return mel
