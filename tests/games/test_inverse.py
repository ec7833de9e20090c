"""The inverse of a frozen generator, where it is known."""

from itertools import repeat

import torch
from torch import Tensor, nn

from disentangle.adversarial.game import Engine
from disentangle.games.inverse import Inverse


def played(G: nn.Module, E: nn.Module, x: Tensor, steps: int, rate: float) -> list[float]:
    """Errors of the rounds."""
    game = Inverse(E, G.requires_grad_(False))
    engine = Engine(game, {"encoder": torch.optim.Adam(game.owned()["encoder"], rate)})
    return [engine.play(repeat(x))["encoder/error"] for _ in range(steps)]


def test_a_linear_encoder_becomes_the_inverse_of_a_linear_generator() -> None:
    torch.manual_seed(0)
    G, E, x = nn.Linear(3, 6), nn.Linear(6, 3), torch.randn(64, 6)
    played(G, E, x, 2000, 0.02)
    inverse = torch.linalg.pinv(G.weight)
    assert torch.allclose(E.weight @ G.weight, torch.eye(3), atol=1e-3)
    assert torch.allclose(E(x), (x - G.bias) @ inverse.T, atol=1e-2)


def test_the_generator_makes_what_it_makes_once_trained() -> None:
    """By the statistics it has learnt, not those of what the encoder happens to give it."""
    torch.manual_seed(0)
    G = nn.Sequential(nn.Linear(3, 6), nn.BatchNorm1d(6))
    for _ in range(200):
        G(2 + torch.randn(64, 3))
    E, x = nn.Linear(6, 3), torch.randn(16, 6)
    (error,) = played(G, E, x, 1, 0.0)
    G, E = G.eval(), E.requires_grad_(False)
    wanted = float((G(E(x)) - x).square().mean())
    assert abs(error - wanted) < 1e-6
    assert abs(error - float((G.train()(E(x)) - x).square().mean())) > 1e-3
