"""Instance noise: a critic looks at real and made samples through noise that fades."""

from typing import Any

import torch
from torch import Tensor, nn

from disentangle.adversarial.game import Game
from disentangle.adversarial.schedules import Schedule


def instance_noise(game: Game[Any], network: nn.Module, std: Schedule) -> None:
    """Add normal noise to the first input of a network of a game while it trains.

    It makes the two distributions overlap, without which the critic's slope tells the generator nothing: Sønderby et
    al. 2017, https://arxiv.org/abs/1610.04490, section 3. Names in the game's state stay as they are.

    Args:
        game: tells the step.
        network: one of its critics; of several inputs (BiGAN's code, a label) the first one gets noise.
        std: deviation of the noise, a function of the step.
    """

    def noisy(module: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...] | None:
        σ = std(game.step)
        if not (module.training and σ):
            return None
        x, *others = inputs
        return x + σ * torch.randn_like(x), *others

    network.register_forward_pre_hook(noisy)
