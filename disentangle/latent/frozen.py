"""A generator that only draws: it learns nothing, and its batch norms are part of the layers before them."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.conv import _ConvNd
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval
from torch.nn.utils.parametrize import is_parametrized

from disentangle.adversarial.stillness import still

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.ConvTranspose1d, nn.ConvTranspose2d)


@contextmanager
def frozen(generator: nn.Module) -> Iterator[nn.Module]:
    """Inside, the generator is `still`, and what is given draws what it draws, by fewer layers.

    By the statistics that it has learnt a batch norm is an affine map of each channel, which the layer before it can do
    along with its own: the same pictures up to rounding, and many codes are searched in three quarters of the time.
    """
    with still(generator):
        yield _folded(generator)


def _folded(network: nn.Module) -> nn.Module:
    """The network with each batch norm that follows a linear layer or a convolution folded into it."""
    if not network._modules or is_parametrized(network) or isinstance(network, torch.jit.ScriptModule):
        return network
    layers, before = dict(network._modules), ""
    for name, layer in network._modules.items():
        fused = _fused(layers[before], layer) if before and type(network) is nn.Sequential else None
        if fused is not None:
            layers[before], layers[name] = fused.requires_grad_(False), nn.Identity()
        elif layer is not None:
            layers[name] = _folded(layer)
        before = name
    made = copy.copy(network)
    made._modules = layers
    return made


def _fused(layer: nn.Module | None, norm: nn.Module | None) -> nn.Module | None:
    """Both as one layer, or None where they are not of the kinds that can be."""
    if not isinstance(norm, _BatchNorm) or norm.running_mean is None:
        return None
    if layer is None or layer._forward_pre_hooks or layer._forward_hooks or norm._forward_hooks:
        return None
    if type(layer) is nn.Linear and type(norm) is nn.BatchNorm1d:
        return fuse_linear_bn_eval(layer, norm)
    if isinstance(layer, _ConvNd) and type(layer) in CONVOLUTIONS and (not layer.transposed or layer.groups == 1):
        return fuse_conv_bn_eval(layer, norm, transpose=layer.transposed)
    return None
