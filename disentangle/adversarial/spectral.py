"""Spectral norm: each layer's largest singular value is held at 1."""

from typing import TypeVar

from torch import nn
from torch.nn.utils import parametrizations

Network = TypeVar("Network", bound=nn.Module)
_LAYERS = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)


def spectral_norm(network: Network, iterations: int = 1) -> Network:
    """Normalise every linear and convolution layer of a network, in place (Miyato et al. 2018, algorithm 1).

    https://arxiv.org/abs/1802.05957. Each forward pass in training refines the estimate by power iteration; the engine
    takes that back when the network does not move.

    Args:
        network: its weights become parametrised.
        iterations: of the power method in a forward pass.
    """
    for layer in [module for module in network.modules() if isinstance(module, _LAYERS)]:
        parametrizations.spectral_norm(layer, n_power_iterations=iterations)
    return network
