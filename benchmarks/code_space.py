"""Pictures found again in code space: all in one batch, each by itself, each start by itself."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import torch
from torch import Tensor

from benchmarks.clock import Figure, figure, in_turn
from disentangle.adversarial.priors import Normal
from disentangle.image.networks import generator
from disentangle.latent.descent import Descent
from disentangle.latent.inversion import invert

DIMS = 74  # of the GAN's code in recipes/image/mnist
LEAST = 20.0  # times faster in one batch than one descent at a time


def measure(quick: bool) -> dict[str, Figure]:
    """Milliseconds a picture in one batch, and how many times one at a time takes that, by wall clock on all cores.

    A batch is of 256 pictures with 8 starts of 200 steps each; of what is done one at a time, a part is measured. Every
    core may help with both, as for anybody who inverts: a batch gives each of them enough to do.
    """
    pictures, starts, steps, alone, repeats = (4, 2, 3, 1, 2) if quick else (256, 8, 200, 4, 3)
    torch.manual_seed(0)
    G = generator(DIMS, 28, 1, *((2, 8) if quick else (16, 128))).eval()
    find = partial(invert, generator=G, prior=Normal(DIMS), descent=Descent(0, scout=steps, tolerance=0))
    single = partial(invert, generator=G, prior=Normal(DIMS), descent=Descent(steps, tolerance=0), restarts=1)

    def starts_alone(x: Tensor) -> None:
        for seed in range(starts):
            single(x[:1], seed=seed)

    runs = {
        "together": lambda x: find(x, restarts=starts),
        "pictures": lambda x: [find(x[place : place + 1], restarts=starts) for place in range(alone)],
        "starts": starts_alone,
    }
    with _all_cores():
        spent = in_turn(lambda repeat: _noise(repeat, pictures), runs, repeats, warmup=0, clock=time.perf_counter)
    each = {"together": spent["together"] / pictures, "pictures": spent["pictures"] / alone, "starts": spent["starts"]}
    return {
        "inversion_together": figure(1000 * each["together"], "ms"),
        "inversion_pictures_alone_over_together": figure(each["pictures"] / each["together"], "x"),
        "inversion_starts_alone_over_together": figure(each["starts"] / each["together"], "x", least=LEAST),
    }


@contextmanager
def _all_cores() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _noise(repeat: int, count: int) -> Tensor:
    """What a picture shows costs no time."""
    return 2 * torch.rand(count, 1, 28, 28, generator=torch.Generator().manual_seed(repeat)) - 1
