"""Every game of the project, small, with a batch for it; a new game needs one entry."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import disentangle.games
from disentangle.adversarial.game import Game
from disentangle.adversarial.priors import Categorical, Joint, Normal, Uniform
from disentangle.adversarial.schedules import constant
from disentangle.adversarial.spectral import spectral_norm
from disentangle.adversarial.teacher import MeanTeacher
from disentangle.adversarial.without_labels import WithoutLabels
from disentangle.games.autoencoder import VAE, Autoencoder
from disentangle.games.bigan import BiGAN
from disentangle.games.classifier import Classifier, FewLabels
from disentangle.games.domain_adversarial import DomainAdversarial, DomainReversal
from disentangle.games.gan import GAN
from disentangle.games.infogan import InfoGAN, OnReal
from disentangle.games.inverse import Inverse
from disentangle.games.latent_regressor import LatentRegressor
from disentangle.games.triplegan import TripleGAN
from disentangle.games.vada import VADA
from disentangle.games.vaegan import THREE, VAEGAN
from disentangle.games.vocoder import HiFiGAN
from disentangle.games.wgan import WGAN
from tests.games import test_speech_disentanglement as speech
from tests.games import test_vocoder as vocoder

Case = Callable[[], tuple[Game[Any], Any]]


class Split(nn.Module):
    """A network with two outputs."""

    def __init__(self, body: nn.Module, sizes: list[int]) -> None:
        super().__init__()
        self.body, self.sizes = body, sizes

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        return torch.split(self.body(x), self.sizes, 1)


class Pairs(nn.Module):
    """A network of two inputs side by side."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        logits: Tensor = self.body(torch.cat([x, y], 1))
        return logits


def normed(inputs: int, outputs: int) -> nn.Module:
    """With batch norm, whose running statistics are not to move with others."""
    return nn.Sequential(nn.Linear(inputs, 8, bias=False), nn.BatchNorm1d(8), nn.Tanh(), nn.Linear(8, outputs))


def spectral(inputs: int, outputs: int) -> nn.Module:
    """With spectral norm, whose vectors are not to move with others."""
    return spectral_norm(nn.Sequential(nn.Linear(inputs, 8), nn.Tanh(), nn.Linear(8, outputs)))


def samples() -> Tensor:
    return torch.randn(16, 4)


def few_labels() -> FewLabels:
    return FewLabels(samples()[:6], torch.arange(6) % 3, samples())


def wobble(x: Tensor) -> Tensor:
    return x + 0.1 * torch.randn_like(x)


def gan() -> tuple[Game[Any], Any]:
    return GAN(normed(3, 4), spectral(4, 1), Normal(3), steps=2, γ=0.3), samples()


def simultaneous_gan() -> tuple[Game[Any], Any]:
    return GAN(normed(3, 4), normed(4, 1), Normal(3), simultaneous=True), samples()


def wgan() -> tuple[Game[Any], Any]:
    return WGAN(normed(3, 4), spectral(4, 1), Normal(3), n_critic=2), samples()


def infogan() -> tuple[Game[Any], Any]:
    return InfoGAN(normed(5, 4), Split(spectral(4, 3), [1, 2]), Normal(3), Categorical(2), γ=0.3), samples()


def infogan_on_real() -> tuple[Game[Any], Any]:
    code, real = Joint((Uniform(1), Categorical(2))), OnReal(wobble, constant(0.3))
    return InfoGAN(normed(6, 4), Split(normed(4, 5), [1, 4]), Normal(3), code, λ_G=0.5, on_real=real), samples()


def bigan() -> tuple[Game[Any], Any]:
    return BiGAN(normed(4, 3), normed(3, 4), Pairs(spectral(7, 1)), Normal(3), γ=0.3), samples()


def latent_regressor() -> tuple[Game[Any], Any]:
    return LatentRegressor(normed(4, 3), normed(3, 4), spectral(4, 1), Normal(3), γ=0.3), samples()


def inverse() -> tuple[Game[Any], Any]:
    return Inverse(normed(4, 3), normed(3, 4).requires_grad_(False)), samples()


def autoencoder() -> tuple[Game[Any], Any]:
    return Autoencoder(normed(4, 2), normed(2, 4), "l1"), samples()


def vae() -> tuple[Game[Any], Any]:
    return VAE(Split(normed(4, 4), [2, 2]), normed(2, 4), 0.5), samples()


def labels_only() -> tuple[Game[Any], Any]:
    return Classifier(normed(4, 3)), few_labels()


def classifier() -> tuple[Game[Any], Any]:
    C = normed(4, 3)
    return Classifier(C, WithoutLabels(wobble, MeanTeacher(C, wobble, constant(3.0)))), few_labels()


def triplegan() -> tuple[Game[Any], Any]:
    C = normed(4, 3)
    networks, priors = (C, normed(5, 4), Pairs(spectral(7, 1))), (Normal(2), Categorical(3))
    beside = WithoutLabels(wobble, MeanTeacher(C, wobble, constant(3.0)), constant(0.5), 0.1, constant(0.3))
    return TripleGAN(*networks, *priors, constant(0.1), beside=beside), few_labels()


def triplegan_of_the_box() -> tuple[Game[Any], Any]:
    networks, priors = (normed(4, 3), normed(5, 4), Pairs(normed(7, 1))), (Normal(2), Categorical(3))
    return TripleGAN(*networks, *priors, constant(0.1), every_label=False), few_labels()


def vaegan() -> tuple[Game[Any], Any]:
    En, Dis = Split(normed(4, 4), [2, 2]), Split(spectral(4, 6), [3, 3])
    return VAEGAN(En, normed(2, 4), Dis, Normal(2), verdicts=THREE), samples()


def domain_adversarial() -> tuple[Game[Any], Any]:
    networks = normed(4, 4), normed(4, 2), spectral(4, 2)
    return DomainAdversarial(*networks, constant(0.3)), (samples(), torch.arange(16) % 2, samples() + 1)


def alternating_domain_adversarial() -> tuple[Game[Any], Any]:
    networks = normed(4, 4), normed(4, 2), spectral(4, 2)
    game = DomainAdversarial(*networks, constant(0.3), alternating=True)
    return game, (samples(), torch.arange(16) % 2, samples() + 1)


def vada() -> tuple[Game[Any], Any]:
    networks = normed(4, 4), normed(4, 2), spectral(4, 2)
    game = VADA(*networks, constant(0.3), constant(0.2), constant(0.5), ε=0.5)
    return game, (samples(), torch.arange(16) % 2, samples() + 1)


def domain_reversal() -> tuple[Game[Any], Any]:
    networks = normed(4, 4), normed(4, 2), spectral(4, 2)
    return DomainReversal(*networks, constant(0.3)), (samples(), torch.arange(16) % 2, samples() + 1)


def speech_disentanglement() -> tuple[Game[Any], Any]:
    return speech.game(), speech.batch()


def hifigan() -> tuple[Game[Any], Any]:
    return HiFiGAN(normed(3, 4), vocoder.Critics(), vocoder.Gap(), λ_features=0.5, λ_mel=2.0), (
        samples()[:, :3],
        samples(),
    )


GAMES: dict[str, Case] = {
    case.__name__: case
    for case in (
        gan,
        simultaneous_gan,
        wgan,
        infogan,
        infogan_on_real,
        vaegan,
        bigan,
        latent_regressor,
        inverse,
        autoencoder,
        vae,
        labels_only,
        classifier,
        triplegan,
        triplegan_of_the_box,
        domain_adversarial,
        alternating_domain_adversarial,
        vada,
        domain_reversal,
        speech_disentanglement,
        hifigan,
    )
}
"""Name -> a function that builds the game and a batch for it; chance is seeded outside."""

every_game = pytest.mark.parametrize("case", GAMES.values(), ids=GAMES)


def classes() -> list[type[Game[Any]]]:
    """All games of the project."""
    modules = [
        importlib.import_module(f"disentangle.games.{m.name}") for m in pkgutil.iter_modules(disentangle.games.__path__)
    ]
    found = {kind for module in modules for kind in vars(module).values() if inspect.isclass(kind)}
    return sorted((k for k in found if issubclass(k, Game) and k is not Game), key=lambda k: k.__name__)
