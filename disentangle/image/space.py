"""The code space of a trained picture system: its prior, what its critic sees, how much its critic believes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from disentangle.adversarial.priors import Joint, Normal, Prior
from disentangle.games.autoencoder import Autoencoder
from disentangle.games.vaegan import THREE, VAEGAN
from disentangle.image.model import ImageModel
from disentangle.image.networks import GaussianEncoder, PairCritic


@dataclass(frozen=True)
class Fitted:
    """A normal distribution of any mean and covariance, as fitted to the codes of a plain auto-encoder.

    Args:
        mean: (dims,).
        root: of the covariance, root @ root.T, (dims, dims).
    """

    mean: Tensor
    root: Tensor

    def sample(self, n: int, like: Tensor | None = None) -> Tensor:
        """Codes (n, dims)."""
        drawn = self.mean + Normal(len(self.mean)).sample(n, self.mean) @ self.root.T
        return drawn if like is None else drawn.to(like)

    def energy(self, c: Tensor) -> Tensor:
        """-log p(c) above its lowest, (n,); directions in which codes never went count nothing."""
        return Normal(len(self.mean)).energy((c - self.mean) @ torch.linalg.pinv(self.root, rtol=1e-4).T)


def prior(model: ImageModel) -> Prior | Fitted:
    """What codes of a system are drawn from.

    Raises:
        ValueError: the system draws no pictures.
    """
    game: Any = drawing(model).game
    if (named := getattr(game, "code", getattr(game, "labels", None))) is not None:
        return Joint((game.noise, named))
    if isinstance(game, Autoencoder):
        return Fitted(model.mean, model.root)
    return Normal(model.config.network.code)


def drawing(model: ImageModel) -> ImageModel:
    """The same model.

    Raises:
        ValueError: it has no generator.
    """
    if model.generator is None:
        remedy = "Take a GAN, a VAE or another one that draws pictures"
        raise ValueError(f"an experiment without a generator, of system '{model.config.system}'. {remedy}.")
    return model


def features(model: ImageModel) -> Callable[[Tensor], Tensor]:
    """Pictures -> what the critic's trunk sees in them at every level, side by side, (n, numbers).

    Scaled so that a mean over all numbers is the mean over levels of each level's mean.

    Raises:
        ValueError: no critic.
    """
    blocks = list(critic_trunk(model).children())

    def seen(x: Tensor) -> Tensor:
        levels = []
        for block in blocks:
            x = block(x)
            levels.append(x.flatten(1))
        whole = sum(level.shape[1] for level in levels) / len(levels)
        return torch.cat([level * (whole / level.shape[1]) ** 0.5 for level in levels], 1)

    return seen


def critic_trunk(model: ImageModel) -> nn.Module:
    """The critic's way from pictures to features.

    Raises:
        ValueError: no critic.
    """
    trunk = _trunk(model)
    if trunk is None:
        raise ValueError(f"an experiment without a critic, of system '{model.config.system}'. Take one with a critic.")
    return trunk


def has_critic(model: ImageModel) -> bool:
    """Whether a system has a critic of pictures."""
    return _trunk(model) is not None


def _trunk(model: ImageModel) -> nn.Module | None:
    critic = getattr(model.game, "D", getattr(model.game, "Dis", None))
    trunk = critic[0] if isinstance(critic, nn.Sequential) else getattr(critic, "trunk", None)
    return trunk if isinstance(trunk, nn.Module) else None


def disbelief(model: ImageModel) -> Callable[[Tensor, Tensor], Tensor]:
    """Codes and their pictures -> -log of how real the critic holds them, (n,).

    Raises:
        ValueError: no critic.
    """
    critic_trunk(model)
    game: Any = model.game

    def cost(z: Tensor, x: Tensor) -> Tensor:
        if isinstance(game, VAEGAN):
            logits = game.Dis(x)[0]
            return -logits.log_softmax(1)[:, 0] if game.verdicts is THREE else softplus(-logits[:, 0])
        if isinstance(game.D, PairCritic):
            y = z[:, -game.labels.dims :] if hasattr(game, "labels") else z
            return softplus(-game.D(x, y)[:, 0])
        found = game.D(x)
        return softplus(-(found[0] if isinstance(found, tuple) else found)[:, 0])

    return cost


class _Mean(nn.Module):
    """The mean of an encoder that gives mean and deviation."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, x: Tensor) -> Tensor:
        mean: Tensor = self.encoder(x)[0]
        return mean


def encoder(model: ImageModel) -> nn.Module:
    """Pictures -> codes of the generator (n, dims).

    Raises:
        ValueError: no encoder.
    """
    found = model.encoder
    if found is None:
        remedy = "Train one (system: inversion_encoder), or take --method descent"
        raise ValueError(f"an experiment without an encoder, of system '{model.config.system}'. {remedy}.")
    return _Mean(found) if isinstance(found, GaussianEncoder) else found


def encoder_for(model: ImageModel, other: ImageModel, folder: Path) -> nn.Module:
    """Pictures -> codes of a generator, by the encoder of another system, which is in the folder.

    Raises:
        ValueError: it has none, or one of other codes.
    """
    mine, its = model.config.network.code, other.config.network.code
    if mine != its:
        raise ValueError(f"codes of {its} numbers, {folder}, where EXP has {mine}. Take one trained for EXP.")
    return encoder(other)
