"""What codes are drawn from: normal, uniform, categorical, and several of them side by side."""

import math
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from disentangle.adversarial.objectives import full


class Prior(Protocol):
    """A distribution of codes, and how a network that guesses a code is judged by it."""

    @property
    def dims(self) -> int:
        """Size of a code."""

    @property
    def outputs(self) -> int:
        """How many numbers a network gives for its guess of a code."""

    def sample(self, n: int, like: Tensor | None = None) -> Tensor:
        """Codes (n, dims), with the type and place of ``like``."""

    def entropy(self) -> float:
        """In nats; differential where the code is continuous."""

    def surprise(self, q: Tensor, c: Tensor) -> Tensor:
        """-log Q(c|x) in nats, (batch,), of a guess q (batch, outputs) for codes c (batch, dims)."""

    def energy(self, c: Tensor) -> Tensor:
        """How far codes (batch, dims) are from what is likely, (batch,); smooth, so that a search can go down it."""


def _place(like: Tensor | None) -> tuple[torch.dtype, torch.device]:
    if like is None:
        return torch.get_default_dtype(), torch.get_default_device()
    return (like.dtype if like.is_floating_point() else torch.get_default_dtype()), like.device


def gaussian(mean: Tensor, log_std: Tensor) -> Tensor:
    """A draw through which gradients reach mean and deviation (Kingma and Welling 2014, section 2.4)."""
    return mean + log_std.exp() * torch.randn_like(mean)


def gaussian_surprise(x: Tensor, mean: Tensor, log_std: Tensor) -> Tensor:
    """-log N(x; mean, std²) in nats, (batch,), summed over the other axes; all (batch, dims)."""
    mean, log_std = full(mean), full(log_std)
    each = ((x - mean) * (-log_std).exp()).square() / 2 + log_std + math.log(2 * math.pi) / 2
    return each.flatten(1).sum(1)


@dataclass(frozen=True)
class Normal:
    """Independent standard normal numbers; guessed by mean and log deviation of each."""

    dims: int

    @property
    def outputs(self) -> int:
        """Means, then log deviations."""
        return 2 * self.dims

    def sample(self, n: int, like: Tensor | None = None) -> Tensor:
        """Codes (n, dims)."""
        dtype, device = _place(like)
        return torch.randn(n, self.dims, dtype=dtype, device=device)

    def entropy(self) -> float:
        """Log(2πe)/2 for each number."""
        return self.dims * math.log(2 * math.pi * math.e) / 2

    def surprise(self, q: Tensor, c: Tensor) -> Tensor:
        """A Gaussian's, (batch,)."""
        return gaussian_surprise(c, *q.chunk(2, 1))

    def energy(self, c: Tensor) -> Tensor:
        """-log p(c) above its lowest, (batch,)."""
        return full(c).square().sum(1) / 2


@dataclass(frozen=True)
class Uniform:
    """Independent numbers, uniform between ``low`` and ``high``; guessed by mean and log deviation of each."""

    dims: int
    low: float = -1.0
    high: float = 1.0

    @property
    def outputs(self) -> int:
        """Means, then log deviations."""
        return 2 * self.dims

    def sample(self, n: int, like: Tensor | None = None) -> Tensor:
        """Codes (n, dims)."""
        dtype, device = _place(like)
        return self.low + (self.high - self.low) * torch.rand(n, self.dims, dtype=dtype, device=device)

    def entropy(self) -> float:
        """The logarithm of the width for each number."""
        return self.dims * math.log(self.high - self.low)

    def surprise(self, q: Tensor, c: Tensor) -> Tensor:
        """A Gaussian's, (batch,): InfoGAN's factored Gaussian for continuous codes (section 6)."""
        return gaussian_surprise(c, *q.chunk(2, 1))

    def energy(self, c: Tensor) -> Tensor:
        """Half the squared distance from between the bounds, (batch,)."""
        return (c - c.clamp(self.low, self.high)).square().sum(1) / 2


@dataclass(frozen=True)
class Categorical:
    """One of so many classes, equally likely, as a one-hot vector; guessed by logits.

    Example:
        >>> int(Categorical(10).sample(5).sum())
        5
    """

    classes: int

    @property
    def dims(self) -> int:
        """One per class."""
        return self.classes

    @property
    def outputs(self) -> int:
        """A logit per class."""
        return self.classes

    def sample(self, n: int, like: Tensor | None = None) -> Tensor:
        """One-hot codes (n, classes)."""
        dtype, device = _place(like)
        return one_hot(torch.randint(self.classes, (n,), device=device), self.classes).to(dtype)

    def entropy(self) -> float:
        """The logarithm of the number of classes."""
        return math.log(self.classes)

    def surprise(self, q: Tensor, c: Tensor) -> Tensor:
        """Cross-entropy, (batch,)."""
        return -(c * full(q).log_softmax(1)).sum(1)

    def energy(self, c: Tensor) -> Tensor:
        """Half the squared distance from the nearest class, (batch,)."""
        nearest = one_hot(c.argmax(1), self.classes).to(c.dtype)
        return (c - nearest).square().sum(1) / 2


@dataclass(frozen=True)
class Joint:
    """Independent parts side by side, as InfoGAN's ten classes and two continuous codes.

    Example:
        >>> code = Joint((Categorical(10), Uniform(1), Uniform(1)))
        >>> code.dims, code.outputs, [part.shape[1] for part in code.split(code.sample(3))]
        (12, 14, [10, 1, 1])
    """

    parts: tuple[Prior, ...]

    @property
    def dims(self) -> int:
        """Of all parts."""
        return sum(part.dims for part in self.parts)

    @property
    def outputs(self) -> int:
        """Of all parts."""
        return sum(part.outputs for part in self.parts)

    def split(self, c: Tensor) -> tuple[Tensor, ...]:
        """The code of each part, (batch, dims) -> (batch, dims of the part)."""
        return torch.split(c, [part.dims for part in self.parts], 1)

    def sample(self, n: int, like: Tensor | None = None) -> Tensor:
        """Codes (n, dims)."""
        return torch.cat([part.sample(n, like) for part in self.parts], 1)

    def entropy(self) -> float:
        """The sum over the parts, which are independent."""
        return sum(part.entropy() for part in self.parts)

    def surprise(self, q: Tensor, c: Tensor) -> Tensor:
        """The sum over the parts, (batch,)."""
        guesses = torch.split(q, [part.outputs for part in self.parts], 1)
        pairs = zip(self.parts, guesses, self.split(c), strict=True)
        return torch.stack([part.surprise(guess, code) for part, guess, code in pairs]).sum(0)

    def energy(self, c: Tensor) -> Tensor:
        """The sum over the parts, (batch,)."""
        pairs = zip(self.parts, self.split(c), strict=True)
        return torch.stack([part.energy(code) for part, code in pairs]).sum(0)


def classes(code: Prior, q: Tensor) -> list[Tensor]:
    """The logits of the categorical parts of guesses q (batch, outputs)."""
    parts = code.parts if isinstance(code, Joint) else (code,)
    guesses = torch.split(q, [part.outputs for part in parts], 1)
    return [guess for part, guess in zip(parts, guesses, strict=True) if isinstance(part, Categorical)]


def continuous(code: Prior) -> Tensor:
    """Which numbers of a code (dims,) are of no categorical part, bool."""
    parts = code.parts if isinstance(code, Joint) else (code,)
    return torch.cat([torch.full((part.dims,), not isinstance(part, Categorical)) for part in parts])
