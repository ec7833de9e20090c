"""Moving averages of weights, which make steadier generators than the last weights do."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn


class MovingAverages:
    """Exponential moving averages of the tensors of those players that ask for one.

    Args:
        game: holds the tensors under the names of its state.
        owned: player -> its tensors.
        decays: player -> decay; in round t the decay is at most (1 + t) / (10 + t), so that a short run is not held
            back by its first weights.
    """

    def __init__(
        self, game: nn.Module, owned: Mapping[str, list[nn.Parameter]], decays: Mapping[str, float | None]
    ) -> None:
        self.decays = {player: decay for player, decay in decays.items() if decay is not None}
        self.live = {player: [tensor.data for tensor in owned[player]] for player in self.decays}
        self.averages = {player: [tensor.clone() for tensor in live] for player, live in self.live.items()}
        names = {tensor: name for name, tensor in game.named_parameters()}
        self.names = {player: [names[tensor] for tensor in owned[player]] for player in self.decays}

    def update(self, step: int) -> None:
        """Move each average towards the weights after round ``step`` (counted from 0)."""
        for player, decay in self.decays.items():
            weight = 1 - min(decay, (1 + step) / (10 + step))
            torch._foreach_lerp_(self.averages[player], self.live[player], weight)

    def state(self) -> dict[str, Tensor]:
        """The averages under their names in the game's state."""
        return {
            name: tensor
            for player, averages in self.averages.items()
            for name, tensor in zip(self.names[player], averages, strict=True)
        }

    def load(self, state: Mapping[str, Tensor]) -> None:
        """Go on from saved averages; a KeyError or RuntimeError where they are another game's."""
        for name, tensor in self.state().items():
            tensor.copy_(state[name])

    def reset(self) -> None:
        """Begin again from the weights as they are."""
        for player, live in self.live.items():
            torch._foreach_copy_(self.averages[player], live)
