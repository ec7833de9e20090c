"""Measures of log-mels over the frames that are there, for the games of speech."""

from typing import Protocol

import torch
from torch import Tensor


class Distribution(Protocol):
    """What a decoder answers: log-mels (batch, frames, mels), of which one can be drawn."""

    @property
    def mean(self) -> Tensor:
        """(batch, frames, mels)."""

    def sample(self) -> Tensor:
        """(batch, frames, mels), differentiable."""

    def surprise(self, x: Tensor) -> Tensor:
        """(batch, frames) negative log-likelihood."""


def at_frames(x: Tensor, frames: Tensor) -> Tensor:
    """Of (batch, frames, dims) the frames (batch, frames) asked for."""
    return x.gather(1, frames.unsqueeze(2).expand(-1, -1, x.shape[2]))


def as_high_as(told: Tensor, others: Tensor) -> Tensor:
    """Contours (batch, frames, columns) at the height, their last column, of others; without columns as they are."""
    return torch.cat([told[:, :, :-1], others[:, :1, -1:].expand(-1, told.shape[1], -1)], 2)


def over_frames(x: Tensor, lengths: Tensor) -> Tensor:
    """The mean of (batch, frames) over the frames that are there."""
    there = torch.arange(x.shape[1], device=x.device) < lengths[:, None]
    return (x * there).sum() / there.sum()


def mel_error(y: Distribution, x: Tensor, lengths: Tensor) -> Tensor:
    """Absolute error of the mean plus surprise, averaged over the frames that are there; x (batch, frames, mels)."""
    return over_frames((y.mean - x).abs().mean(2) + y.surprise(x), lengths)


def moments(x: Tensor, lengths: Tensor) -> tuple[Tensor, ...]:
    """Mean, deviation and covariance over time of (batch, frames, mels): (batch, mels) twice, (batch, mels, mels).

    Errors that are averaged over frames leave speech that moves too little; its moments tell (global variance, Toda
    and Tokuda 2007, IEICE E90-D(5)).
    """
    with torch.autocast(x.device.type, enabled=False):
        there = (torch.arange(x.shape[1], device=x.device) < lengths[:, None]).unsqueeze(2)
        x, count = x if x.dtype == torch.float64 else x.float(), lengths[:, None, None]
        mean = (x * there).sum(1, keepdim=True) / count
        centred = (x - mean) * there
        covariance = centred.transpose(1, 2) @ centred / count
        return mean.squeeze(1), (covariance.diagonal(dim1=1, dim2=2) + 1e-4).sqrt(), covariance


def distance(a: tuple[Tensor, ...], b: tuple[Tensor, ...]) -> Tensor:
    """Sum of the mean absolute differences of two sets of moments."""
    return torch.stack([(p - q).abs().mean() for p, q in zip(a, b, strict=True)]).sum()
