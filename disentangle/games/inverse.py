"""The inverse of a generator that is trained already: an encoder learns to undo it."""

from collections.abc import Iterator
from typing import ClassVar

from torch import Tensor, nn

from disentangle.adversarial.game import Game, Move
from disentangle.adversarial.objectives import full
from disentangle.adversarial.stillness import still


class Inverse(Game[Tensor]):
    """The predictor of Zhu et al. 2016, https://arxiv.org/abs/1609.03552, equation 4: E = argmin ‖G(E(x)) - x‖².

    The generator comes frozen, and makes what it makes once trained.

    Args:
        E: samples -> codes (batch, dims); begun from the critic's trunk it learns faster.
        G: codes (batch, dims) -> samples; frozen.
    """

    players: ClassVar = {"encoder": "E"}

    def __init__(self, E: nn.Module, G: nn.Module) -> None:
        super().__init__()
        self.E, self.G = E, G

    def round(self, batches: Iterator[Tensor]) -> Iterator[Move]:
        """The encoder's only move."""
        x = next(batches)
        with still(self.G):
            x_ = self.G(self.E(x))
        yield {"encoder": {"error": (full(x_) - x).square().mean()}}
