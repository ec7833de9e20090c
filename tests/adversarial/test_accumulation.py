"""A batch played in parts moves every player as the whole batch does, with the draws of as many ranks."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from disentangle.adversarial import checkpoint
from disentangle.adversarial.game import Engine, Game, Move
from disentangle.adversarial.training import PlayerOptions, TrainingOptions, TrainingResult, train


class Duel(Game[Tensor]):
    """A generator and a critic that moves twice, on what it saw before it moved and on a further batch."""

    players = {"critic": "D", "generator": "G"}  # noqa: RUF012

    def __init__(self, noise: float = 0.0) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.G = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 2))
        self.D = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
        self.noise = noise

    def round(self, batches: Iterator[Tensor]) -> Iterator[Move]:
        x = next(batches)
        made = self.G(x + self.noise * torch.randn_like(x))
        yield {"critic": {"real": (self.D(x[:, :2]) - 1).square().mean(), "fake": self.D(made).square().mean()}}
        y = next(batches)
        yield {"critic": {"real": (self.D(y[:, :2]) - 1).square().mean(), "fake": self.D(made).square().mean()}}
        yield {"generator": {"fool": (self.D(made) - 1).square().mean() + 0.1 * torch.rand(()) * self.noise}}


class Shares:
    """Rows of a joint batch of 24."""

    def batch(self, step: int, draw: int, rank: int, ranks: int) -> Tensor:
        rows = torch.randn(24, 3, generator=torch.Generator().manual_seed(100 * step + draw), dtype=torch.float64)
        return rows[rank * 24 // ranks : (rank + 1) * 24 // ranks]


PLAYERS = {"critic": PlayerOptions(1e-2, clip=0.5), "generator": PlayerOptions(1e-2, optimizer="sgd", ema=0.9)}


def run(folder: Path, accumulate: int, noise: float = 0.0, resume: bool = False) -> TrainingResult:
    options = TrainingOptions(8, log_every=1, save_every=4, tensorboard=False, accumulate=accumulate)
    return train(Duel(noise).double(), Shares(), PLAYERS, options, folder, resume=resume)


def log(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("parts", [2, 3, 8])
def test_parts_equal_the_whole(parts: int, tmp_path: Path) -> None:
    whole, divided = run(tmp_path / "whole", 1), run(tmp_path / "parts", parts)
    for part in ("game", "averages", "optimizers"):
        one, other = checkpoint.load(whole.checkpoint)[part], checkpoint.load(divided.checkpoint)[part]
        torch.testing.assert_close(other, one, rtol=0, atol=1e-6)
    for line, other in zip(log(tmp_path / "whole"), log(tmp_path / "parts"), strict=True):
        torch.testing.assert_close(other, line, rtol=0, atol=1e-6)
    assert not torch.equal(whole.state["G.0.weight"], Duel().double().state_dict()["G.0.weight"]), "it has moved"


def test_random_numbers_belong_to_the_part_and_a_stopped_run_draws_them_again(tmp_path: Path) -> None:
    whole, again = run(tmp_path / "whole", 3, noise=1.0), run(tmp_path / "stopped", 3, noise=1.0)
    again.checkpoint.unlink()
    resumed = run(tmp_path / "stopped", 3, noise=1.0, resume=True)
    assert all(torch.equal(value, resumed.state[name]) for name, value in whole.state.items())
    assert not torch.equal(whole.state["G.0.weight"], run(tmp_path / "two", 2, noise=1.0).state["G.0.weight"])


def test_each_part_draws_as_if_it_were_alone() -> None:
    from disentangle.adversarial import chance

    def draws() -> Iterator[Move]:
        for _ in range(3):
            yield {"any": {"value": torch.rand(())}}

    def values(rank: int) -> list[float]:
        chance.seed("cpu", 0, 5, rank)
        return [float(move["any"]["value"]) for move in draws()]

    parts = [chance.apart(draws(), "cpu", (0, 5, rank)) for rank in (0, 1)]
    together = [[float(next(part)["any"]["value"]) for part in parts] for _ in range(3)]
    assert [list(column) for column in zip(*together, strict=True)] == [values(0), values(1)]


def test_parts_that_move_others_are_refused() -> None:
    game = Duel()
    engine = Engine(game, {player: torch.optim.SGD(own, 0.1) for player, own in game.owned().items()})
    x = torch.randn(4, 3)
    moves = [{"critic": {"real": game.D(x[:, :2]).mean()}}, {"generator": {"fool": game.G(x).mean()}}]
    with pytest.raises(ValueError, match="moves other players than another"):
        engine.play_parts([iter([move]) for move in moves])
