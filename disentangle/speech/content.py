"""What was said: a content encoder whose normalisation and bottleneck leave little room for who said it."""

import torch
from torch import Tensor, nn

from disentangle.speech.bottleneck import Bottleneck
from disentangle.speech.masking import Conv, FrameNorm, InstanceNorm, frame_mask, instance_norm


class ContentBlock(nn.Module):
    """Residual block: two convolutions, each normalised over time (or within the frame)."""

    def __init__(self, channels: int, over_time: bool, causal: bool = False) -> None:
        super().__init__()
        self.first, self.second = Conv(channels, channels, 5, causal), Conv(channels, channels, 3, causal)
        self.norms = nn.ModuleList(InstanceNorm() if over_time else FrameNorm(channels) for _ in range(2))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(batch, channels, frames) -> the same."""
        y = torch.relu(self.norms[0](self.first(x, mask), mask))
        return x + torch.relu(self.norms[1](self.second(y, mask), mask))


class ContentEncoder(nn.Module):
    """Log-mel to one code for each frame; instance norm as in AdaIN-VC (Chou et al. 2019,
    https://arxiv.org/abs/1904.05742), then a bottleneck.

    Args:
        mels: filters of the log-mel.
        bottleneck: from dims values a frame to what is released of them.
        channels: of the convolutions.
        layers: residual blocks.
        over_time: instance norm; otherwise layer norm within the frame.
        erased: what the bottleneck releases passes an affine map, which is none until `erase` sets it.
        causal: no frame that is to come is seen.
    """

    linear: Tensor
    offset: Tensor

    def __init__(
        self,
        mels: int,
        bottleneck: Bottleneck,
        channels: int = 128,
        layers: int = 3,
        over_time: bool = True,
        erased: bool = False,
        causal: bool = False,
    ) -> None:
        super().__init__()
        self.over_time, self.bottleneck, self.erased = over_time, bottleneck, erased
        if erased:
            self.register_buffer("linear", torch.eye(bottleneck.dims))
            self.register_buffer("offset", torch.zeros(bottleneck.dims))
        self.front = Conv(mels, channels, 5, causal)
        self.blocks = nn.ModuleList(ContentBlock(channels, over_time, causal) for _ in range(layers))
        self.out = Conv(channels, bottleneck.dims, 1)

    def forward(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Log-mel (batch, frames, mels), (batch,) -> code (batch, frames, dims) and the commitment loss."""
        return self.released(self.unlimited(x, lengths), frame_mask(lengths, x.shape[1]).transpose(1, 2))

    def released(self, z: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """What the bottleneck is given (batch, frames, dims), (batch, frames, 1) -> code and the commitment loss."""
        code, commitment = self.bottleneck(z, mask)
        return self.without_erased(code) * mask, commitment

    def without_erased(self, code: Tensor) -> Tensor:
        """The affine map that `erase` has set, if any, of (batch, frames, dims)."""
        return code @ self.linear.T + self.offset if self.erased else code

    @torch.no_grad()
    def erase(self, linear: Tensor, offset: Tensor) -> None:
        """From now on release ``linear @ code + offset``, (dims, dims) and (dims,)."""
        self.linear.copy_(linear)
        self.offset.copy_(offset)

    def unlimited(self, x: Tensor, lengths: Tensor) -> Tensor:
        """What the bottleneck is given, (batch, frames, dims)."""
        mask = frame_mask(lengths, x.shape[1])
        h = x.transpose(1, 2)
        h = torch.relu(self.front(instance_norm(h, mask) if self.over_time else h, mask))
        for block in self.blocks:
            h = block(h, mask)
        h = self.out(h, mask)
        return (instance_norm(h, mask) if self.over_time else h).transpose(1, 2)
