"""Completion: the code whose picture agrees with what is known fills the hole."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from disentangle.latent.blending import blend
from disentangle.latent.descent import Descent, Loss, Told, search
from disentangle.latent.editing import Realism
from disentangle.latent.frozen import frozen
from disentangle.latent.inversion import CodePrior, restarted

WINDOW = 7  # pixels: a known one counts by how many of those about it are hidden


@dataclass(frozen=True)
class Completion:
    """Pictures completed.

    Args:
        z: codes (n, dims).
        drawn: what the generator makes of them (n, channels, height, width).
        images: the known pixels as they were, the hole filled with what was drawn, (n, channels, height, width).
        history: lowest loss so far of the kept restart after each step (steps + 1, n).
        path: codes on the way there (frames, n, dims).
    """

    z: Tensor
    drawn: Tensor
    images: Tensor
    history: Tensor
    path: Tensor


def complete(
    images: Tensor,
    known: Tensor,
    generator: nn.Module,
    prior: CodePrior,
    *,
    realism: Realism | None = None,
    realism_weight: float = 3e-3,
    prior_weight: float = 0.0,
    restarts: int = 8,
    seed: int = 0,
    descent: Descent | None = None,
    blended: bool = True,
    told: Told | None = None,
) -> Completion:
    """Fill what is not known of pictures; what stands in the hole changes nothing.

    z* = argmin ‖W ⊙ (G(z) - y)‖₁ / ‖W‖₁ + λ R(G(z)), where W weighs a known pixel by how much is hidden about it, then
    Poisson blending: Yeh et al. 2017, https://arxiv.org/abs/1607.07539, equations 3 to 7.

    Args:
        images: y, (n, channels, height, width); hidden pixels may hold anything.
        known: bool, (height, width) for all or (n, 1, height, width).
        generator: codes -> pictures; evaluated with the statistics that it has learnt.
        prior: of the codes.
        realism: R, how little the critic believes a picture; log(1 - D) in the paper.
        realism_weight: λ.
        prior_weight: of the code's energy by number of the code, beside these.
        restarts: of each picture, from codes of the prior; the best is kept.
        seed: of the restarts.
        descent: how codes are searched.
        blended: whether what is drawn follows the known pixels at the border, or is put in as it is.
        told: is told how far the search is, or None.

    Raises:
        ValueError: a mask of another size, or one that hides all of a picture, or nothing of any.
    """
    known = _checked(images, known)
    y, start = torch.where(known, images, 0.0), restarted(prior, restarts, seed, images)
    belief = (lambda z, made: realism_weight * realism(z, made)) if realism is not None else None
    likely = (lambda z: prior_weight * prior.energy(z) / z.shape[1]) if prior_weight else None
    with frozen(generator) as G:
        found = search(_losses(y, known, G, belief, likely), start, descent, told)
        with torch.no_grad():
            drawn = torch.cat([generator(z) for z in torch.split(found.z, 250)])
    filled = blend(y, drawn, known) if blended else torch.where(known, y, drawn)
    return Completion(found.z, drawn, filled, found.history, found.path)


def _losses(
    y: Tensor, known: Tensor, generator: nn.Module, belief: Realism | None, likely: Callable[[Tensor], Tensor] | None
) -> Callable[[slice], Loss]:
    """The loss of several codes for each of some pictures: weighted context, and the other two where they count."""
    W = context_weight(known)

    def of(at: slice) -> Loss:
        wanted, weight = y[at, None], W[at, None]
        whole = weight.flatten(2).sum(2) * y.shape[1]

        def loss(z: Tensor) -> Tensor:
            made = generator(z)
            each = (weight * (made.reshape(len(wanted), -1, *y.shape[1:]) - wanted).abs()).flatten(2).sum(2)
            total: Tensor = (each / whole).flatten()
            if belief is not None:
                total = total + belief(z, made)
            if likely is not None:
                total = total + likely(z)
            return total

        return loss

    return of


def _checked(images: Tensor, known: Tensor) -> Tensor:
    """The mask of each picture, (n, 1, height, width)."""
    if known.shape[-2:] != images.shape[-2:]:
        sizes = [f"{shape[-1]} x {shape[-2]}" for shape in (known.shape, images.shape)]
        raise ValueError(f"a mask of {sizes[0]} for pictures of {sizes[1]}. Give one of their size.")
    known = known.bool().expand(len(images), 1, *known.shape[-2:])
    if bool(known.all()):
        raise ValueError("a mask that hides nothing. Mark what is to be filled.")
    if not bool(known.flatten(1).any(1).all()):
        raise ValueError("a mask that hides a whole picture: nothing is known to go by. Leave some pixels.")
    return known


def context_weight(known: Tensor) -> Tensor:
    """Of each known pixel the share of hidden ones in the window about it; hidden pixels, and those far away, weigh 0.

    Where nothing is near a hole for want of any hole, all known pixels weigh 1.

    Args:
        known: bool (n, 1, height, width).
    """
    hidden = (~known).float()
    near = avg_pool2d(hidden, WINDOW, 1, WINDOW // 2, count_include_pad=False) * known
    return torch.where(near.flatten(1).sum(1).view(-1, 1, 1, 1) > 0, near, known.float())
