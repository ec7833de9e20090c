"""InfoGAN's codes: what its critic reads in a picture, and the picture again with other codes and the same noise."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from disentangle.adversarial.priors import Categorical
from disentangle.demo.codes import RESTARTS, SCOUT, STEPS, Told
from disentangle.demo.events import Progress
from disentangle.games.infogan import InfoGAN
from disentangle.image import space
from disentangle.image.model import ImageModel
from disentangle.latent.descent import Descent
from disentangle.latent.inversion import invert


class InfoRoom:
    """InfoGAN as the page asks it; nothing in it changes once it is open.

    Args:
        model: trained, of an InfoGAN.
    """

    def __init__(self, model: ImageModel) -> None:
        assert isinstance(model.game, InfoGAN), "an InfoGAN"
        game: Any = model.game
        self.model, self.game, self.noise_dims = model, game, model.config.network.code - game.code.dims
        self.categories = [part.classes for part in game.code.parts if isinstance(part, Categorical)]
        self.continuous = sum(not isinstance(part, Categorical) for part in game.code.parts)

    def noise(self, seed: int) -> Tensor:
        """What the code does not say, (1, noise dims), of chance."""
        return self.model.drawn(1, seed)[:, : self.noise_dims]

    def read(self, x: Tensor) -> list[float]:
        """What the critic reads in a picture (1, ...): each category's number, each continuous part's value."""
        values = self.model.codes(x)[0].tolist()
        rounded = [int(value) if place < len(self.categories) else value for place, value in enumerate(values)]
        return [value if isinstance(value, int) else min(1.0, max(-1.0, value)) for value in rounded]

    def noise_of(self, x: Tensor, progress: Progress) -> Tensor:
        """The noise with which the generator comes nearest to a picture (1, ...), by descent, (1, noise dims)."""
        found = invert(
            x,
            Told(self.game.G, STEPS + SCOUT, progress),
            prior=space.prior(self.model),
            restarts=RESTARTS,
            descent=Descent(STEPS, scout=SCOUT),
        )
        return found.z[:, : self.noise_dims]

    def picture(self, noise: Tensor, values: Sequence[float]) -> Tensor:
        """What the generator makes of noise (1, noise dims) and the code's values, (1, ...)."""
        return self.model.pictures(torch.cat([noise, self._code(values)], 1))

    def row(self, noise: Tensor, values: Sequence[float]) -> Tensor:
        """The same for each number of the first category, (categories, ...), or the picture alone if there is none."""
        if not self.categories:
            return self.picture(noise, values)
        codes = torch.cat([self._code([k, *values[1:]]) for k in range(self.categories[0])])
        return self.model.pictures(torch.cat([noise.expand(len(codes), -1), codes], 1))

    def _code(self, values: Sequence[float]) -> Tensor:
        """Category numbers, then continuous values -> (1, dims of the code)."""
        count = len(self.categories)
        hot = [one_hot(torch.tensor([int(k)]), n) for k, n in zip(values, self.categories, strict=False)]
        return torch.cat([*(part.float() for part in hot), torch.tensor([list(values[count:])]).float()], 1)


def opened(experiment: Path) -> InfoRoom:
    """The room of a trained InfoGAN.

    Raises:
        ValueError: another system.
    """
    import disentangle

    model = disentangle.load_pictures(experiment)
    if not isinstance(model.game, InfoGAN):
        raise ValueError(f"no InfoGAN but '{model.config.system}', {experiment}. Name one whose system is infogan.")
    return InfoRoom(model)
