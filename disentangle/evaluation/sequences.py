"""Utterances of different lengths as padded batches, and the network that the attackers share."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Features = Sequence[NDArray[np.floating]]


class Frames:
    """Utterances as tensors (frames, dims), standardised over the frames of the training set.

    Args:
        features: the training utterances, each (frames, dims).
        stride: every how many frames one is kept.
    """

    def __init__(self, features: Features, stride: int = 1) -> None:
        together = np.concatenate([np.asarray(x, np.float64) for x in features])
        self.mean, self.deviation = together.mean(0), together.std(0)
        self.deviation[self.deviation < 1e-6] = 1.0
        self.stride = stride

    def __call__(self, features: Features) -> list[Tensor]:
        """Standardised, and thinned where the stride says so."""
        return [torch.from_numpy(((x - self.mean) / self.deviation)[:: self.stride]).float() for x in features]


def check(features: Features, labels: Sequence[str], what: str) -> None:
    """Raise ValueError unless there are utterances, one label for each, all of one width, finite and not empty."""
    if not len(features) or len(features) != len(labels):
        raise ValueError(f"{what}: {len(features)} utterances and {len(labels)} labels; each utterance needs one label")
    widths = {np.shape(x)[1:] for x in features}
    if len(widths) > 1 or np.ndim(features[0]) != 2:
        raise ValueError(f"{what}: features must be (frames, dims) with one width; the widths are {sorted(widths)}")
    for i, x in enumerate(features):
        if not len(x) or not np.isfinite(x).all():
            raise ValueError(f"{what}: utterance {i} is empty or has values that are not finite")


def pad(items: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Utterances (frames, dims) -> (batch, frames, dims) with zeros behind the end, and lengths (batch,)."""
    return nn.utils.rnn.pad_sequence(list(items), batch_first=True), torch.tensor([len(x) for x in items])


def crop(x: Tensor, frames: int, generator: torch.Generator) -> Tensor:
    """A random stretch of at most so many frames."""
    if len(x) <= frames:
        return x
    start = int(torch.randint(len(x) - frames + 1, (), generator=generator))
    return x[start : start + frames]


def buckets(lengths: Sequence[int], size: int, generator: torch.Generator) -> list[list[int]]:
    """Batches of about equal length in random order: sorted by length with a tenth of jitter, cut, shuffled."""
    jitter = 1 + 0.1 * torch.rand(len(lengths), generator=generator)
    ranked = torch.argsort(torch.tensor(lengths) * jitter)
    cut = list(torch.split(ranked, size))
    return [cut[i].tolist() for i in torch.randperm(len(cut), generator=generator)]


def ordered(lengths: Sequence[int], size: int) -> list[list[int]]:
    """Batches by rising length, for inference."""
    ranked = sorted(range(len(lengths)), key=lengths.__getitem__)
    return [ranked[i : i + size] for i in range(0, len(ranked), size)]


def frame_mask(lengths: Tensor, frames: int) -> Tensor:
    """(batch, frames, 1): one on the utterance, zero on its padding."""
    return (torch.arange(frames) < lengths[:, None]).unsqueeze(-1).float()


class BiGRU(nn.Module):
    """Recurrence in both directions that never sees padding: the second reads each utterance from its own end."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.ahead = nn.GRU(inputs, hidden, batch_first=True)
        self.back = nn.GRU(inputs, hidden, batch_first=True)

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """(batch, frames, inputs) -> (batch, frames, 2 hidden)."""
        steps = torch.arange(x.shape[1])
        turned = torch.where(steps < lengths[:, None], lengths[:, None] - 1 - steps, steps).unsqueeze(-1)
        back = self.back(x.gather(1, turned.expand(-1, -1, x.shape[2])))[0]
        return torch.cat([self.ahead(x)[0], back.gather(1, turned.expand(-1, -1, back.shape[2]))], 2)


class ConvBlock(nn.Module):
    """Masked convolution over frames, normalised within each frame, ReLU, dropout; (batch, frames, dims)."""

    def __init__(self, inputs: int, outputs: int, width: int, stride: int = 1, dropout: float = 0.1) -> None:
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, width, stride, padding=width // 2)
        self.norm, self.drop, self.stride = nn.LayerNorm(outputs), nn.Dropout(dropout), stride

    def forward(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Convolve ``x``, whose padding must be zero; returns the same with the new lengths."""
        y = self.conv(x.transpose(1, 2)).transpose(1, 2)
        lengths = (lengths + self.stride - 1) // self.stride
        return self.drop(torch.relu(self.norm(y))) * frame_mask(lengths, y.shape[1]), lengths


class AttentivePooling(nn.Module):
    """Mean and deviation over frames, weighted for each dim (Okabe et al. 2018, Interspeech, equations 5 and 6)."""

    def __init__(self, dims: int, hidden: int = 64) -> None:
        super().__init__()
        self.weight = nn.Sequential(nn.Linear(dims, hidden), nn.Tanh(), nn.Linear(hidden, dims))

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """(batch, frames, dims) -> (batch, 2 dims)."""
        there = frame_mask(lengths, x.shape[1]) > 0
        a = self.weight(x).masked_fill(~there, -torch.inf).softmax(1)
        mean = (a * x).sum(1)
        return torch.cat([mean, ((a * (x - mean[:, None]) ** 2).sum(1) + 1e-5).sqrt()], 1)


class SequenceNetwork(nn.Module):
    """Convolutions, recurrence in both directions, attentive pooling, a linear output.

    Args:
        dims: of the features.
        outputs: classes, or dims of an embedding.
        channels: of the convolutions.
        hidden: units of the recurrence in each direction.
        stride: of the second convolution.
        dropout: before the output; a half of it inside.
    """

    def __init__(
        self, dims: int, outputs: int, channels: int = 96, hidden: int = 64, stride: int = 1, dropout: float = 0.2
    ) -> None:
        super().__init__()
        self.front = ConvBlock(dims, channels, 5, 1, dropout / 2)
        self.middle = ConvBlock(channels, channels, 5, stride, dropout / 2)
        self.recurrence = BiGRU(channels, hidden)
        self.pooling = AttentivePooling(channels + 2 * hidden)
        pooled = 2 * (channels + 2 * hidden)
        self.out = nn.Sequential(nn.LayerNorm(pooled), nn.Dropout(dropout), nn.Linear(pooled, outputs))

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """(batch, frames, dims), (batch,) -> (batch, outputs)."""
        x, lengths = self.front(x * frame_mask(lengths, x.shape[1]), lengths)
        x, lengths = self.middle(x, lengths)
        output: Tensor = self.out(self.pooling(torch.cat([x, self.recurrence(x, lengths)], 2), lengths))
        return output
