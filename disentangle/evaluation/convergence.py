"""Training a probe until it has converged: early stopping on its own validation loss, the best state restored."""

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Curve = list[dict[str, float]]


@dataclass(frozen=True)
class Limits:
    """When training stops.

    Args:
        rate: first learning rate; divided by 4 each time patience runs out, ``decays`` times, then training stops.
        patience: steps without a lower validation loss (and never fewer than 3 epochs).
        steps: the most steps in all.
        enough: a validation loss below which nothing is left to learn.
    """

    rate: float = 2e-3
    patience: int = 185
    decays: int = 1
    steps: int = 3000
    enough: float = 2e-3


DEFAULT = Limits()


def held_out(labels: Sequence[str], share: float, seed: int) -> tuple[list[int], list[int]]:
    """Indices for training and for validation, every class divided alike; a class of one item stays in training."""
    ranked = by_class(labels, seed)
    counts = {label: labels.count(label) for label in set(labels)}
    several = [i for i in ranked if counts[labels[i]] > 1]
    chosen = set(several[:: max(2, round(1 / share))])
    return [i for i in ranked if i not in chosen], sorted(chosen)


def by_class(labels: Sequence[str], seed: int) -> list[int]:
    """All indices, class after class, shuffled within each; every k-th of them is a sample divided by class."""
    shuffled = np.random.default_rng(seed).permutation(len(labels)).tolist()
    return sorted(shuffled, key=lambda i: labels[i])


def class_weights(targets: NDArray[np.int64], classes: int) -> Tensor:
    """Weights that make every class count alike, with mean 1 over the items."""
    counts = np.bincount(targets, minlength=classes).clip(1)
    return torch.from_numpy(len(targets) / (classes * counts)).float()


def converge(
    network: nn.Module,
    epoch: Callable[[], Iterator[Tensor]],
    validation_loss: Callable[[], float],
    limits: Limits = DEFAULT,
) -> Curve:
    """Train in place.

    Args:
        network: whose parameters move (AdamW, gradient norm clipped to 1).
        epoch: yields the loss of each batch of one pass, computed with the network as it then is.
        validation_loss: called in evaluation mode, without gradients.
        limits: when to stop.

    Returns:
        One row for each epoch: step, training and validation loss.
    """
    optimizer = torch.optim.AdamW(network.parameters(), limits.rate, weight_decay=1e-2)
    best, best_state, curve = math.inf, copy.deepcopy(network.state_dict()), Curve()
    step = waited = waited_epochs = decays = 0
    while step < limits.steps:
        losses = _pass(network, epoch, optimizer)
        step, waited, waited_epochs = step + len(losses), waited + len(losses), waited_epochs + 1
        network.eval()
        with torch.no_grad():
            loss = validation_loss()
        curve.append({"step": step, "training_loss": sum(losses) / len(losses), "validation_loss": loss})
        if loss < best:
            best, best_state, waited, waited_epochs = loss, copy.deepcopy(network.state_dict()), 0, 0
        if best < limits.enough:
            break
        if waited >= limits.patience and waited_epochs >= 3:
            if decays == limits.decays:
                break
            decays, waited, waited_epochs = decays + 1, 0, 0
            network.load_state_dict(best_state)
            optimizer = torch.optim.AdamW(network.parameters(), limits.rate / 4**decays, weight_decay=1e-2)
    network.load_state_dict(best_state)
    network.eval()
    return curve


def _pass(network: nn.Module, epoch: Callable[[], Iterator[Tensor]], optimizer: torch.optim.Optimizer) -> list[float]:
    network.train()
    losses = []
    for loss in epoch():
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    return losses
