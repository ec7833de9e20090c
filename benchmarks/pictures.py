"""GAN and InfoGAN on pictures of 28 by 28: a round by the engine and by hand."""

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn

from benchmarks import by_hand
from benchmarks.clock import Figure, beside, in_turn
from disentangle.adversarial.game import Engine, Game
from disentangle.adversarial.options import PlayerOptions
from disentangle.adversarial.priors import Categorical, Joint, Normal, Uniform
from disentangle.games.gan import GAN
from disentangle.games.infogan import InfoGAN

CODE = Joint((Categorical(by_hand.CLASSES), Uniform(2)))
OPTIONS = PlayerOptions(rate=2e-4, betas=(0.5, 0.999))  # Radford et al. 2015, https://arxiv.org/abs/1511.06434


class Critic(nn.Module):
    """One trunk with a head for the verdict and one for the code; pictures (batch, 1, 28, 28)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.trunk = trunk(channels)
        self.verdict, self.guess = nn.Linear(98 * channels, 1), nn.Linear(98 * channels, CODE.outputs)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (batch, 1) and guesses of the code."""
        f = self.trunk(x)
        return self.verdict(f), self.guess(f)


def trunk(channels: int) -> nn.Sequential:
    """(batch, 1, 28, 28) -> (batch, 98 channels)."""
    return nn.Sequential(
        nn.Conv2d(1, channels, 4, 2, 1),
        nn.LeakyReLU(0.1),
        nn.Conv2d(channels, 2 * channels, 4, 2, 1),
        nn.LeakyReLU(0.1),
        nn.Flatten(),
    )


def generator(dims: int, channels: int) -> nn.Sequential:
    """(batch, dims) -> (batch, 1, 28, 28)."""
    return nn.Sequential(
        nn.Linear(dims, 98 * channels, bias=False),
        nn.Unflatten(1, (2 * channels, 7, 7)),
        nn.BatchNorm2d(2 * channels),
        nn.ReLU(),
        nn.ConvTranspose2d(2 * channels, channels, 4, 2, 1, bias=False),
        nn.BatchNorm2d(channels),
        nn.ReLU(),
        nn.ConvTranspose2d(channels, 1, 4, 2, 1),
        nn.Sigmoid(),
    )


def gan(channels: int) -> GAN:
    """A small deep convolutional GAN."""
    D = nn.Sequential(trunk(channels), nn.Linear(98 * channels, 1))
    return GAN(generator(by_hand.NOISE, channels), D, Normal(by_hand.NOISE))


def infogan(channels: int) -> InfoGAN:
    """The same with ten classes and two continuous codes."""
    noise = Normal(by_hand.NOISE)
    return InfoGAN(generator(noise.dims + CODE.dims, channels), Critic(channels), noise, CODE)


def pictures(repeat: int, batch: int) -> Tensor:
    """Noise (batch, 1, 28, 28): what a picture shows costs no time."""
    return torch.rand(batch, 1, 28, 28, generator=torch.Generator().manual_seed(repeat))


def rounds(
    game: Game[Tensor], copied: Game[Tensor], loop: Callable[..., object]
) -> dict[str, Callable[[Tensor], object]]:
    """A round of the game by the engine, and of a copy of it by a loop."""
    engine = Engine(game, {player: OPTIONS.optimize(own) for player, own in game.owned().items()})
    optimizers = {player: OPTIONS.optimize(own) for player, own in copied.owned().items()}
    return {"engine": lambda x: engine.play(iter([x])), "hand": lambda x: loop(copied, optimizers, x)}


def measure(quick: bool) -> dict[str, Figure]:
    """Both games, engine beside hand."""
    channels, batch, repeats = (4, 8, 5) if quick else (32, 64, 100)
    figures: dict[str, Figure] = {}
    for name, game, loop in (("gan", gan, by_hand.gan), ("infogan", infogan, by_hand.infogan)):
        torch.manual_seed(0)
        played = game(channels)
        runs = rounds(played, copy.deepcopy(played), loop)
        figures |= beside(name, in_turn(lambda repeat: pictures(repeat, batch), runs, repeats))
    return figures
