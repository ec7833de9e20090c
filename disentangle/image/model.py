"""A trained picture system as it is used: draw, encode, put together again, classify; and its way out of a folder."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from disentangle import config as configuration
from disentangle import released
from disentangle.adversarial.export import read_export
from disentangle.adversarial.priors import Categorical, Normal, continuous
from disentangle.games.autoencoder import VAE, Autoencoder
from disentangle.games.infogan import InfoGAN
from disentangle.games.inverse import Inverse
from disentangle.games.vaegan import VAEGAN
from disentangle.image.builders import build
from disentangle.image.networks import PairCritic
from disentangle.image.options import ImageConfig

BATCH = 250
BATCHES = 16  # of which the statistics of batch norm are taken


class ImageModel(nn.Module):
    """A game with what is known of its codes once it is trained.

    Args:
        config: builds the game.

    Raises:
        ValueError: networks that contradict data or codes.
    """

    mean: Tensor
    root: Tensor

    def __init__(self, config: ImageConfig) -> None:
        super().__init__()
        self.config, self.game = config, build(config)
        dims = config.network.code
        self.register_buffer("mean", torch.zeros(dims))
        self.register_buffer("root", torch.eye(dims))

    @property
    def bare(self) -> bool:
        """Whether pixels themselves are the code, for want of any network."""
        return next(self.game.parameters(), None) is None

    @property
    def generator(self) -> nn.Module | None:
        """Codes -> pictures, where the system draws any."""
        game: Any = self.game
        drawn = None if self.bare else getattr(game, "G", getattr(game, "De", None))
        assert drawn is None or isinstance(drawn, nn.Module)
        return drawn

    @property
    def encoder(self) -> nn.Module | None:
        """Pictures -> codes, where the system has one."""
        found = getattr(self.game, "E", getattr(self.game, "En", None))
        return found if isinstance(found, nn.Module) and hasattr(found, "head") else None

    @property
    def encodes(self) -> bool:
        """Whether it gives codes of pictures: by an encoder, or by InfoGAN's critic."""
        return isinstance(self.game, InfoGAN) or self.encoder is not None

    @property
    def classifier(self) -> nn.Module:
        """Pictures -> logits; the teacher where there is one. AttributeError in systems without."""
        game: Any = self.game
        if teacher := getattr(getattr(game, "beside", None), "teacher", None):
            network = teacher.network
        else:
            network = nn.Sequential(game.E, game.C) if hasattr(game, "E") else game.C
        assert isinstance(network, nn.Module)
        return network

    def drawn(self, n: int, seed: int = 0) -> Tensor:
        """Codes (n, dims) from the prior; auto-encoders have none and take a normal one fitted to their codes."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            game: Any = self.game
            if (named := getattr(game, "code", getattr(game, "labels", None))) is not None:
                codes = torch.cat([game.noise.sample(n), named.sample(n)], 1)
            else:
                codes = self.mean.cpu() + Normal(self.config.network.code).sample(n) @ self.root.cpu().T
        return codes.to(self.mean.device)

    def pictures(self, codes: Tensor) -> Tensor:
        """Codes (n, dims) -> pictures (n, channels, size, size) in [-1, 1], on the CPU."""
        assert self.generator is not None, "a system that draws"
        return _each(self.generator, codes)

    def codes(self, x: Tensor) -> Tensor:
        """Pictures -> codes (n, dims): of InfoGAN each category's number and each continuous part's mean."""
        if isinstance(self.game, InfoGAN):
            game = self.game
            return torch.stack(list(_parts(game, _each(lambda part: game.D(part)[1], x))), 1)
        assert self.encoder is not None, "a system that encodes"
        return _each(lambda part: _mean_of(self.encoder, part), x)

    def features(self, x: Tensor) -> Tensor:
        """Pictures -> what is measured of them (n, dims): pixels, codes, or the hidden layer before these.

        The hidden numbers are taken before their activation, which would squeeze the negative ones together.
        """
        if self.bare:
            return x.flatten(1)
        if self.config.network.features == "hidden" and self.encoder is not None:
            trunk: Any = self.encoder.trunk
            return _each(nn.Sequential(*trunk[:-1], trunk.hidden[:-1]), x)
        return self.codes(x)

    def hidden(self, x: Tensor) -> Tensor:
        """Pictures -> the features that a classifier or the label classifier of two domains goes by, (n, hidden)."""
        network: Any = self.classifier
        return _each(network[0] if isinstance(network, nn.Sequential) else network.trunk, x)

    def logits(self, x: Tensor) -> Tensor:
        """Pictures -> logits (n, classes)."""
        return _each(self.classifier, x)

    def reconstructed(self, x: Tensor) -> Tensor:
        """Pictures -> code -> pictures."""
        return self.pictures(_each(lambda part: _mean_of(self.encoder, part), x).to(self.mean.device))

    @torch.no_grad()
    def settle(self, pictures: Tensor) -> None:
        """Take, from training pictures, the statistics of batch norm and the normal prior of a plain auto-encoder.

        While training these statistics run over real and made pictures alike, and behind averaged weights. A generator
        that came trained keeps its own.
        """
        self.eval()
        x = pictures[torch.from_numpy(_places(len(pictures)))].to(self.mean.device)
        for network in self._readers():
            _normalise(network, torch.split(x, BATCH))
        if isinstance(self.game, Autoencoder) and self.encoder is not None:
            codes = self.codes(x).double()
            values, axes = torch.linalg.eigh(torch.cov(codes.T).reshape(codes.shape[1], -1))
            self.mean.copy_(codes.mean(0))
            self.root.copy_(axes * values.clamp(min=0).sqrt())
        if self.generator is not None and not isinstance(self.game, Inverse):
            _normalise(self.generator, list(self._inputs(x)))

    def _readers(self) -> Iterator[nn.Module]:
        """Networks that pictures are read by once the game is over; of a critic of pairs what sees the picture."""
        if hasattr(self.game, "C"):
            yield self.classifier
        critics = () if self.generator is None else ("D", "Dis")
        for name in ("E", "En", *critics):
            network = getattr(self.game, name, None)
            if isinstance(network, nn.Module):
                yield network.trunk if isinstance(network, PairCritic) else network

    def _inputs(self, x: Tensor) -> Iterator[Tensor]:
        """Codes as the generator saw them in training: of pictures, of the prior, or both."""
        if isinstance(self.game, Autoencoder | VAE | VAEGAN) and self.encoder is not None:
            yield from torch.split(_each(lambda part: _mean_of(self.encoder, part), x).to(x.device), BATCH)
        if not isinstance(self.game, Autoencoder | VAE):
            yield from torch.split(self.drawn(len(x)), BATCH)


def continuous_numbers(model: ImageModel) -> Tensor:
    """Which numbers of a drawn code (dims,) are of InfoGAN's continuous parts, bool."""
    code: Any = model.game.code
    return nn.functional.pad(continuous(code), (model.drawn(1).shape[1] - code.dims, 0))


def load(folder: Path) -> ImageModel:
    """The model of an experiment, or of an exported folder, ready for use.

    Raises:
        ValueError: there is none, or its weights do not fit its configuration.
    """
    at = folder / "model" if (folder / "model").is_dir() else folder
    if not (at / "model.safetensors").is_file():
        raise ValueError(f"no trained model, {folder}. {released.remedy(folder)}")
    exported = read_export(at)
    model = ImageModel(configuration.read(at / "config.yaml", ImageConfig))
    try:
        model.load_state_dict(exported.state)
    except RuntimeError:
        remedy = "Restore the file that training wrote"
        raise ValueError(f"weights that do not fit their config.yaml, {at}. {remedy}.") from None
    return model.eval()


def _mean_of(encoder: nn.Module | None, x: Tensor) -> Tensor:
    assert encoder is not None, "a system that encodes"
    found = encoder(x)
    code: Tensor = found[0] if isinstance(found, tuple) else found
    return code


def _parts(game: InfoGAN, q: Tensor) -> Iterator[Tensor]:
    """Of each part of a code its value: the likeliest category, or the mean."""
    parts: Any = game.code.parts  # type: ignore[attr-defined]
    for part, guess in zip(parts, torch.split(q, [part.outputs for part in parts], 1), strict=True):
        yield guess.argmax(1).float() if isinstance(part, Categorical) else guess[:, 0]


@torch.no_grad()
def _each(network: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """What a network says of each, a batch at a time, in float32 on the CPU."""
    device = next((p.device for p in network.parameters()), x.device) if isinstance(network, nn.Module) else x.device
    return torch.cat([network(part.to(device)).float().cpu() for part in torch.split(x, BATCH)])


def _normalise(network: nn.Module, batches: Any) -> None:
    """Give batch norms the mean statistics of these batches."""
    norms = [module for module in network.modules() if isinstance(module, _BatchNorm)]
    kept = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
        norm.train()
    for batch in batches if norms else ():
        if len(batch) > 1:
            network(batch)
    for norm, momentum in zip(norms, kept, strict=True):
        norm.momentum = momentum
        norm.eval()


def _places(count: int) -> Any:
    """Places of the pictures that statistics are taken of, of chance but always the same ones."""
    import numpy as np

    return np.random.default_rng(0).permutation(count)[: BATCH * BATCHES]


@contextmanager
def by_batch(network: nn.Module) -> Iterator[None]:
    """Inside, batch norm takes its statistics from each batch, as in training, and learns nothing."""
    norms = [module for module in network.modules() if isinstance(module, _BatchNorm)]
    kept = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 0.0
        norm.train()
    try:
        yield
    finally:
        for norm, momentum in zip(norms, kept, strict=True):
            norm.momentum = momentum
            norm.eval()


@torch.no_grad()
def information(model: ImageModel, n: int, seed: int = 0) -> tuple[float, float]:
    """A lower bound of the information between InfoGAN's categories and its pictures, and the most it can be, in nats.

    H(c) - E[-log Q(c|x)] (Chen et al. 2016, equation 4), batch norm over the n pictures as in training. Continuous
    parts, which are guessed by a deviation that is held, have no bound of use and are left out.
    """
    game: Any = model.game
    codes, surprise = model.drawn(n, seed), 0.0
    with by_batch(game):
        guesses = game.D(game.G(codes.to(model.mean.device)))[1].float().cpu()
    widths = [part.outputs for part in game.code.parts]
    c = game.code.split(codes[:, codes.shape[1] - game.code.dims :])
    chosen = [part for part in game.code.parts if isinstance(part, Categorical)]
    for part, guess, code in zip(game.code.parts, torch.split(guesses, widths, 1), c, strict=True):
        surprise += float(part.surprise(guess, code).mean()) if part in chosen else 0.0
    most = sum(part.entropy() for part in chosen)
    return most - surprise, most
