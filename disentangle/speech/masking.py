"""Layers over frames for which padding does not exist: (batch, channels, frames) with a mask of ones and zeros."""

import torch
from torch import Tensor, nn


def frame_mask(lengths: Tensor, frames: int) -> Tensor:
    """(batch,) lengths -> (batch, 1, frames): one on the utterance, zero on its padding."""
    steps = torch.arange(frames, device=lengths.device)
    return (steps < lengths[:, None]).unsqueeze(1).float()


def moments(x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and variance over the utterance's frames, each (batch, channels, 1)."""
    count = mask.sum(2, keepdim=True).clamp(min=1)
    mean = (x * mask).sum(2, keepdim=True) / count
    return mean, (((x - mean) * mask) ** 2).sum(2, keepdim=True) / count


def instance_norm(x: Tensor, mask: Tensor) -> Tensor:
    """Mean 0 and deviation 1 over an utterance's frames (Ulyanov et al. 2016, https://arxiv.org/abs/1607.08022)."""
    mean, variance = moments(x, mask)
    return (x - mean) * (variance + 1e-5).rsqrt() * mask


class FrameNorm(nn.Module):
    """Layer normalisation of each frame over its channels."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(channels)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(batch, channels, frames) -> the same."""
        y: Tensor = self.norm(x.transpose(1, 2)).transpose(1, 2)
        return y * mask


class InstanceNorm(nn.Module):
    """Instance normalisation as a layer without parameters."""

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(batch, channels, frames) -> the same."""
        return instance_norm(x, mask)


class Conv(nn.Module):
    """Convolution over frames that keeps their number and sees zeros behind the end; a causal one no frame to come."""

    def __init__(self, inputs: int, outputs: int, width: int = 5, causal: bool = False) -> None:
        super().__init__()
        self.before = width - 1 if causal else 0
        self.conv = nn.Conv1d(inputs, outputs, width, padding=0 if causal else width // 2)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(batch, inputs, frames) -> (batch, outputs, frames)."""
        y: Tensor = self.conv(nn.functional.pad(x * mask, (self.before, 0)) if self.before else x * mask)
        return y * mask


def context(network: nn.Module) -> int:
    """Frames before a frame on which it depends, in a network of causal convolutions one after the other."""
    return sum(part.before for part in network.modules() if isinstance(part, Conv))
