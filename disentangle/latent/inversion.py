"""Back to z: the code from which a frozen generator makes a given picture, found in three ways."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import torch
from torch import Tensor, nn

from disentangle.adversarial.stillness import still
from disentangle.latent.descent import Descent, Loss, Told, search
from disentangle.latent.frozen import frozen

Method = Literal["descent", "encoder", "hybrid"]
Read = Callable[[Tensor], Tensor]
"""Pictures (n, ...) -> codes (n, dims), or features (n, ...)."""


class CodePrior(Protocol):
    """What codes are drawn from, as the priors of `disentangle.adversarial.priors`."""

    def sample(self, n: int, like: Tensor | None = None) -> Tensor:
        """Codes (n, dims)."""

    def energy(self, c: Tensor) -> Tensor:
        """How unlikely codes (n, dims) are, (n,)."""


@dataclass(frozen=True)
class Inversion:
    """Codes found for pictures.

    Args:
        z: codes (n, dims).
        images: what the generator makes of them (n, ...).
        errors: mean squared error of each picture (n,).
        history: lowest loss so far of the kept restart after each step (steps + 1, n); of an encoder alone one row.
        path: codes on the way there (frames, n, dims).
    """

    z: Tensor
    images: Tensor
    errors: Tensor
    history: Tensor
    path: Tensor


@dataclass(frozen=True)
class Fit:
    """What makes two pictures alike: the mean squared error and, with their weights, the following.

    Args:
        features: whose mean squared error counts too, of a critic's trunk, say; None: pixels alone.
        features_weight: of it.
        prior_weight: of the code's energy under the prior, by number of the code.
    """

    features: Read | None = None
    features_weight: float = 1.0
    prior_weight: float = 0.0


def invert(
    images: Tensor,
    generator: nn.Module,
    method: Method = "descent",
    *,
    prior: CodePrior | None = None,
    encoder: Read | None = None,
    restarts: int = 8,
    seed: int = 0,
    fit: Fit | None = None,
    descent: Descent | None = None,
    told: Told | None = None,
) -> Inversion:
    """Find codes whose pictures are the given ones; the generator stays as it is.

    Zhu et al. 2016, https://arxiv.org/abs/1609.03552, section 3, whose third way is the "hybrid".

    Args:
        images: (n, ...).
        generator: codes (m, dims) -> pictures (m, ...); evaluated with the statistics that it has learnt.
        method: "descent" from restarts drawn from the prior, the same for every picture, of which the best is kept;
            "encoder" reads the code; "hybrid" descends from what the encoder reads.
        prior: of the codes; for descents from restarts, and for the prior's term.
        encoder: pictures -> codes; for the other two ways.
        restarts: of each picture.
        seed: of the restarts.
        fit: what makes two pictures alike; None: the mean squared error alone.
        descent: how codes are searched.
        told: is told how far the search is, or None.

    Returns:
        One code for each picture. A picture's result does not depend on those beside it.

    Raises:
        ValueError: no pictures, or a method without what it needs.

    Example:
        >>> from disentangle.adversarial.priors import Normal
        >>> G = nn.Linear(2, 6)
        >>> found = invert(G(torch.randn(3, 2)).detach(), G, prior=Normal(2), descent=Descent(400, tolerance=0))
        >>> bool((found.errors < 1e-6).all())
        True
    """
    if not len(images):
        raise ValueError("no pictures to invert. Give one.")
    if method == "descent":
        start = restarted(prior, restarts, seed, images)
    elif encoder is None:
        raise ValueError(f"method '{method}' needs an encoder. Give one, or take method 'descent'.")
    else:
        start = _read(encoder, images)[:, None]
    how = descent or Descent()
    with frozen(generator) as G:
        loss_of = _losses(images, G, fit or Fit(), prior)
        found = search(loss_of, start, replace(how, steps=0) if method == "encoder" else how, told)
        with torch.no_grad():
            made = torch.cat([generator(z) for z in torch.split(found.z, 250)])
    return Inversion(found.z, made, squared_error(made, images), found.history, found.path)


def restarted(prior: CodePrior | None, restarts: int, seed: int, images: Tensor) -> Tensor:
    """The same codes of the prior for every picture, (n, restarts, dims).

    Raises:
        ValueError: no prior, or no restarts.
    """
    if prior is None or restarts < 1:
        raise ValueError("a descent needs a prior and at least one restart to draw from it. Give both.")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        drawn = prior.sample(restarts)
    return drawn.to(images.device).expand(len(images), -1, -1)


@torch.no_grad()
def _read(encoder: Read, x: Tensor) -> Tensor:
    if not isinstance(encoder, nn.Module):
        return encoder(x)
    with still(encoder):
        return torch.cat([encoder(part) for part in torch.split(x, 250)])


def _losses(images: Tensor, generator: nn.Module, fit: Fit, prior: CodePrior | None) -> Callable[[slice], Loss]:
    """The loss of several codes for each of some pictures."""

    def of(at: slice) -> Loss:
        wanted = images[at]
        features = None if fit.features is None else fit.features(wanted).detach()

        def loss(z: Tensor) -> Tensor:
            made = generator(z)
            total = squared_error(made, wanted)
            if fit.features is not None and features is not None:
                total = total + fit.features_weight * squared_error(fit.features(made), features)
            if fit.prior_weight and prior is not None:
                total = total + fit.prior_weight * prior.energy(z) / z.shape[1]
            return total

        return loss

    return of


def squared_error(made: Tensor, wanted: Tensor) -> Tensor:
    """The mean squared error of each (n, ...), (n,); of wanted ones as many, or one for several made ones in a row."""
    each = made.reshape(len(wanted), -1, *wanted.shape[1:]) - wanted[:, None]
    return each.square().flatten(2).mean(2).flatten()
