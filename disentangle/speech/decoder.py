"""Content of one, speaker of another: a decoder from codes and a speaker vector to a distribution of log-mels."""

import torch
from torch import Tensor, nn

from disentangle.speech.masking import Conv, FrameNorm, frame_mask


class ModulatedBlock(nn.Module):
    """Residual block whose normalised channels the speaker scales and shifts (FiLM, Perez et al. 2018, 1709.07871)."""

    def __init__(self, channels: int, speaker: int) -> None:
        super().__init__()
        self.first, self.second = Conv(channels, channels, 5), Conv(channels, channels, 3)
        self.norm = FrameNorm(channels)
        self.modulation = nn.Linear(speaker, 2 * channels)

    def forward(self, x: Tensor, mask: Tensor, speaker: Tensor) -> Tensor:
        """(batch, channels, frames), (batch, speaker) -> the first shape."""
        scale, shift = self.modulation(speaker).unsqueeze(2).chunk(2, 1)
        y = (1 + scale) * self.norm(self.first(x, mask), mask) + shift
        update: Tensor = self.second(torch.relu(y), mask)
        return x + update


class Decoder(nn.Module):
    """Gaussian over log-mels given codes and a speaker vector: its mean alone would be speech without breath or noise.

    Args:
        dims: of a frame's code.
        speaker: dims of the speaker vector.
        mels: filters of the log-mel.
        channels: of the convolutions.
        layers: residual blocks.
    """

    def __init__(self, dims: int, speaker: int, mels: int, channels: int = 128, layers: int = 3) -> None:
        super().__init__()
        self.front = Conv(dims, channels, 3)
        self.speaker = nn.Sequential(nn.Linear(speaker, channels), nn.ReLU())
        self.blocks = nn.ModuleList(ModulatedBlock(channels, channels) for _ in range(layers))
        self.norm, self.out = FrameNorm(channels), Conv(channels, 2 * mels, 1)

    def forward(self, code: Tensor, lengths: Tensor, speaker: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, frames, dims), (batch,), (batch, speaker) -> mean and deviation, (batch, frames, mels) each."""
        mask = frame_mask(lengths, code.shape[1])
        s = self.speaker(speaker * speaker.shape[1] ** 0.5)
        h = self.front(code.transpose(1, 2), mask)
        for block in self.blocks:
            h = block(h, mask, s)
        out: Tensor = self.out(torch.relu(self.norm(h, mask)), mask).transpose(1, 2)
        mean, deviation = out.float().chunk(2, 2) if out.dtype == torch.bfloat16 else out.chunk(2, 2)
        return mean, (deviation - 1).clamp(-4, 1).exp()
