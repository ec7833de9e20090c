"""Where a game is computed: the GPU of the process, batches on it, and looks at the networks on the CPU."""

from dataclasses import dataclass

import pytest
import torch
from torch import Tensor, nn

from disentangle.adversarial.placement import Placed, accelerator, looked_at_on_cpu


@pytest.mark.parametrize(("variable", "place", "device"), [("LOCAL_RANK", "3", 1), ("SLURM_LOCALID", "0", 0)])
def test_each_process_of_a_machine_has_a_gpu_of_its_own(
    monkeypatch: pytest.MonkeyPatch, variable: str, place: str, device: int
) -> None:
    chosen: list[torch.device] = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    monkeypatch.setenv(variable, place)
    assert accelerator() == torch.device("cuda", device) == chosen[0]


def test_without_a_gpu_it_is_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert accelerator() == torch.device("cpu")


@dataclass(frozen=True)
class Batch:
    x: Tensor
    lengths: Tensor


class Counted:
    def batch(self, step: int, draw: int, rank: int, ranks: int) -> Batch:
        return Batch(torch.zeros(step, draw), torch.zeros(rank, ranks))


def test_every_part_of_a_batch_goes_to_the_device() -> None:
    found = Placed(Counted(), torch.device("meta")).batch(1, 2, 3, 4)
    assert [(part.device.type, part.shape) for part in (found.x, found.lengths)] == [("meta", (1, 2)), ("meta", (3, 4))]


class Travelling(nn.Linear):
    def __init__(self) -> None:
        super().__init__(1, 1, device="meta")
        self.places: list[str] = []

    def cpu(self) -> "Travelling":
        self.places.append("cpu")
        return self

    def to(self, *places: object) -> "Travelling":
        self.places.extend(str(place) for place in places)
        return self


def test_networks_are_looked_at_on_the_cpu_and_go_back_whatever_happens() -> None:
    game = Travelling()

    def look(step: int) -> int:
        game.places.append("looked at")
        return 10 // step

    looked = looked_at_on_cpu(game, look)
    assert looked(5) == 2
    with pytest.raises(ZeroDivisionError):
        looked(0)
    assert game.places == ["cpu", "looked at", "meta"] * 2
