"""What reads a code during training: pair critics and a speaker classifier to fool, letters and labels to serve."""

import math

import torch
from torch import Tensor, nn

from disentangle.speech.masking import Conv, FrameNorm, frame_mask, moments


class Pooled(nn.Module):
    """Two convolutions over a code, then mean and deviation over time; (batch, 2 channels)."""

    def __init__(self, dims: int, channels: int) -> None:
        super().__init__()
        self.first, self.second = Conv(dims, channels, 5), Conv(channels, channels, 5)
        self.norms = nn.ModuleList([FrameNorm(channels), FrameNorm(channels)])

    def forward(self, code: Tensor, lengths: Tensor) -> Tensor:
        """(batch, frames, dims), (batch,) -> (batch, 2 channels)."""
        mask = frame_mask(lengths, code.shape[1])
        h = torch.relu(self.norms[0](self.first(code.transpose(1, 2), mask), mask))
        h = torch.relu(self.norms[1](self.second(h, mask), mask))
        mean, variance = moments(h, mask)
        return torch.cat([mean, (variance + 1e-4).sqrt()], 1).squeeze(2)


class PairCritic(nn.Module):
    """Same or different speaker, from two codes: symmetric in them.

    Args:
        dims: of a frame's code.
        channels: of the convolutions.
    """

    def __init__(self, dims: int, channels: int = 128) -> None:
        super().__init__()
        self.embed = Pooled(dims, channels)
        self.same = nn.Sequential(nn.Linear(4 * channels, channels), nn.ReLU(), nn.Linear(channels, 1))

    def forward(self, code: Tensor, lengths: Tensor, first: Tensor, second: Tensor) -> Tensor:
        """Codes (batch, frames, dims) and the indices of each pair (pairs,) -> logits (pairs,): one speaker."""
        e = self.embed(code, lengths)
        a, b = e[first], e[second]
        logits: Tensor = self.same(torch.cat([(a - b).abs(), a * b], 1))
        return logits.squeeze(1)


class CodeClassifier(nn.Module):
    """Class of an utterance from its code: the speaker, to be fooled, or a label, to be served.

    Args:
        dims: of a frame's code.
        classes: number of classes.
        channels: of the convolutions.
    """

    def __init__(self, dims: int, classes: int, channels: int = 128) -> None:
        super().__init__()
        self.embed, self.out = Pooled(dims, channels), nn.Linear(2 * channels, classes)

    def forward(self, code: Tensor, lengths: Tensor) -> Tensor:
        """(batch, frames, dims), (batch,) -> logits (batch, classes)."""
        logits: Tensor = self.out(self.embed(code, lengths))
        return logits


class VectorDensity(nn.Module):
    """Diagonal Gaussian of an utterance's speaker vector given its code, what vCLUB's bound is made of.

    Args:
        dims: of a frame's code.
        speaker: dims of the speaker vector.
        channels: of the convolutions.
    """

    def __init__(self, dims: int, speaker: int, channels: int = 128) -> None:
        super().__init__()
        self.embed, self.out = Pooled(dims, channels), nn.Linear(2 * channels, 2 * speaker)

    def forward(self, code: Tensor, lengths: Tensor, vectors: Tensor) -> Tensor:
        """(batch, frames, dims), (batch,), (batch, speaker) -> log-density (batch,), a dim's share of it."""
        mean, spread = self.out(self.embed(code, lengths)).chunk(2, 1)
        spread = 3 * torch.tanh(spread)  # log-variance within e^±3, so that no vector is infinitely unlikely
        scaled = (vectors * vectors.shape[1] ** 0.5 - mean) ** 2 / spread.exp()
        density: Tensor = -(scaled + spread).mean(1) / 2
        return density


class Letters(nn.Module):
    """Letters from a code by connectionist temporal classification (Graves et al. 2006); the blank is 0.

    Args:
        dims: of a frame's code.
        letters: size of the alphabet.
        channels: of the convolution.
    """

    def __init__(self, dims: int, letters: int, channels: int = 128) -> None:
        super().__init__()
        self.front, self.norm, self.out = Conv(dims, channels, 9), FrameNorm(channels), Conv(channels, letters + 1, 1)

    def forward(self, code: Tensor, lengths: Tensor) -> Tensor:
        """(batch, frames, dims), (batch,) -> log-probabilities (batch, frames, letters + 1)."""
        mask = frame_mask(lengths, code.shape[1])
        logits: Tensor = self.out(torch.relu(self.norm(self.front(code.transpose(1, 2), mask), mask)), mask)
        return logits.transpose(1, 2).log_softmax(2)


class AngularMargin(nn.Module):
    """Additive angular margin softmax over the training speakers (Deng et al. 2019,
    https://arxiv.org/abs/1801.07698, equation 3).

    Args:
        dims: of the speaker vector.
        speakers: number of training speakers.
        margin: in radians.
        scale: of the cosines.
    """

    def __init__(self, dims: int, speakers: int, margin: float = 0.2, scale: float = 25.0) -> None:
        super().__init__()
        self.directions = nn.Parameter(torch.randn(speakers, dims) / math.sqrt(dims))
        self.margin, self.scale = margin, scale

    def forward(self, vectors: Tensor, speaker: Tensor) -> Tensor:
        """Unit vectors (batch, dims), speaker (batch,) -> the loss."""
        cosines = (vectors @ nn.functional.normalize(self.directions).T).clamp(-1 + 1e-6, 1 - 1e-6)
        chosen = nn.functional.one_hot(speaker, len(self.directions)).bool()
        return nn.functional.cross_entropy(
            self.scale * torch.where(chosen, torch.cos(torch.acos(cosines) + self.margin), cosines), speaker
        )
