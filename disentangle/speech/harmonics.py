"""What the harmonics of a voice look like in a log-mel, so that the decoder need not learn where they lie."""

import torch
from torch import Tensor, nn

from disentangle.speech.contour import COLUMNS, HEIGHT, REFERENCE
from disentangle.speech.front_end import FrontEnd

LOW, HIGH = -1.5, 2.5  # octaves about the contour's reference
STEPS = 48  # of an octave
BREATH = 0.05  # of a filter's mean magnitude: noise fills the valleys


class Harmonics(nn.Module):
    """A contour as log-mels of harmonics of one strength, which is the part of a source-filter model that a contour
    knows (Fant 1960, as the excitation in Wang et al. 2019, https://arxiv.org/abs/1904.12088).

    Args:
        front_end: of the log-mels.
    """

    ripples: Tensor

    def __init__(self, front_end: FrontEnd) -> None:
        super().__init__()
        self.register_buffer("ripples", ripples(front_end), persistent=False)

    @property
    def width(self) -> int:
        """Columns that come out."""
        return self.ripples.shape[1] + COLUMNS - 1

    def forward(self, told: Tensor) -> Tensor:
        """Contour (batch, frames, COLUMNS) -> harmonics where voiced, all but the height (batch, frames, width)."""
        octaves, voiced = told[..., 0] + told[..., HEIGHT], told[..., 1:2] * told[..., 2:3]
        row = ((octaves - LOW) * STEPS).clamp(0, len(self.ripples) - 1.001)
        below, share = row.long(), row.frac().unsqueeze(-1)
        here = (1 - share) * self.ripples[below] + share * self.ripples[below + 1]
        return torch.cat([here * voiced, told[..., :HEIGHT]], -1)


def ripples(front_end: FrontEnd) -> Tensor:
    """Log-mels of harmonics of one strength, (heights, mels), each filter's mean over all heights taken off."""
    rate, half = front_end.options.rate, front_end.options.rate / 2
    t = torch.arange(2 * front_end.size) / rate
    rows = []
    for octave in torch.arange(LOW, HIGH + 1 / STEPS, 1 / STEPS).tolist():
        f0 = REFERENCE * 2**octave
        wave = torch.cos(2 * torch.pi * f0 * torch.arange(1, int(half / f0) + 1)[:, None] * t).sum(0)
        rows.append(f0 * front_end.analysed(wave).exp().mean(0))  # as loud at every height
    magnitudes = torch.stack(rows)
    found = (magnitudes / magnitudes.mean(0) + BREATH).log()
    return found - found.mean(0)
