"""Buffers of networks (batch-norm statistics, spectral-norm vectors) keep still when it is not their move."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

Place = tuple[dict[str, Tensor | None], str]


class Stillness:
    """Puts back, after each move, the buffers of all networks that did not take part in it.

    A forward pass before a ``yield`` cannot know yet who will move, so the buffers are copied rather than locked. What
    a pass changed and another's move put back waits for the end of the round: it counts if its own network moves
    without a further pass, as a generator does on the samples that its critic has just moved on.
    Buffers left out of the state (``persistent=False``: windows, filterbanks, masks) are constants and not copied.

    Args:
        game: holds every network; what no player owns never moves.
        parts: player -> its networks.
    """

    def __init__(self, game: nn.Module, parts: Mapping[str, Sequence[nn.Module | nn.Parameter]]) -> None:
        self.places: dict[str, list[Place]] = {}
        owner = {
            module: player
            for player, networks in parts.items()
            for network in networks
            if isinstance(network, nn.Module)
            for module in network.modules()
        }
        for module in game.modules():
            state = [name for name in module._buffers if name not in module._non_persistent_buffers_set]
            here = [(module._buffers, name) for name in state if module._buffers[name] is not None]
            self.places.setdefault(owner.get(module, ""), []).extend(here)
        self.places = {player: places for player, places in self.places.items() if places}
        self.kept = {player: [buffer.clone() for buffer in self._live(player)] for player in self.places}
        self.waiting: dict[str, list[Tensor]] = {}

    def _live(self, player: str) -> list[Tensor]:
        # .data, because graphs that hold a statistic would take a copy into it for a change of what they saved.
        return [buffer.data for table, name in self.places[player] if (buffer := table[name]) is not None]

    def keep(self) -> None:
        """Take all buffers as they are now: whatever changed them between two rounds was no move."""
        self.waiting.clear()
        for player, kept in self.kept.items():
            torch._foreach_copy_(kept, self._live(player))

    def settle(self, movers: Collection[str], average: Callable[[Sequence[Tensor]], None] | None = None) -> None:
        """Keep the buffers of the movers, averaged over ranks where there are several, and put back all others."""
        for player, kept in self.kept.items():
            live = self._live(player)
            if player not in movers:
                if not all(map(torch.equal, live, kept)):
                    self.waiting[player] = [buffer.clone() for buffer in live]
                torch._foreach_copy_(live, kept)
                continue
            waiting = self.waiting.pop(player, None)
            if waiting and all(map(torch.equal, live, kept)):
                torch._foreach_copy_(live, waiting)
            if average and (statistics := [buffer for buffer in live if buffer.is_floating_point()]):
                average(statistics)
            torch._foreach_copy_(kept, live)


@contextmanager
def still(network: nn.Module) -> Iterator[None]:
    """Inside, a network normalises by what it has learnt and learns nothing: a judge of what others have made."""
    modes = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode
