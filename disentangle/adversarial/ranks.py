"""Many processes under an existing launcher (torchrun, Slurm), through Lightning Fabric."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from lightning.fabric import Fabric


@dataclass(frozen=True)
class Ranks:
    """This process among those that train together; alone it does nothing and imports nothing."""

    rank: int = 0
    ranks: int = 1
    fabric: "Fabric | None" = None

    def average(self, tensors: Sequence[Tensor]) -> None:
        """Replace tensors by their mean over the ranks, in one exchange."""
        assert self.fabric is not None
        flat = torch.cat([tensor.detach().flatten() for tensor in tensors])
        means = self.fabric.all_reduce(flat, reduce_op="mean")
        assert isinstance(means, Tensor)
        for tensor, mean in zip(tensors, torch.split(means, [tensor.numel() for tensor in tensors]), strict=True):
            tensor.detach().copy_(mean.view_as(tensor))

    def largest(self, value: int) -> int:
        """The largest of the ranks' values, on all of them."""
        if self.fabric is None:
            return value
        return int(self.fabric.all_reduce(torch.tensor(value, device=self.fabric.device), reduce_op="max"))  # type: ignore[arg-type]

    def share(self, game: nn.Module) -> None:
        """Give all ranks the first one's weights and buffers."""
        if self.fabric is not None:
            for tensor in game.state_dict().values():
                torch.distributed.broadcast(tensor, 0)

    def wait(self) -> None:
        """Until all ranks are here."""
        if self.fabric is not None:
            self.fabric.barrier()


def is_first() -> bool:
    """Whether this process is alone, or the first of those that a launcher started, which writes what they share."""
    return int(os.environ.get("RANK") or os.environ.get("SLURM_PROCID") or 0) == 0


def join(device: str) -> Ranks:
    """Meet the other processes that a launcher started; one process alone where there was none."""
    tasks = int(os.environ.get("WORLD_SIZE") or os.environ.get("SLURM_NTASKS") or 1)
    if tasks == 1:
        return Ranks()
    from lightning.fabric import Fabric

    here = int(os.environ.get("LOCAL_WORLD_SIZE") or os.environ.get("SLURM_NTASKS_PER_NODE") or tasks)
    fabric = Fabric(accelerator=device, devices=here, num_nodes=tasks // here, strategy="ddp")
    fabric.launch()
    return Ranks(fabric.global_rank, fabric.world_size, fabric)
