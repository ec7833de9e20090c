"""Generators of a vocoder: log-mel to waveform, each telling how far it looks."""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, pad

from disentangle.speech.vocoder_options import VocoderOptions


def generator(options: VocoderOptions) -> "SpectralGenerator | HiFiGenerator":
    """The generator of a configuration.

    Raises:
        ValueError: a hop that HiFi-GAN's generator cannot be built for.
    """
    front, made = options.front_end, options.generator
    hop, width = round(front.hop * front.rate), round(front.window * front.rate)
    if made.kind == "hifigan":
        return HiFiGenerator(front.mels, hop, made.channels)
    return SpectralGenerator(front.mels, hop, width, made.channels, made.layers, made.causal)


class FrameBlock(nn.Module):
    """A convolution of each channel over frames, then two layers on each frame (Liu et al. 2022, 2201.03545).

    Args:
        channels: in and out.
        scale: of what is added, at first.
        causal: sees no frame that is to come.
    """

    WIDTH = 7

    def __init__(self, channels: int, scale: float, causal: bool) -> None:
        super().__init__()
        self.before = self.WIDTH - 1 if causal else self.WIDTH // 2
        self.over_time = nn.Conv1d(channels, channels, self.WIDTH, groups=channels)
        self.norm = nn.LayerNorm(channels)
        self.up, self.down = nn.Linear(channels, 3 * channels), nn.Linear(3 * channels, channels)
        self.scale = nn.Parameter(torch.full((channels,), scale))

    def forward(self, x: Tensor) -> Tensor:
        """(batch, frames, channels) -> the same."""
        y = pad(x.transpose(1, 2), (self.before, self.WIDTH - 1 - self.before))
        y = self.norm(self.over_time(y).transpose(1, 2))
        update: Tensor = self.scale * self.down(gelu(self.up(y)))
        return x + update


class SpectralGenerator(nn.Module):
    """Blocks at the rate of the frames, then magnitude and phase of each, which an inverse Fourier transform overlaps
    and adds (Kaneko et al. 2022, https://arxiv.org/abs/2203.02395; Siuzdak 2023, https://arxiv.org/abs/2306.00814).

    Args:
        mels: filters of the log-mel.
        hop: samples between frames.
        width: samples of a frame's window.
        channels: of the blocks.
        layers: blocks.
        causal: blocks see no frame that is to come.

    Raises:
        ValueError: windows that overlap by less than a half, between which nothing would sound.
    """

    window: Tensor

    def __init__(
        self, mels: int, hop: int, width: int, channels: int = 192, layers: int = 7, causal: bool = False
    ) -> None:
        super().__init__()
        if 2 * hop > width:
            raise ValueError(f"vocoder.front_end has a hop of {hop} samples, above half the window of {width}")
        self.hop, self.width, self.causal = hop, width, causal
        self.size = 1 << math.ceil(math.log2(width))
        self.front, self.norm = nn.Conv1d(mels, channels, FrameBlock.WIDTH), nn.LayerNorm(channels)
        self.blocks = nn.ModuleList(FrameBlock(channels, 1 / layers, causal) for _ in range(layers))
        self.last, self.out = nn.LayerNorm(channels), nn.Linear(channels, self.size + 2)
        self.register_buffer("window", torch.hann_window(width), persistent=False)

    @property
    def reach(self) -> tuple[int, int]:
        """Frames before and behind a frame on which its samples depend: what the convolutions see, and windows that
        overlap with its samples.
        """
        convs, widest = 1 + len(self.blocks), FrameBlock.WIDTH - 1
        half = (self.width - 1) // 2  # a Hann window begins with a zero
        before, behind = half // self.hop, (half + self.hop - 1) // self.hop
        if self.causal:
            return before + convs * widest, behind
        return before + convs * widest // 2, behind + convs * widest // 2

    def forward(self, x: Tensor) -> Tensor:
        """(batch, frames, mels) -> (batch, frames hop)."""
        widest = FrameBlock.WIDTH - 1
        before = widest if self.causal else widest // 2
        h = self.norm(self.front(pad(x.transpose(1, 2), (before, widest - before))).transpose(1, 2))
        for block in self.blocks:
            h = block(h)
        magnitude, phase = self.out(self.last(h)).transpose(1, 2).chunk(2, 1)
        with torch.autocast(x.device.type, enabled=False):
            magnitude, phase = (v if v.dtype == torch.float64 else v.float() for v in (magnitude, phase))
            spectrum = torch.polar(magnitude.clamp(max=6.0).exp(), phase)
            return torch.istft(spectrum, self.size, self.hop, self.width, self.window, length=x.shape[1] * self.hop)


class HiFiGenerator(nn.Module):
    """HiFi-GAN's generator (Kong et al. 2020, https://arxiv.org/abs/2010.05646, section 2.2), SpeechBrain's, with the
    paper's residual blocks; steps of the transposed convolutions follow from the hop.

    Args:
        mels: filters of the log-mel.
        hop: samples between frames.
        channels: before the first transposed convolution; each halves them. The paper's V1 has 512, V2 128.

    Raises:
        ValueError: a hop with a prime factor above 11, or too few channels to be halved so often.
    """

    KERNELS, DILATIONS, ENDS = (3, 7, 11), (1, 3, 5), 7
    SHORTEST = 12  # frames that the widest dilated convolution can reflect

    def __init__(self, mels: int, hop: int, channels: int = 128) -> None:
        super().__init__()
        from speechbrain.lobes.models.HifiGAN import HifiganGenerator

        self.hop, self.steps = hop, upsampling(hop)
        if channels % 2 ** len(self.steps):
            wanted = f"a multiple of {2 ** len(self.steps)} for a hop of {hop} samples"
            raise ValueError(f"vocoder.generator.channels should be {wanted}, but is {channels}")
        self.network = HifiganGenerator(
            mels,
            1,
            "1",
            [list(self.DILATIONS)] * len(self.KERNELS),
            list(self.KERNELS),
            [self.kernel(step) for step in self.steps],
            channels,
            list(self.steps),
        )

    @staticmethod
    def kernel(step: int) -> int:
        """Width of a transposed convolution: twice the step, and one more where the step is odd."""
        return 2 * step + step % 2

    @property
    def reach(self) -> tuple[int, int]:
        """Frames before and behind a frame on which its samples depend, found by going back layer by layer."""
        ends = self.ENDS // 2
        blocks = sum((max(self.KERNELS) - 1) // 2 * (dilation + 1) for dilation in self.DILATIONS)
        first, last = -ends, self.hop - 1 + ends
        for step in reversed(self.steps):
            kernel = self.kernel(step)
            cut = (kernel - step) // 2
            first = math.ceil((first - blocks + cut - kernel + 1) / step)
            last = math.floor((last + blocks + cut) / step)
        return ends - first, last + ends

    def forward(self, x: Tensor) -> Tensor:
        """(batch, frames, mels) -> (batch, frames hop)."""
        missing = max(0, self.SHORTEST - x.shape[1])
        longer = torch.cat([x, x[:, -1:].expand(-1, missing, -1)], 1)
        wave: Tensor = self.network(longer.transpose(1, 2))
        return wave.squeeze(1)[:, : x.shape[1] * self.hop]


def upsampling(hop: int) -> tuple[int, ...]:
    """Steps whose product is the hop, the largest first: its prime factors, twos in pairs.

    Raises:
        ValueError: a factor above 11.

    Example:
        >>> upsampling(200), upsampling(256)
        ((5, 5, 4, 2), (4, 4, 4, 4))
    """
    steps, left = [], hop
    for factor in (4, 2, 3, 5, 7, 11):
        while left % factor == 0:
            steps.append(factor)
            left //= factor
    if left > 1:
        raise ValueError(f"vocoder.front_end.hop is {hop} samples, whose factor {left} is above 11")
    return tuple(sorted(steps, reverse=True))
