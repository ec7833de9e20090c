"""What a picture system makes while it is trained, to see: samples, traversals, ways, reconstructions."""

from collections.abc import Callable

import numpy as np
import torch
from PIL import Image

from disentangle.adversarial.log import Exhibits, Picture
from disentangle.image.grids import ACROSS, made, reconstructed, sheet
from disentangle.image.model import BATCH, ImageModel
from disentangle.image.pictures import Pictures

SETTLED = 2 * BATCH  # training pictures by which statistics are settled: a rough look is enough


class Exhibition:
    """The sheets of a report, as they would be if the training ended here.

    They are drawn by a twin, since a model is settled before it draws, and the one in training is not to be touched.

    Args:
        model: in training.
        seen: the pictures it is trained on.
    """

    def __init__(self, model: ImageModel, seen: Callable[[], Pictures]) -> None:
        self.model, self.seen = model, seen
        self.twin: ImageModel | None = None

    def __call__(self) -> Exhibits:
        """A picture for each sheet; none of systems that draw nothing."""
        if self.model.generator is None:
            return {}
        if self.twin is None:
            self.x = self.seen().x[:SETTLED].clone()
            with torch.random.fork_rng(devices=[]):
                self.twin = ImageModel(self.model.config).to(self.model.mean.device)
        self.twin.load_state_dict(self.model.state_dict())
        self.twin.settle(self.x)
        across = max(1, min(ACROSS, len(self.x) // 3))
        sheets = [*made(self.twin), *reconstructed(self.twin, self.x[: 3 * across])]
        return {grid.name: Picture(_pixels(sheet(pictures, 1))) for grid, pictures in sheets}


def _pixels(image: Image.Image) -> torch.Tensor:
    array = np.array(image)
    return torch.from_numpy(array[..., None] if array.ndim == 2 else array)
