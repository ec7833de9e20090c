"""Wiring: from the configuration of a picture system to its game; one short function for each row of a table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from disentangle.adversarial.game import Game
from disentangle.adversarial.objectives import OBJECTIVES, Objective
from disentangle.adversarial.options import PlayerOptions
from disentangle.adversarial.priors import Categorical
from disentangle.adversarial.schedules import Schedule, constant, dann_ramp, linear
from disentangle.adversarial.teacher import MeanTeacher
from disentangle.adversarial.without_labels import WithoutLabels
from disentangle.games.autoencoder import VAE, Autoencoder
from disentangle.games.bigan import BiGAN
from disentangle.games.classifier import Classifier
from disentangle.games.domain_adversarial import DomainAdversarial, DomainReversal
from disentangle.games.gan import GAN
from disentangle.games.infogan import NO_CRITIC, InfoGAN, OnReal
from disentangle.games.inverse import Inverse
from disentangle.games.latent_regressor import LatentRegressor
from disentangle.games.triplegan import TripleGAN
from disentangle.games.vada import VADA
from disentangle.games.vaegan import THREE, TWO, VAEGAN
from disentangle.image import networks, parts
from disentangle.image.changes import Change
from disentangle.image.data import Shown
from disentangle.image.options import ImageConfig
from disentangle.nearest import did_you_mean


@dataclass(frozen=True)
class System:
    """What a name in a configuration stands for.

    Args:
        build: makes the game.
        scores: the families of `disentangle.scoring.image.run` that it is measured by.
        shown: what its batches are.
    """

    build: Callable[[ImageConfig], Game[Any]]
    scores: tuple[str, ...]
    shown: Shown = "unlabelled"


def build(config: ImageConfig) -> Game[Any]:
    """The game of a configuration, its networks initialised by the configuration's seed.

    Raises:
        ValueError: no such system, or networks that contradict the data or the codes.
    """
    chosen = system(config)
    torch.manual_seed(config.seed)
    game = chosen.build(config)
    return game.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def system(config: ImageConfig) -> System:
    """The system of a configuration.

    Raises:
        ValueError: there is no such system.
    """
    if config.system not in SYSTEMS:
        raise ValueError(f"system is '{config.system}'. {did_you_mean(config.system, SYSTEMS)}")
    return SYSTEMS[config.system]


def players(config: ImageConfig, game: Game[Any]) -> dict[str, PlayerOptions]:
    """How those players learn that own something in this game."""
    return {player: getattr(config.players, player) for player in game.owned()}


def _objective(config: ImageConfig) -> Objective:
    return OBJECTIVES[config.objective]


def _gan(config: ImageConfig) -> Game[Any]:
    return GAN(parts.generator(config), parts.critic(config), parts.normal(config), _objective(config), γ=config.r1)


def _infogan(config: ImageConfig) -> Game[Any]:
    return _of_code(config, _objective(config), config.info.weight)


def _infogan_no_critic(config: ImageConfig) -> Game[Any]:
    return _of_code(config, NO_CRITIC, config.info.weight)


def _infogan_no_code(config: ImageConfig) -> Game[Any]:
    return _of_code(config, _objective(config), 0.0)


def _of_code(config: ImageConfig, objective: Objective, λ_G: float) -> InfoGAN:
    info, c = config.info, parts.code(config)
    if not c.dims:
        raise ValueError("info should have categories or uniform parts: InfoGAN without a code is a GAN")
    still = range(c.outputs - 2 * info.uniform + 1, c.outputs, 2)
    D = networks.CodeCritic(parts.critic_trunk(config), config.network.hidden, c.outputs, still)
    noise = parts.noise(config, c.dims, "InfoGAN's code")
    G, on_real = parts.generator(config), _on_real(config)
    if info.apart and info.uniform < 2:
        raise ValueError(
            f"info.apart parts continuous numbers, but info.uniform is {info.uniform}. Ask for two or more."
        )
    return InfoGAN(G, D, noise, c, info.weight, objective, λ_G=λ_G, on_real=on_real, apart=info.apart, γ=config.r1)


def _on_real(config: ImageConfig) -> OnReal | None:
    info, steps = config.info, config.training.steps
    if not info.invariance:
        return None
    return OnReal(Change(info.change), _rise(info.invariance, info.begin, info.begin + 0.1, steps))


def _rise(peak: float, begin: float, end: float, steps: int) -> Schedule:
    """From 0 at one share of the run to the peak at another."""
    first = round(begin * steps)
    return linear(0.0, peak, first, max(first + 1, round(end * steps)))


def _autoencoder_l1(config: ImageConfig) -> Game[Any]:
    return Autoencoder(parts.encoder(config), parts.generator(config), "l1")


def _autoencoder_l2(config: ImageConfig) -> Game[Any]:
    return Autoencoder(parts.encoder(config), parts.generator(config), "l2")


def _vae(config: ImageConfig) -> Game[Any]:
    return VAE(parts.gaussian_encoder(config), parts.generator(config), config.variational.deviation)


def _vaegan(config: ImageConfig) -> Game[Any]:
    return VAEGAN(*_vaegan_networks(config, 1), parts.normal(config), config.variational.reconstruction, TWO)


def _vaegan_three_class(config: ImageConfig) -> Game[Any]:
    return VAEGAN(*_vaegan_networks(config, 3), parts.normal(config), config.variational.reconstruction, THREE)


def _vaegan_networks(config: ImageConfig, verdicts: int) -> tuple[nn.Module, nn.Module, nn.Module]:
    hidden, layer = config.network.hidden, config.network.layer
    Dis = networks.LayerCritic(parts.critic_trunk(config), hidden, verdicts, layer)
    return parts.gaussian_encoder(config), parts.generator(config), Dis


def _bigan(config: ImageConfig) -> Game[Any]:
    E, G, D = parts.encoder(config), parts.generator(config), parts.pair_critic(config, config.network.code)
    return BiGAN(E, G, D, parts.normal(config), _objective(config), γ=config.r1)


def _latent_regressor(config: ImageConfig) -> Game[Any]:
    E, G, D = parts.encoder(config), parts.generator(config), parts.critic(config)
    return LatentRegressor(E, G, D, parts.normal(config), _objective(config), γ=config.r1)


def _untrained_encoder(config: ImageConfig) -> Game[Any]:
    return _bigan(config).requires_grad_(False)


def _pixels(config: ImageConfig) -> Game[Any]:
    shape = (config.data.channels, config.data.size, config.data.size)
    return Autoencoder(nn.Flatten(), nn.Unflatten(1, shape))


def _inversion_encoder(config: ImageConfig) -> Game[Any]:
    network = config.network
    E = networks.Encoder(parts.critic_trunk(config), network.hidden, network.code)
    return Inverse(E, parts.generator(config).requires_grad_(False))


def _triplegan(config: ImageConfig) -> Game[Any]:
    semi, steps, classes = config.semi, config.training.steps, config.data.classes
    C, G, D = parts.classifier(config), parts.generator(config), parts.pair_critic(config, classes)
    return TripleGAN(
        C,
        G,
        D,
        parts.noise(config, classes, "a label"),
        Categorical(classes),
        _rise(semi.pseudo, semi.begin, semi.begin + 0.05, steps),
        objective=_objective(config),
        every_label=semi.every_label,
        beside=_without_labels(config, C),
    )


def _without_labels(config: ImageConfig, C: nn.Module) -> WithoutLabels:
    semi, change = config.semi, Change(config.semi.change)
    consistency, smooth, confidence = (
        _rise(weight, 0.0, semi.ramp, config.training.steps) if weight else None
        for weight in (semi.consistency, semi.smooth, semi.confidence)
    )
    teacher = MeanTeacher(C, change, consistency, semi.decay) if consistency else None
    return WithoutLabels(change, teacher, smooth, semi.length, confidence)


def _labels_only(config: ImageConfig) -> Game[Any]:
    return Classifier(parts.classifier(config))


def _consistency_only(config: ImageConfig) -> Game[Any]:
    C = parts.classifier(config)
    return Classifier(C, _without_labels(config, C))


def _dann(config: ImageConfig) -> Game[Any]:
    return DomainReversal(*parts.domains(config), dann_ramp(config.training.steps, config.domain.confuse))


def _dann_alternating(config: ImageConfig) -> Game[Any]:
    λ = dann_ramp(config.training.steps, config.domain.confuse)
    return DomainAdversarial(*parts.domains(config), λ, alternating=True)


def _dann_additions(config: ImageConfig) -> Game[Any]:
    domain, steps = config.domain, config.training.steps
    λ_t, λ_v = dann_ramp(steps, domain.entropy), constant(domain.smooth) if domain.smooth else None
    return VADA(*parts.domains(config), dann_ramp(steps, domain.confuse), λ_t, λ_v, domain.length)


def _one_domain(config: ImageConfig) -> Game[Any]:
    E, C, _ = parts.domains(config)
    return Classifier(nn.Sequential(E, C))


_CODED = ("clusters", "information", "effects", "drawn")
_DECODED = ("drawn", "reconstructed")
_FEATURES = ("neighbours", "reconstructed")

SYSTEMS = {
    "gan": System(_gan, ("drawn",)),
    "infogan": System(_infogan, _CODED),
    "infogan_no_critic": System(_infogan_no_critic, _CODED),
    "infogan_no_code": System(_infogan_no_code, _CODED),
    "ae": System(_autoencoder_l2, _DECODED),
    "vae": System(_vae, _DECODED),
    "vaegan": System(_vaegan, _DECODED),
    "vaegan_three_class": System(_vaegan_three_class, (*_DECODED, "told_apart")),
    "bigan": System(_bigan, (*_FEATURES, "drawn")),
    "ae_l1": System(_autoencoder_l1, _FEATURES),
    "ae_l2": System(_autoencoder_l2, _FEATURES),
    "latent_regressor": System(_latent_regressor, (*_FEATURES, "drawn")),
    "untrained_encoder": System(_untrained_encoder, ("neighbours",)),
    "raw_pixels": System(_pixels, ("neighbours",)),
    "inversion_encoder": System(_inversion_encoder, ("inverted",)),
    "inversion": System(_pixels, ("inverted",)),
    "completion": System(_pixels, ("completed",)),
    "attribute": System(_pixels, ("attributes",)),
    "edit": System(_pixels, ("edited",)),
    "triplegan": System(_triplegan, ("error", "drawn"), "few_labels"),
    "labels_only": System(_labels_only, ("error",), "few_labels"),
    "consistency_only": System(_consistency_only, ("error",), "few_labels"),
    "classifier": System(_labels_only, ("error",), "labelled"),
    "dann": System(_dann, ("domains",), "two_domains"),
    "dann_alternating": System(_dann_alternating, ("domains",), "two_domains"),
    "dann_additions": System(_dann_additions, ("domains",), "two_domains"),
    "source_only": System(_one_domain, ("domains",), "labelled"),
    "source_only_additions": System(_one_domain, ("domains",), "labelled"),
    "target_only": System(_one_domain, ("domains",), "target"),
}
"""Every system by its name; what a new one needs beside its game and its conf."""
