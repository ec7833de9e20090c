"""Directions in the code space of a trained picture system: by labelled pictures, or by its generator alone."""

from collections.abc import Callable, Sequence
from typing import Literal

from torch import Tensor, nn

from disentangle.image.model import ImageModel
from disentangle.image.pictures import Pictures
from disentangle.image.space import drawing, prior
from disentangle.latent.attributes import Direction, boundary, mean_difference, principal
from disentangle.nearest import did_you_mean

By = Literal["mean", "boundary"]
WAYS: dict[By, Callable[[Tensor, Tensor, Sequence[Direction]], Direction]] = {
    "mean": mean_difference,
    "boundary": boundary,
}
DRAWN = 50  # codes for each number of a code, by which principal directions are found


def of_class(
    pictures: Pictures, codes: Tensor, name: str, by: By = "mean", apart_from: Sequence[Direction] = ()
) -> Direction:
    """The direction from all other classes to one of them.

    Args:
        pictures: labelled.
        codes: of these, (n, dims).
        name: of the class.
        by: difference of means, or normal of a linear classifier's plane.
        apart_from: directions along which it is to stay where it is.

    Raises:
        ValueError: no such class, or no pictures of it, or none of others.
    """
    if name not in pictures.classes:
        raise ValueError(f"no class '{name}' among the labelled pictures. {did_you_mean(name, pictures.classes)}")
    return WAYS[by](codes, pictures.y == pictures.classes.index(name), apart_from)


def principals(model: ImageModel, count: int) -> list[Direction]:
    """Directions that move the generator's first layer most, by codes drawn from the prior.

    Raises:
        ValueError: no generator, or more directions than a code has numbers.
    """
    generator = drawing(model).generator
    assert isinstance(generator, nn.Sequential), "layers one after the other"
    codes = prior(model).sample(DRAWN * model.config.network.code)
    return principal(generator[0], codes, count)
