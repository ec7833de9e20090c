"""A trained content encoder between two domains: the networks and batches of its domain-adversarial training."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, NamedTuple

import numpy as np
import torch
from annotated_types import Ge, Gt
from torch import Tensor, nn

from disentangle.ranges import Positive, Weight
from disentangle.speech.batches import Recording
from disentangle.speech.content import ContentEncoder

MOST = 20_000  # frames that units are found in
SURE = (
    3.0  # nats by which a unit's own centre is at most told from the nearest other: those of a codebook do not spread
)
SILENT = -100  # what cross-entropy leaves out


@dataclass(frozen=True)
class AdaptationOptions:
    """How an encoder is adapted.

    Args:
        steps: rounds.
        strength: of the reversal, reached by the paper's ramp.
        rate: learning rate of the encoder, with labels reached after a quarter of the rounds.
        batch: utterances of each domain in a round.
        seconds: longest stretch of an utterance.
        units: classes of frames that the source's content is kept by where there are no labels.
        channels: of the domain classifier.
        seed: of everything random.
    """

    steps: Positive = 600
    strength: Weight = 1.0
    rate: Annotated[float, Gt(0)] = 1e-3
    batch: Annotated[int, Ge(2)] = 16
    seconds: Annotated[float, Gt(0)] = 1.5
    units: Annotated[int, Ge(2)] = 64
    channels: Positive = 96
    seed: Annotated[int, Ge(0)] = 0


class Heard(NamedTuple):
    """Log-mels (batch, frames, mels) and their lengths (batch,)."""

    mel: Tensor
    lengths: Tensor


class Coded(NamedTuple):
    """Codes (batch, frames, dims) and their lengths (batch,)."""

    code: Tensor
    lengths: Tensor


Batch = tuple[Heard, Tensor, Heard]


class Extractor(nn.Module):
    """The content that a trained model releases; a codebook stays as it is, so that the decoder still knows it."""

    def __init__(self, encoder: ContentEncoder) -> None:
        super().__init__()
        self.encoder = encoder

    def train(self, mode: bool = True) -> "Extractor":
        """The encoder's own mode never changes."""
        super().train(mode)
        self.encoder.eval()
        return self

    def forward(self, x: Heard) -> Coded:
        """What is released of each utterance."""
        return Coded(self.encoder(x.mel, x.lengths)[0], x.lengths)


class OfUtterances(nn.Module):
    """A class for each utterance, by a network of code and lengths -> logits."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, f: Coded) -> Tensor:
        """(batch, classes)."""
        logits: Tensor = self.network(f.code, f.lengths)
        return logits


class Units(NamedTuple):
    """Clusters of frames: centres (units, dims), variance of a dim within them, unit of each frame (frames,)."""

    centres: Tensor
    variance: float
    of_frames: list[Tensor]


class OfFrames(nn.Module):
    """A class for each frame, linear in its code, so that codes stay where decoder and recognisers look for them.

    It begins as the classifier of Gaussians around the units' centres: one that began from chance would lead the
    encoder astray until it had learned.
    """

    def __init__(self, units: Units) -> None:
        super().__init__()
        self.out = nn.Linear(units.centres.shape[1], len(units.centres))
        with torch.no_grad():
            self.out.weight.copy_(units.centres / units.variance)
            self.out.bias.copy_(-(units.centres**2).sum(1) / (2 * units.variance))

    def forward(self, f: Coded) -> Tensor:
        """(batch, classes, frames)."""
        logits: Tensor = self.out(f.code).transpose(1, 2)
        return logits


@torch.no_grad()
def units_of(extractor: Extractor, recordings: Sequence[Recording], units: int, seed: int) -> Units:
    """So many clusters of the present content, and that of every frame of each recording."""
    from sklearn.cluster import KMeans

    extractor.eval()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        codes = [extractor(Heard(r.mel[None], torch.tensor([len(r.mel)]))).code[0].numpy() for r in recordings]
    frames = np.concatenate(codes)
    drawn = frames[np.random.default_rng(seed).permutation(len(frames))[:MOST]]
    different = len(np.unique(drawn.round(3), axis=0))  # a codebook's codes differ by rounding errors too
    clusters = KMeans(min(units, different), n_init=1, random_state=seed).fit(drawn)
    centres = torch.from_numpy(clusters.cluster_centers_).float()
    apart = torch.cdist(centres, centres).fill_diagonal_(torch.inf).min(1).values
    within = max(clusters.inertia_ / drawn.size, float((apart**2).mean()) / (2 * SURE))
    return Units(centres, within, [torch.from_numpy(clusters.predict(code)).long() for code in codes])


class TwoDomains:
    """Batches of labelled source and unlabelled target utterances, functions of step, draw and rank.

    Args:
        source: recordings.
        labels: of each one class (), or one for each frame (frames,).
        target: recordings.
        size: utterances of each domain in a batch.
        frames: longest stretch.
        seed: of everything drawn.
    """

    def __init__(
        self,
        source: Sequence[Recording],
        labels: Sequence[Tensor],
        target: Sequence[Recording],
        size: int,
        frames: int,
        seed: int,
    ) -> None:
        self.source, self.labels, self.target = source, labels, target
        self.size, self.frames, self.seed = size, frames, seed

    def batch(self, step: int, draw: int, rank: int, ranks: int) -> Batch:
        """Both domains, drawn with replacement."""
        rng = np.random.default_rng((self.seed, step, draw, rank, ranks))
        chosen = rng.integers(len(self.source), size=self.size).tolist()
        starts = [self._start(self.source[i], rng) for i in chosen]
        x = self._heard([self.source[i] for i in chosen], starts)
        labels = [self._cut(self.labels[i], start) for i, start in zip(chosen, starts, strict=True)]
        y = (
            nn.utils.rnn.pad_sequence(labels, batch_first=True, padding_value=SILENT)
            if labels[0].dim()
            else torch.stack(labels)
        )
        others = [self.target[i] for i in rng.integers(len(self.target), size=self.size).tolist()]
        return x, y, self._heard(others, [self._start(r, rng) for r in others])

    def _start(self, recording: Recording, rng: np.random.Generator) -> int:
        return int(rng.integers(max(0, len(recording.mel) - self.frames) + 1))

    def _cut(self, x: Tensor, start: int) -> Tensor:
        return x[start : start + self.frames] if x.dim() else x

    def _heard(self, recordings: Sequence[Recording], starts: Sequence[int]) -> Heard:
        mels = [self._cut(r.mel, start) for r, start in zip(recordings, starts, strict=True)]
        return Heard(nn.utils.rnn.pad_sequence(mels, batch_first=True), torch.tensor([len(x) for x in mels]))
