"""How far a generator's code is taken apart, seen without labels: are its numbers' changes of a picture independent?"""

from collections.abc import Callable

import torch
from torch import Tensor

from disentangle.evaluation.score import Score


@torch.no_grad()
def effects_overlap(G: Callable[[Tensor], Tensor], z: Tensor, which: Tensor, step: float = 0.1) -> Score:
    """Squared cosine between the changes that two numbers of a code make in a sample, mean over pairs and codes.

    What the orthogonal Jacobian of Wei et al. 2021 (https://arxiv.org/abs/2108.07668, equation 3) asks for, as a score:
    0 where all changes are orthogonal, 1 where all are alike. Chance is what random directions have, 1 / values.

    Args:
        G: codes (batch, dims) -> samples (batch, ...).
        z: codes.
        which: numbers of a code that are meant (dims,), bool; two at least.
        step: of the differences.

    Raises:
        ValueError: fewer than two numbers, which have no pair.

    Example:
        >>> z, shear = torch.randn(10, 2), torch.tensor([[1.0, 0.0], [1.0, 1.0]])
        >>> round(effects_overlap(lambda z: z @ shear, z, torch.ones(2, dtype=torch.bool)).value, 4)
        0.5
    """
    moves = step * torch.eye(z.shape[1]).to(z)[which]
    if len(moves) < 2:
        raise ValueError(f"{len(moves)} numbers of the code have no pair whose effects overlap. Ask for two or more.")
    x = G(z).flatten(1)
    effects = torch.stack([G(z + move).flatten(1) - x for move in moves], 1)
    effects = torch.nn.functional.normalize(effects.double(), dim=2)
    cosines = effects @ effects.mT
    pairs = torch.triu(torch.ones_like(cosines[0], dtype=torch.bool), 1)
    return Score(float(cosines[:, pairs].square().mean()), None, len(z), 1 / x.shape[1])
