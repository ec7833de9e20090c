"""Critics of waveforms: by periods, by spectra at several resolutions, and HiFi-GAN's own."""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu, pad
from torch.nn.utils.parametrizations import weight_norm

from disentangle.speech.vocoder_options import CriticsOptions

PERIODS = (2, 3, 5, 7, 11)
SPECTRA = (256, 512, 1024)  # samples of a window
SHORTEST = 4096  # samples, below which HiFi-GAN's critics have nothing left to reflect at their ends
SLOPE = 0.1

Judgement = tuple[list[Tensor], list[Tensor]]


def critics(options: CriticsOptions) -> nn.Module:
    """The critics of a configuration: waves (batch, samples) -> logits of each, and features of all layers."""
    if options.kind == "hifigan":
        return HiFiCritics()
    periods = [PeriodCritic(period, options.channels) for period in PERIODS[: options.periods]]
    return CriticsTogether(*periods, *(SpectrumCritic(size, options.channels) for size in SPECTRA[: options.spectra]))


class CriticsTogether(nn.Module):
    """Several critics, each of which hears the same wave."""

    def __init__(self, *members: nn.Module) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, x: Tensor) -> Judgement:
        """(batch, samples) -> logits of each critic, features of all their layers."""
        found = [member(x) for member in self.members]
        return [logits for logits, _ in found], [feature for _, features in found for feature in features]


class PeriodCritic(nn.Module):
    """Every so many samples under one another (Kong et al. 2020, https://arxiv.org/abs/2010.05646, section 2.3).

    Args:
        period: in samples.
        channels: of the first convolution; the last has eight times as many.
    """

    def __init__(self, period: int, channels: int) -> None:
        super().__init__()
        self.period, widths = period, (1, channels, 2 * channels, 4 * channels, 8 * channels)
        self.convs = nn.ModuleList(weight_norm(nn.Conv2d(a, b, (5, 1), (3, 1), (2, 0))) for a, b in pairwise(widths))
        self.out = weight_norm(nn.Conv2d(widths[-1], 1, (3, 1), 1, (1, 0)))

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """(batch, samples) -> logits (batch, 1, steps, period), features."""
        x = pad(x, (0, -x.shape[1] % self.period))
        return judged(x.view(len(x), 1, -1, self.period), self.convs, self.out)


class SpectrumCritic(nn.Module):
    """Log-magnitudes at one resolution (Jang et al. 2021, https://arxiv.org/abs/2106.07889, section 2.2), each
    frequency a channel of convolutions over time, which costs a CPU a tenth of convolutions over both.

    Args:
        size: samples of the window; a quarter of it is the hop.
        channels: an eighth of those of every convolution.
    """

    window: Tensor

    def __init__(self, size: int, channels: int) -> None:
        super().__init__()
        self.size, widths = size, (size // 2 + 1, *(8 * channels,) * 4)
        self.register_buffer("window", torch.hann_window(size), persistent=False)
        self.convs = nn.ModuleList(
            weight_norm(nn.Conv1d(a, b, 5, step, 2))
            for (a, b), step in zip(pairwise(widths), (1, 2, 1, 1), strict=True)
        )
        self.out = weight_norm(nn.Conv1d(widths[-1], 1, 3, 1, 1))

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """(batch, samples) -> logits (batch, 1, steps), features."""
        with torch.autocast(x.device.type, enabled=False):
            x = x if x.dtype == torch.float64 else x.float()
            spectrum = torch.stft(
                x, self.size, self.size // 4, window=self.window, pad_mode="constant", return_complex=True
            )
            magnitudes = (spectrum.real.square() + spectrum.imag.square() + 1e-8).log() / 2
        return judged(magnitudes, self.convs, self.out)


def judged(x: Tensor, convs: nn.ModuleList, out: nn.Module) -> tuple[Tensor, list[Tensor]]:
    """(batch, channels, ...) through leaky convolutions: logits and what each convolution made."""
    features = []
    for conv in convs:
        x = leaky_relu(conv(x), SLOPE)
        features.append(x)
    return out(x), features


class HiFiCritics(nn.Module):
    """HiFi-GAN's five period and three scale critics, SpeechBrain's: 70 million weights, for a GPU."""

    def __init__(self) -> None:
        super().__init__()
        from speechbrain.lobes.models.HifiGAN import HifiganDiscriminator

        self.network = HifiganDiscriminator()

    def forward(self, x: Tensor) -> Judgement:
        """(batch, samples) -> logits of each critic, features of all their layers but the last."""
        x = pad(x, (0, max(0, SHORTEST - x.shape[1])))
        logits, features = self.network(x.unsqueeze(1))
        return logits, [feature for layers in features for feature in layers[:-1]]
