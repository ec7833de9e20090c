"""Where a game is computed: on a GPU, if there is one."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

import torch
from torch import nn

if TYPE_CHECKING:
    from disentangle.adversarial.training import Source

Batch = TypeVar("Batch")
Asked = ParamSpec("Asked")
Found = TypeVar("Found")


def accelerator() -> torch.device:
    """This process's GPU, which becomes the current one; the CPU where there is none."""
    if not torch.cuda.is_available():
        return torch.device("cpu")
    place = int(os.environ.get("LOCAL_RANK") or os.environ.get("SLURM_LOCALID") or 0)
    device = torch.device("cuda", place % torch.cuda.device_count())
    torch.cuda.set_device(device)
    return device


class Placed(Generic[Batch]):
    """The batches of another source, which are dataclasses of tensors, on a device.

    Args:
        source: makes them on the CPU.
        device: where they go.
    """

    def __init__(self, source: "Source[Batch]", device: torch.device) -> None:
        self.source, self.device = source, device

    def batch(self, step: int, draw: int, rank: int, ranks: int) -> Batch:
        """See `Source`."""
        made: Any = self.source.batch(step, draw, rank, ranks)
        moved: Batch = replace(made, **{part.name: getattr(made, part.name).to(self.device) for part in fields(made)})
        return moved


def looked_at_on_cpu(game: nn.Module, look: Callable[Asked, Found]) -> Callable[Asked, Found]:
    """What a function makes of a game's networks, which are brought to the CPU for as long as it takes."""

    def looked(*args: Asked.args, **kwargs: Asked.kwargs) -> Found:
        with _on_cpu(game):
            return look(*args, **kwargs)

    return looked


@contextmanager
def _on_cpu(game: nn.Module) -> Iterator[None]:
    device = next(game.parameters()).device
    game.cpu()
    try:
        yield
    finally:
        game.to(device)
