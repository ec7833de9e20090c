"""Descent on codes through a frozen generator: many codes at once, each on a loss of its own."""

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from disentangle.progress import Progress

Loss = Callable[[Tensor], Tensor]
"""Codes (rows, dims) -> losses (rows,), each of its own row alone."""

Told = Callable[[int], AbstractContextManager[Progress]]
"""How many steps of single codes are to come -> who is told of each as it is done."""

PATIENCE = 20  # steps over which a loss has to fall
AT_ONCE = 2048  # codes in one graph


@dataclass(frozen=True)
class Descent:
    """How codes are searched.

    Args:
        steps: at most so many.
        rate: of Adam at the first step; it falls to 0 along half a cosine.
        tolerance: a code is done where its lowest loss fell by less than this share over 20 steps; 0 goes to the end.
        scout: steps that every start is given, at the first rate, before the best one alone goes on.
        frames: points that are kept of the way, at least 2.
    """

    steps: int = 200
    rate: float = 0.1
    tolerance: float = 1e-3
    scout: int = 100
    frames: int = 9

    def __post_init__(self) -> None:
        if min(self.steps, self.scout) < 0 or self.rate <= 0 or not 0 <= self.tolerance < 1 or self.frames < 2:
            raise ValueError(f"a descent needs steps >= 0, a rate > 0, a tolerance in [0, 1), 2 frames; not {self}.")


@dataclass(frozen=True)
class Descended:
    """Where a descent came to.

    Args:
        z: the best code of each row, (rows, dims).
        losses: of these, (rows,).
        history: lowest loss so far after each step, the start included, (steps + 1, rows).
        path: best code so far at equal distances of the search, start and end included, (frames, rows, dims).
    """

    z: Tensor
    losses: Tensor
    history: Tensor
    path: Tensor


@torch.enable_grad()
def descend(
    loss: Loss,
    start: Tensor,
    options: Descent | None = None,
    *,
    falling: bool = True,
    report: Callable[[int], None] | None = None,
) -> Descended:
    """Minimise each row's loss over its code by Adam (Kingma and Ba 2015); gradients are taken of the codes alone.

    A row that is done keeps its code whatever the others do, so that its result does not depend on them.

    Args:
        loss: of codes.
        start: codes (rows, dims).
        options: how.
        falling: whether the rate falls to 0.
        report: called with the number of steps of codes done since, of those that an early end saves too.
    """
    o = options or Descent()
    z = start.detach().clone().requires_grad_()
    adam = torch.optim.Adam([z], lr=o.rate)
    best_z, best = z.detach().clone(), torch.full_like(z[:, 0], math.inf, requires_grad=False)
    done = torch.zeros(len(z), dtype=torch.bool, device=z.device)
    kept = {round(frame * o.steps / (o.frames - 1)) for frame in range(o.frames)}
    history, path = [], []
    for step in range(o.steps + 1):
        losses = loss(z)
        better = (losses.detach() < best) & ~done
        best_z[better], best = z.detach()[better], torch.where(better, losses.detach(), best)
        history.append(best)
        if step >= PATIENCE:
            done |= history[step - PATIENCE] * (1 - o.tolerance) < best
        last = step == o.steps or bool(done.all())
        if step in kept or last:
            path.append(best_z.clone())
        if report:
            report(len(z) * (o.steps - step + 1 if last else 1))
        if last:
            break
        (z.grad,) = torch.autograd.grad(losses.sum(), z)
        if falling:
            adam.param_groups[0]["lr"] = o.rate * (1 + math.cos(math.pi * step / o.steps)) / 2
        adam.step()
    return Descended(best_z, best, torch.stack(history), torch.stack(path))


def search(
    loss_of: Callable[[slice], Loss],
    start: Tensor,
    options: Descent | None = None,
    told: Told | None = None,
) -> Descended:
    """Descend from several starts for each of n things, many at once, and keep the best of each.

    Args:
        loss_of: for the things at these places the loss of their codes, as many rows of each thing as there are starts,
            or one; all of the first thing, then all of the second, ...
        start: (n, starts, dims).
        options: how.
        told: is told how far the search is, or None.

    Returns:
        One row for each thing; of those that were done early, history and path hold their last value.
    """
    n, each, _ = start.shape
    how, step, parts = options or Descent(), max(1, AT_ONCE // each), []
    scouted = each * (how.scout + 1) if each > 1 else 0
    with reporting(told, n * (scouted + how.steps + 1)) as report:
        for first in range(0, n, step):
            parts.append(_best(loss_of(slice(first, first + step)), start[first : first + step], how, report))
    rows, frames = max(len(part.history) for part in parts), max(len(part.path) for part in parts)
    return Descended(
        torch.cat([part.z for part in parts]),
        torch.cat([part.losses for part in parts]),
        torch.cat([_held(part.history, rows) for part in parts], 1),
        torch.cat([_held(part.path, frames) for part in parts], 1),
    )


@contextmanager
def reporting(told: Told | None, steps: int) -> Iterator[Callable[[int], None] | None]:
    """Where to report steps of codes, of which there will be so many."""
    if told is None:
        yield None
        return
    with told(steps) as bar:
        yield bar.advance


def _best(loss: Loss, start: Tensor, options: Descent, report: Callable[[int], None] | None) -> Descended:
    """All starts (n, starts, dims) are scouted; the best of each goes on."""
    n, each, dims = start.shape
    if each == 1:
        return descend(loss, start[:, 0], options, report=report)
    scouting = replace(options, steps=options.scout, tolerance=0.0, frames=2)
    scouted = descend(loss, start.reshape(-1, dims), scouting, falling=False, report=report)
    best = scouted.losses.view(n, each).argmin(1) + torch.arange(n, device=start.device) * each
    found = descend(loss, scouted.z[best], options, report=report)
    history = torch.cat([scouted.history[:, best], found.history[1:]])
    return Descended(found.z, found.losses, history, torch.cat([scouted.path[:1, best], found.path]))


def _held(values: Tensor, count: int) -> Tensor:
    """The last of them repeated until there are so many."""
    return torch.cat([values, values[-1:].expand(count - len(values), *values.shape[1:])])
