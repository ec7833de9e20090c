"""Small convolutional networks of pictures: generators, critics, encoders, classifiers; widths come from outside."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrize import is_parametrized

from disentangle.adversarial.spectral import spectral_norm

Norm = Literal["none", "batch", "instance", "spectral"]
SMALLEST, LARGEST = 4, 7  # pixels of the coarsest level


def levels(size: int) -> int:
    """How often pictures of so many pixels are halved until 4 to 7 are left.

    Raises:
        ValueError: a size that gets odd on the way, or a smaller one.

    Example:
        >>> levels(28), levels(32), levels(64)
        (2, 3, 4)
    """
    side, count = size, 0
    while side > LARGEST and side % 2 == 0:
        side, count = side // 2, count + 1
    if not (SMALLEST <= side <= LARGEST and count):
        raise ValueError(f"pictures of {size} x {size} cannot be halved down to 4 to 7 pixels. Take 28, 32 or 64.")
    return count


def trunk(size: int, colours: int, channels: int, hidden: int, norm: Norm = "none", dropout: float = 0.0) -> nn.Module:
    """Pictures (batch, colours, size, size) -> features (batch, hidden), by level1, level2, ..., hidden.

    Args:
        size: pixels.
        colours: channels of the pictures.
        channels: of level1; twice as many at each further one.
        hidden: width of the last layer.
        norm: "batch" stands after every convolution but the first, "instance" before the first one and after every
            other, "spectral" is of all weights. The hidden layer has none: batch norm there would give real and made
            batches one mean, and a critic nothing to go by.
        dropout: before the last layer.
    """
    blocks: OrderedDict[str, nn.Module] = OrderedDict()
    before, side = colours, size
    for level in range(levels(size)):
        width, side = channels * 2**level, side // 2
        bare = not level or norm in ("none", "spectral")
        norms = [] if bare else [_norm(norm, width)]
        conv = nn.Conv2d(before, width, 4, 2, 1, bias=bare)
        first = [nn.InstanceNorm2d(colours)] if norm == "instance" and not level else []
        blocks[f"level{level + 1}"] = nn.Sequential(*first, conv, *norms, nn.LeakyReLU(0.1))
        before = width
    last = nn.Linear(before * side**2, hidden)
    blocks["hidden"] = nn.Sequential(nn.Flatten(), nn.Dropout(dropout), last, nn.LeakyReLU(0.1))
    made = nn.Sequential(blocks)
    return spectral_norm(made) if norm == "spectral" else made


def _norm(norm: Norm, width: int) -> nn.Module:
    return nn.BatchNorm2d(width) if norm == "batch" else nn.InstanceNorm2d(width, affine=True)


def pooled(colours: int, channels: int, norm: Norm = "none", dropout: float = 0.0) -> nn.Sequential:
    """Pictures (batch, colours, size, size) -> features (batch, `pooled_width`), by two convolutions and two poolings.

    The feature extractor that Ganin et al. 2016, https://arxiv.org/abs/1505.07818, figure 4a, drew for MNIST, with 32
    channels.

    Args:
        colours: channels of the pictures.
        channels: of the first convolution; half as many again of the second.
        norm: "batch" stands after every convolution, "instance" before the first one and after every one.
        dropout: after the last pooling.
    """
    parts: list[nn.Module] = [nn.InstanceNorm2d(colours)] if norm == "instance" else []
    before = colours
    for width in (channels, channels * 3 // 2):
        norms: list[nn.Module] = [] if norm == "none" else [_norm(norm, width)]
        parts += [nn.Conv2d(before, width, 5, bias=not norms), *norms, nn.ReLU(), nn.MaxPool2d(2)]
        before = width
    return nn.Sequential(*parts, nn.Dropout(dropout), nn.Flatten())


def pooled_width(size: int, channels: int) -> int:
    """Numbers of the features that `pooled` makes.

    Raises:
        ValueError: pictures that the poolings do not divide.

    Example:
        >>> pooled_width(28, 32)
        768
    """
    if size % 4 or size < 16:
        raise ValueError(f"pictures of {size} x {size} cannot be pooled twice. Take a multiple of 4, 16 or more.")
    return channels * 3 // 2 * ((size - 4) // 2 - 4) ** 2 // 4


def small(network: nn.Module) -> nn.Module:
    """Draw all weights anew, normal with deviation 0.02, and give the network back; spectral norm's stay.

    Radford et al. 2015, https://arxiv.org/abs/1511.06434, section 4: a generator so begun makes grey, not noise.
    """
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Conv2d | nn.ConvTranspose2d) and not is_parametrized(module):
            nn.init.normal_(module.weight, 0.0, 0.02)
    return network


def generator(inputs: int, size: int, colours: int, channels: int, hidden: int) -> nn.Sequential:
    """Codes (batch, inputs) -> pictures (batch, colours, size, size) in [-1, 1], with batch norm throughout.

    At the coarsest level each number is normalised by itself. Normalised by channel, what all pictures have in common
    at a place would leave little room to what tells them apart, and the generator would begin by drawing one picture.

    Args:
        inputs: numbers of a code.
        size: pixels.
        colours: channels of the pictures.
        channels: of the finest level; twice as many at each coarser one.
        hidden: width of the first layer.
    """
    count = levels(size)
    side, width = size // 2**count, channels * 2 ** (count - 1)
    layers: list[nn.Module] = [nn.Linear(inputs, hidden, bias=False), nn.BatchNorm1d(hidden), nn.ReLU()]
    layers += [nn.Linear(hidden, width * side**2, bias=False), nn.BatchNorm1d(width * side**2), nn.ReLU()]
    layers += [nn.Unflatten(1, (width, side, side))]
    for _ in range(count - 1):
        width //= 2
        layers += [nn.ConvTranspose2d(2 * width, width, 4, 2, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
    layers += [nn.ConvTranspose2d(width, colours, 4, 2, 1), nn.Tanh()]
    return nn.Sequential(*layers)


class Encoder(nn.Module):
    """Pictures -> codes (batch, dims), from the features of a trunk.

    Args:
        trunk: pictures -> features (batch, hidden).
        hidden: width of the features.
        dims: of the code.
        standard: batch norm gives each number of the code mean 0 and deviation 1, as a normal prior has, so that a
            critic of pairs cannot go by these.
    """

    def __init__(self, trunk: nn.Module, hidden: int, dims: int, standard: bool = False) -> None:
        super().__init__()
        self.trunk, last = trunk, nn.Linear(hidden, dims)
        self.head = nn.Sequential(last, nn.BatchNorm1d(dims, affine=False)) if standard else last

    def forward(self, x: Tensor) -> Tensor:
        """Codes, or logits where the code is a class."""
        code: Tensor = self.head(self.trunk(x))
        return code


class GaussianEncoder(nn.Module):
    """Pictures -> mean and log deviation of the code, each (batch, dims).

    Args:
        trunk: pictures -> features (batch, hidden).
        hidden: width of the features.
        dims: of the code.
    """

    def __init__(self, trunk: nn.Module, hidden: int, dims: int) -> None:
        super().__init__()
        self.trunk, self.head = trunk, nn.Linear(hidden, 2 * dims)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The two; the deviation lies between e^-6 and e^2."""
        mean, log_std = self.head(self.trunk(x)).chunk(2, 1)
        return mean, log_std.clamp(-6, 2)


class CodeCritic(nn.Module):
    """InfoGAN's: pictures -> logits (batch, 1) and guesses of the code (batch, outputs), from one trunk.

    Args:
        trunk: pictures -> features (batch, hidden).
        hidden: width of the features.
        outputs: numbers of a guess.
        still: places of those held at 0, as log deviations in the authors' code; a deviation that is learned lets a
            continuous part drown everything else.
    """

    free: Tensor

    def __init__(self, trunk: nn.Module, hidden: int, outputs: int, still: Sequence[int] = ()) -> None:
        super().__init__()
        self.trunk, self.verdict = trunk, nn.Linear(hidden, 1)
        self.guess = nn.Sequential(
            nn.Linear(hidden, hidden, bias=False), nn.BatchNorm1d(hidden), nn.LeakyReLU(0.1), nn.Linear(hidden, outputs)
        )
        free = torch.tensor([float(place not in still) for place in range(outputs)])
        self.register_buffer("free", free, persistent=False)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and guesses."""
        f = self.trunk(x)
        return self.verdict(f), self.guess(f) * self.free


class LayerCritic(nn.Module):
    """VAE-GAN's: pictures -> logits (batch, verdicts) and the features of one layer (batch, ...).

    Args:
        trunk: a `trunk`.
        hidden: width of its features.
        verdicts: 1, or the number of classes.
        layer: name of the layer.

    Raises:
        ValueError: no such layer.
    """

    def __init__(self, trunk: nn.Module, hidden: int, verdicts: int, layer: str) -> None:
        super().__init__()
        names = [name for name, _ in trunk.named_children()]
        if layer not in names:
            raise ValueError(f"network.layer is '{layer}', but the critic's layers are {', '.join(names)}. Name one.")
        self.trunk, self.verdict, self.layer = trunk, nn.Linear(hidden, verdicts), layer

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and features."""
        features = x
        for name, block in self.trunk.named_children():
            x = block(x)
            features = x if name == self.layer else features
        return self.verdict(x), features


class PairCritic(nn.Module):
    """BiGAN's and Triple-GAN's: pictures and codes (batch, dims) -> logits (batch, 1).

    It goes by the features of both and by their products, which tell whether the two belong together (Miyato and
    Koyama 2018, https://arxiv.org/abs/1802.05637).

    Args:
        trunk: pictures -> features (batch, hidden).
        hidden: width of the features.
        dims: of the codes.
        pair: width of the layers that compare.
        spectral: whether its own layers have spectral norm.
    """

    def __init__(self, trunk: nn.Module, hidden: int, dims: int, pair: int, spectral: bool = False) -> None:
        super().__init__()
        self.trunk = trunk
        self.of_picture = nn.Linear(hidden, pair)
        self.of_code = nn.Sequential(nn.Linear(dims, pair), nn.LeakyReLU(0.1), nn.Linear(pair, pair))
        self.verdict = nn.Sequential(
            nn.LeakyReLU(0.1), nn.Linear(3 * pair, pair), nn.LeakyReLU(0.1), nn.Linear(pair, 1)
        )
        if spectral:
            for part in (self.of_picture, self.of_code, self.verdict):
                spectral_norm(part)

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        """Logits of the pair."""
        f, c = self.of_picture(self.trunk(x)), self.of_code(z)
        logits: Tensor = self.verdict(torch.cat([f, c, f * c], 1))
        return logits
