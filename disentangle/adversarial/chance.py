"""Chance from (seed, step, rank) alone, and rounds that draw from streams of their own."""

import hashlib
from collections.abc import Iterator

import torch
from torch import Tensor

from disentangle.adversarial.game import Move


def seed(device: str, number: int, step: int, rank: int) -> None:
    """Begin the stream of a step and rank; `torch.manual_seed` would collect a traceback every time."""
    digest = hashlib.blake2b(f"{number} {step} {rank}".encode(), digest_size=8).digest()
    begin = int.from_bytes(digest, "little") >> 1
    torch.default_generator.manual_seed(begin)
    if device == "cuda":
        torch.cuda.manual_seed(begin)


def apart(moves: Iterator[Move], device: str, place: tuple[int, int, int]) -> Iterator[Move]:
    """The same moves, whose draws are those of one stream whatever else is drawn between two of them.

    Args:
        moves: of a round.
        device: where they are computed.
        place: seed, step and rank, where the stream begins.
    """
    seed(device, *place)
    state = _state(device)
    while True:
        _restore(device, state)
        move = next(moves, None)
        state = _state(device)
        if move is None:
            return
        yield move


def _state(device: str) -> list[Tensor]:
    return [torch.get_rng_state(), *([torch.cuda.get_rng_state()] if device == "cuda" else [])]


def _restore(device: str, state: list[Tensor]) -> None:
    torch.set_rng_state(state[0])
    if device == "cuda":
        torch.cuda.set_rng_state(state[1])
