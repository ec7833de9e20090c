"""Content of one, speaker of another: a decoder from codes and a speaker vector to a distribution of log-mels."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from disentangle.speech.contour import COLUMNS
from disentangle.speech.harmonics import Harmonics
from disentangle.speech.masking import Conv, FrameNorm, frame_mask


@dataclass(frozen=True)
class LogMels:
    """Gaussian over log-mels, frames independent, filters correlated alike in all of them.

    Args:
        mean: (batch, frames, mels).
        deviation: (batch, frames, mels).
        whitening: (mels, mels) lower triangular; it makes standardised filters independent.
    """

    mean: Tensor
    deviation: Tensor
    whitening: Tensor

    def sample(self, generator: torch.Generator | None = None, temperature: float = 1.0) -> Tensor:
        """One log-mel (batch, frames, mels), differentiable in everything; deviations times the temperature."""
        noise = torch.randn(self.mean.shape, generator=generator, dtype=self.mean.dtype, device=self.mean.device)
        colour: Tensor = torch.linalg.solve_triangular(self.whitening, noise.flatten(0, 1).T, upper=False)
        return self.mean + temperature * self.deviation * colour.T.reshape(noise.shape)

    def surprise(self, x: Tensor) -> Tensor:
        """Negative log-likelihood of each frame (batch, frames), a filter's share of it, but for log(2 pi) / 2."""
        with torch.autocast(x.device.type, enabled=False):  # the sum of squares of what is nearly white needs float32
            white = (x - self.mean) / self.deviation @ self.whitening.T
            scale = self.deviation.log().sum(2) - self.whitening.diagonal().log().sum()
            return ((white**2).sum(2) / 2 + scale) / x.shape[2]


class ModulatedBlock(nn.Module):
    """Residual block whose normalised channels the speaker scales and shifts (FiLM, Perez et al. 2018, 1709.07871)."""

    def __init__(self, channels: int, speaker: int, causal: bool = False) -> None:
        super().__init__()
        self.first, self.second = Conv(channels, channels, 5, causal), Conv(channels, channels, 3, causal)
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
        causal: no code that is to come is seen.
        told: what is seen of a contour that stands behind each code; None: none does.
    """

    def __init__(
        self,
        dims: int,
        speaker: int,
        mels: int,
        channels: int = 128,
        layers: int = 3,
        *,
        causal: bool = False,
        told: Harmonics | None = None,
    ) -> None:
        super().__init__()
        self.said, self.told, self.dims = dims, told, dims + (COLUMNS if told else 0)
        self.front = Conv(dims + (told.width if told else 0), channels, 3, causal)
        self.speaker = nn.Sequential(nn.Linear(speaker, channels), nn.ReLU())
        self.blocks = nn.ModuleList(ModulatedBlock(channels, channels, causal) for _ in range(layers))
        self.norm, self.out = FrameNorm(channels), Conv(channels, 2 * mels, 1)
        self.correlation = nn.Parameter(torch.zeros(mels, mels))

    def forward(self, code: Tensor, lengths: Tensor, speaker: Tensor) -> LogMels:
        """Codes (batch, frames, dims) with their contours, lengths (batch,), speaker vectors (batch, speaker)."""
        mask = frame_mask(lengths, code.shape[1])
        if self.told is not None:
            code = torch.cat([code[..., : self.said], self.told(code[..., self.said :])], -1)
        s = self.speaker(speaker * speaker.shape[1] ** 0.5)
        h = self.front(code.transpose(1, 2), mask)
        for block in self.blocks:
            h = block(h, mask, s)
        out: Tensor = self.out(torch.relu(self.norm(h, mask)), mask).transpose(1, 2).type_as(self.correlation)
        mean, deviation = out.chunk(2, 2)
        whitening = self.correlation.tril(-1) + self.correlation.diagonal().exp().diag()
        return LogMels(mean, (deviation - 1).clamp(-4, 1).exp(), whitening)
