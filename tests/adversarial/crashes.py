"""Runs training in processes that are killed, stopped or out of disk; prints as JSON what became of them.

One process that has loaded torch, but computed nothing, forks all others: each starts at once.
"""

import json
import os
import random
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from disentangle.adversarial import checkpoint
from disentangle.adversarial.priors import Normal
from disentangle.adversarial.training import Interrupted, PlayerOptions, TrainingOptions, train
from disentangle.games.gan import GAN

STEPS = 40
HERE = Path(sys.argv[-1])  # the folder it is given
PLAYERS = {"critic": PlayerOptions(clip=1.0, warmup=5), "generator": PlayerOptions(ema=0.9, decay="cosine")}
OPTIONS = TrainingOptions(STEPS, seed=3, log_every=1, save_every=1, best="distance", tensorboard=False)


class Noise:
    """Batches from (step, draw, rank)."""

    def batch(self, step: int, draw: int, rank: int, ranks: int) -> Tensor:
        seed = (step * 10 + draw) * ranks + rank
        return torch.randn(8, 4, generator=torch.Generator().manual_seed(seed))


def game() -> GAN:
    torch.manual_seed(0)
    G = nn.Sequential(nn.Linear(3, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 4))
    return GAN(G, nn.Sequential(nn.Linear(4, 64), nn.Dropout(0.2), nn.ReLU(), nn.Linear(64, 1)), Normal(3))


def run(name: str, report: Callable[[int, dict[str, float]], None] | None = None) -> int:
    """The process of a run that resumes where it can; its exit status is the command line's, its words go to a file."""
    process = os.fork()
    if process:
        return process
    g, words, status = game(), "", 0
    try:
        train(
            g,
            Noise(),
            PLAYERS,
            OPTIONS,
            HERE / name,
            resume=True,
            report=report,
            watch_every=7,
            watch=lambda step: {"distance": float(torch.randn(())) + step * 0},
        )
    except Interrupted as error:
        words, status = str(error), 128 + error.signal
    except (OSError, ArithmeticError, ValueError) as error:
        words, status = str(error), 2
    (HERE / f"{name}.txt").write_text(words)
    os._exit(status)


def status(process: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def same(one: object, other: object) -> bool:
    """Equal to the bit."""
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return one.dtype == other.dtype and torch.equal(one, other)
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def like_unbroken(name: str) -> bool:
    """Whether a run left what the undisturbed one did: weights, optimizers, averages, the best of them, the log."""
    files = ["best.pt", *(f"step-{step:08d}.pt" for step in (STEPS - 1, STEPS))]
    paths = [Path("checkpoints") / file for file in files]
    states = all(same(checkpoint.load(HERE / name / path), checkpoint.load(HERE / "unbroken" / path)) for path in paths)
    return states and (HERE / name / "log.jsonl").read_bytes() == (HERE / "unbroken/log.jsonl").read_bytes()


def outcome(name: str) -> dict[str, object]:
    """Finishes a run and compares it with the one that nobody disturbed."""
    finished = status(run(name))
    left = sorted(path.name for path in (HERE / name / "checkpoints").iterdir())
    return {"finished": finished, "equal": like_unbroken(name), "left": left}


def killed_at_random(duration: float) -> dict[str, object]:
    """Kills the same run again and again, later if it got nowhere; a run that escapes begins anew."""
    chance, kills, at = random.Random(1), 0, [0]
    while kills < 7 or at[-1] == 0:
        process = run("random")
        time.sleep(chance.uniform(0, duration / 5))
        os.kill(process, signal.SIGKILL)
        if status(process) == 0:
            assert like_unbroken("random")
            shutil.rmtree(HERE / "random")
            continue
        kills += 1
        at.append((checkpoint.steps(HERE / "random") or [0])[-1])
        duration *= 1.5 if at[-1] == at[-2] else 1
    return {"kills": kills, "at": at, **outcome("random")}


def killed_while_writing() -> dict[str, object]:
    """Kills with half a file written, with a whole file not yet in place, and with one too many in place."""
    fsync, replace, prune = os.fsync, Path.replace, checkpoint.prune

    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def halve(handle: int) -> None:
        if os.readlink(f"/proc/self/fd/{handle}").endswith("pt.tmp"):
            os.ftruncate(handle, os.fstat(handle).st_size // 2)
            die()
        fsync(handle)

    def later(patch: Callable[[], None]) -> Callable[[int, dict[str, float]], None]:
        return lambda step, _: patch() if step % 10 == 5 else None

    patches: list[Callable[[], None]] = [
        lambda: setattr(os, "fsync", halve),
        lambda: setattr(Path, "replace", die),
        lambda: setattr(checkpoint, "prune", die),
    ]
    statuses = [status(run("writing", later(patch))) for patch in patches]
    assert (os.fsync, Path.replace, checkpoint.prune) == (fsync, replace, prune)
    return {"statuses": statuses, **outcome("writing")}


def asked_to_stop(number: int) -> dict[str, object]:
    name = signal.Signals(number).name
    stop = status(run(name, lambda step, _: os.kill(os.getpid(), number) if step == 12 else None))
    words, kept = (HERE / f"{name}.txt").read_text(), checkpoint.steps(HERE / name)
    return {"status": stop, "words": words, "kept": kept, **outcome(name)}


def out_of_disk() -> dict[str, object]:
    def fill(step: int, _: dict[str, float]) -> None:
        if step == 12:
            resource.setrlimit(resource.RLIMIT_FSIZE, (8000, resource.RLIM_INFINITY))

    stop = status(run("full", fill))
    kept = checkpoint.latest(HERE / "full")
    files = sorted(path.name for path in (HERE / "full/checkpoints").iterdir())
    words = (HERE / "full.txt").read_text()
    loads = kept is not None and checkpoint.load(kept)["step"]
    return {"status": stop, "words": words, "files": files, "loads": loads, **outcome("full")}


def main() -> None:
    PLAYERS["critic"].optimize(list(game().parameters()))  # loads what every run would load anew
    start = time.monotonic()
    assert status(run("unbroken")) == 0
    duration = time.monotonic() - start
    results = {
        "random": killed_at_random(duration),
        "writing": killed_while_writing(),
        "SIGTERM": asked_to_stop(signal.SIGTERM),
        "SIGINT": asked_to_stop(signal.SIGINT),
        "full": out_of_disk(),
        "duration": duration,
    }
    print(json.dumps(results))


if __name__ == "__main__":
    main()
