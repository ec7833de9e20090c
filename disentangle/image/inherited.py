"""What a system takes over from one that is trained already: a generator to be inverted, a critic to begin from."""

from pathlib import Path

import torch
from torch import nn

from disentangle.games.inverse import Inverse
from disentangle.image.model import ImageModel, load
from disentangle.image.space import critic_trunk, drawing


def source(model: ImageModel) -> ImageModel:
    """The trained system whose code space a configuration works in.

    Raises:
        ValueError: none is named, it is not trained, draws nothing, or draws other pictures.
    """
    config = model.config
    if not config.latent.generator:
        raise ValueError(f"no generator for system '{config.system}'. Name its experiment by latent.generator=EXP.")
    found = drawing(load(Path(config.latent.generator)))
    mine, its = config.data, found.config.data
    if (mine.size, mine.channels) != (its.size, its.channels):
        pictures = f"pictures of {its.size} x {its.size} with {its.channels} channels, {config.latent.generator}"
        raise ValueError(f"{pictures}. Set data.size and data.channels, which are {mine.size} and {mine.channels}.")
    return found


@torch.no_grad()
def begin(model: ImageModel) -> None:
    """Give an inverse its generator, and its encoder what the generator's critic has learnt, if so configured.

    Raises:
        ValueError: no such experiment, or its networks have other widths than the configuration says.
    """
    game, latent = model.game, model.config.latent
    if not isinstance(game, Inverse):
        return
    trained = source(model)
    assert trained.generator is not None, "a system that draws"
    _copy(trained.generator, game.G, latent.generator)
    if latent.begin == "critic":
        trunk = game.E.trunk
        assert isinstance(trunk, nn.Module)
        _copy(critic_trunk(trained), trunk, latent.generator)


def _copy(trained: nn.Module, mine: nn.Module, folder: str) -> None:
    try:
        mine.load_state_dict(trained.state_dict())
    except RuntimeError:
        remedy = "Take over the section `network` of its config.yaml"
        raise ValueError(f"networks of other widths than the configuration's, {folder}. {remedy}.") from None
