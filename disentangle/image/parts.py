"""The networks and priors of a configuration, each by itself; which of them make a system stands in the builders."""

from itertools import pairwise

from torch import nn

from disentangle.adversarial.priors import Categorical, Joint, Normal, Prior, Uniform
from disentangle.image import networks
from disentangle.image.options import ImageConfig


def generator(config: ImageConfig) -> nn.Module:
    """Codes (batch, network.code) -> pictures."""
    data, network = config.data, config.network
    made = networks.generator(network.code, data.size, data.channels, network.channels, network.hidden)
    return networks.small(made)


def critic_trunk(config: ImageConfig) -> nn.Module:
    """A critic's way from pictures to features."""
    data, network = config.data, config.network
    made = networks.trunk(data.size, data.channels, network.channels, network.hidden, network.critic)
    return networks.small(made)


def reader_trunk(config: ImageConfig) -> nn.Module:
    """The way of an encoder or a classifier from pictures to features."""
    data, network = config.data, config.network
    return networks.trunk(data.size, data.channels, network.channels, network.hidden, network.reader, network.dropout)


def critic(config: ImageConfig) -> nn.Module:
    """Pictures -> logits (batch, 1)."""
    return nn.Sequential(critic_trunk(config), nn.Linear(config.network.hidden, 1))


def pair_critic(config: ImageConfig, dims: int) -> nn.Module:
    """Pictures, codes or labels (batch, dims) -> logits (batch, 1)."""
    network = config.network
    return networks.PairCritic(critic_trunk(config), network.hidden, dims, network.pair, network.critic == "spectral")


def encoder(config: ImageConfig) -> nn.Module:
    """Pictures -> codes (batch, network.code)."""
    network = config.network
    return networks.Encoder(reader_trunk(config), network.hidden, network.code, network.standard)


def gaussian_encoder(config: ImageConfig) -> nn.Module:
    """Pictures -> mean and log deviation of the code."""
    return networks.GaussianEncoder(reader_trunk(config), config.network.hidden, config.network.code)


def classifier(config: ImageConfig) -> nn.Module:
    """Pictures -> logits (batch, classes)."""
    data, network = config.data, config.network
    if not network.pooled:
        return networks.Encoder(reader_trunk(config), network.hidden, data.classes)
    width = networks.pooled_width(data.size, network.channels)
    pooled = networks.pooled(data.channels, network.channels, network.reader, network.dropout)
    trunk = nn.Sequential(pooled, nn.Linear(width, network.hidden), nn.LeakyReLU(0.1))
    return networks.Encoder(trunk, network.hidden, data.classes)


def normal(config: ImageConfig) -> Normal:
    """The prior of a whole code."""
    return Normal(config.network.code)


def noise(config: ImageConfig, taken: int, what: str) -> Normal:
    """What the generator takes beside so many numbers of something else."""
    there = config.network.code
    if taken > there:
        raise ValueError(f"network.code should be at least {taken}, which {what} takes, but is {there}")
    return Normal(there - taken)


def code(config: ImageConfig) -> Joint:
    """InfoGAN's code: its categorical parts, then one uniform part for each continuous number."""
    parts: list[Prior] = [Categorical(classes) for classes in config.info.categories]
    return Joint((*parts, *(Uniform(1) for _ in range(config.info.uniform))))


def domains(config: ImageConfig) -> tuple[nn.Module, nn.Module, nn.Module]:
    """Feature extractor, label classifier, domain classifier."""
    data, network = config.data, config.network
    hidden, classes = network.hidden, data.classes
    if not network.pooled:
        return reader_trunk(config), _layers(hidden, hidden, classes), _layers(hidden, hidden, 2)
    width = networks.pooled_width(data.size, network.channels)
    E = networks.pooled(data.channels, network.channels, network.reader, network.dropout)
    return E, _layers(width, hidden, hidden, classes), _layers(width, hidden, 2)


def _layers(*widths: int) -> nn.Module:
    """Linear layers of these widths, rectified between."""
    layers: list[nn.Module] = [nn.Linear(widths[0], widths[1])]
    for before, after in pairwise(widths[1:]):
        layers += [nn.ReLU(), nn.Linear(before, after)]
    return nn.Sequential(*layers)
