"""What limits the information of a frame: nothing, a codebook, or noise that is released with it."""

import torch
from torch import Tensor, nn


class Bottleneck(nn.Module):
    """No limit but the number of dims.

    Args:
        dims: of a frame's code.
    """

    def __init__(self, dims: int) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, z: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, frames, dims), (batch, frames, 1) -> what is released, and a loss that keeps z near it."""
        return z * mask, z.new_zeros(())


class NoiseBottleneck(Bottleneck):
    """Gaussian noise on every value; the squared mean is the price (information, Alemi et al. 2017, 1612.00410).

    Args:
        dims: of a frame's code.
        noise: deviation of the noise.
    """

    def __init__(self, dims: int, noise: float = 1.0) -> None:
        super().__init__(dims)
        self.noise = noise

    def forward(self, z: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """The noise is drawn in evaluation as well, because what is released is what is attacked."""
        price = (z**2 * mask).sum() / mask.sum() / self.dims
        return self.noised(z, torch.randn_like(z)) * mask, price

    def noised(self, z: Tensor, drawn: Tensor) -> Tensor:
        """With standard normal noise that somebody else has drawn, of z's shape."""
        return z + self.noise * drawn


class VectorQuantizer(Bottleneck):
    """Nearest of a codebook that follows the frames by moving averages (van den Oord et al. 2017,
    https://arxiv.org/abs/1711.00937, appendix A.1); codes that nobody uses start again at a frame.

    Args:
        dims: of a frame's code.
        codes: size of the codebook.
        decay: of the moving averages.
        dead: share of the average use below which a code starts again.
    """

    codebook: Tensor
    use: Tensor
    sums: Tensor

    def __init__(self, dims: int, codes: int, decay: float = 0.98, dead: float = 0.03) -> None:
        super().__init__(dims)
        self.decay, self.dead = decay, dead
        start = torch.randn(codes, dims)
        self.register_buffer("codebook", start)
        self.register_buffer("use", torch.ones(codes))
        self.register_buffer("sums", start.clone())

    def nearest(self, z: Tensor) -> Tensor:
        """(..., dims) -> (...) index of the nearest code."""
        distance = (self.codebook**2).sum(1) - 2 * z @ self.codebook.T
        return distance.argmin(-1)

    def forward(self, z: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """The nearest code; the gradient passes straight through."""
        index = self.nearest(z)
        code = nn.functional.embedding(index, self.codebook)
        commitment = (((z - code) ** 2) * mask).sum() / mask.sum() / self.dims
        if self.training:
            there = mask.squeeze(2) > 0
            self._follow(z[there].detach(), index[there])
        return (z + (code - z).detach()) * mask, commitment

    @torch.no_grad()
    def _follow(self, frames: Tensor, index: Tensor) -> None:
        chosen = nn.functional.one_hot(index, len(self.codebook)).type_as(frames)
        counts = torch.cat([chosen.sum(0)[:, None], chosen.T @ frames], 1)
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            torch.distributed.all_reduce(counts)
        self.use.lerp_(counts[:, 0], 1 - self.decay)
        self.sums.lerp_(counts[:, 1:], 1 - self.decay)
        restart = self.use < self.dead * self.use.mean()
        drawn = frames[torch.randint(len(frames), (len(self.use),), device=frames.device)]
        self.sums.copy_(torch.where(restart[:, None], drawn, self.sums))
        self.use.masked_fill_(restart, 1.0)
        self.codebook.copy_(self.sums / self.use[:, None])
