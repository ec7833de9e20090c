"""Trains on this rank's share of a batch and writes the weights: alone, or under torchrun as one of several."""

import os
import sys
from pathlib import Path

import torch
from torch import Tensor, nn

from disentangle.adversarial.training import PlayerOptions, TrainingOptions, TrainingResult, train
from disentangle.games.domain_adversarial import DomainAdversarial


class Shares:
    """Each rank's rows of a joint batch of 16 (source, labels, target)."""

    def batch(self, step: int, draw: int, rank: int, ranks: int) -> tuple[Tensor, Tensor, Tensor]:
        generator = torch.Generator().manual_seed(100 * step + draw)
        x, x_target = torch.randn(2, 16, 4, generator=generator).unbind()
        y = (x[:, 0] > 0).long()
        rows = slice(rank * 16 // ranks, (rank + 1) * 16 // ranks)
        return x[rows], y[rows], x_target[rows] + 1


def run(folder: Path) -> TrainingResult:
    """Ten rounds; the ranks begin with weights of their own, of which the first one's count."""
    torch.manual_seed(int(os.environ.get("RANK", 0)))
    networks = nn.Sequential(nn.Linear(4, 8), nn.Tanh()), nn.Linear(8, 2), nn.Linear(8, 2)
    game = DomainAdversarial(*networks, lambda step: step / 10)
    players = {
        "extractor": PlayerOptions(1e-2, ema=0.5),
        "classifier": PlayerOptions(1e-2),
        "domain": PlayerOptions(1e-2, clip=0.1),
    }
    return train(game, Shares(), players, TrainingOptions(10, log_every=1, save_every=5, tensorboard=False), folder)


if __name__ == "__main__":
    result = run(Path(sys.argv[1]))
    if os.environ["RANK"] == "1":
        torch.save(result.state, Path(sys.argv[1]) / "rank1.pt")
