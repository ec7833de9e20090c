"""The loop: rounds of a game, an optimizer per player, the log, checkpoints, resumption."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor

from disentangle.adversarial import chance, checkpoint, ranks
from disentangle.adversarial.averages import MovingAverages
from disentangle.adversarial.game import Engine, Game, Move, NonFiniteLoss
from disentangle.adversarial.interrupts import Interrupted, Interrupts
from disentangle.adversarial.log import Exhibits, Log
from disentangle.adversarial.options import PlayerOptions, TrainingOptions
from disentangle.adversarial.ranks import Ranks
from disentangle.adversarial.stillness import still

__all__ = ["Interrupted", "NonFiniteLoss", "PlayerOptions", "Source", "TrainingOptions", "TrainingResult", "train"]

Batch_co = TypeVar("Batch_co", covariant=True)
Report = Callable[[int, dict[str, float]], None]
Watch = Callable[[int], dict[str, float]]
Show = Callable[[], Exhibits]


class Source(Protocol[Batch_co]):
    """Batches as a pure function, so that a resumed run sees the ones that it would have seen."""

    def batch(self, step: int, draw: int, rank: int, ranks: int) -> Batch_co:
        """The batch that a rank draws in a step as its first (0), second (1), ..."""


@dataclass(frozen=True)
class TrainingResult:
    """What a run ended with: rounds played, its last checkpoint, and the game's state with averages where kept."""

    step: int
    checkpoint: Path
    state: dict[str, Tensor]


def train(
    game: Game[Any],
    source: Source[Any],
    players: Mapping[str, PlayerOptions],
    options: TrainingOptions,
    folder: Path,
    *,
    resume: bool = False,
    report: Report | None = None,
    watch: Watch | None = None,
    watch_every: int = 0,
    show: Show | None = None,
) -> TrainingResult:
    """Play a game until its last round.

    Args:
        game: networks, players, moves; trained in place, on the device where it is.
        source: gives the batches.
        players: how each player learns.
        options: how the run goes.
        folder: the experiment folder; ``checkpoints/``, ``log.jsonl`` and ``tensorboard/`` are written into it.
        resume: go on from the newest checkpoint there, or begin where there is none.
        report: called after every round with the rounds played and the values of the terms.
        watch: called every ``watch_every`` rounds and after the last; its values are logged as ``watch/NAME``.
        watch_every: 0 never watches.
        show: called every ``options.show_every`` rounds where there is TensorBoard, the networks as in use; what it
            gives is seen and heard there.

    Raises:
        ValueError: the folder holds a run and ``resume`` is not asked for, or a checkpoint that does not fit, or
            nothing is watched of which to keep the best.
        NonFiniteLoss: with the last good checkpoint.
        Interrupted: Ctrl-C or SIGTERM, after a checkpoint.
    """
    if options.best and not (watch and watch_every):
        raise ValueError(f"best is {options.best}, but nothing is watched. Leave it out.")
    run = _Run(game, players, options, folder)
    step = start = run.begin(resume)
    log = Log(folder, start, options.tensorboard) if run.ranks.rank == 0 else None
    try:
        with Interrupts() as interrupts:
            for step in range(start + 1, options.steps + 1):
                values = run.round(step, source)
                if report:
                    report(step, values)
                watched = watch if watch_every and (step % watch_every == 0 or step == options.steps) else None
                run.note(step, values, watched, log)
                if show and log and log.events and options.show_every and step % options.show_every == 0:
                    with still(game):  # its draws change nothing: each round begins a stream of its own
                        log.show(step, show())
                stop = run.ranks.largest(interrupts.number)
                if stop or step % options.save_every == 0 or step == options.steps:
                    run.save(step, log)
                if stop and step < options.steps:
                    raise Interrupted(step, checkpoint.path_of(folder, step), stop)
    finally:
        if log:
            log.close()
    return TrainingResult(step, checkpoint.path_of(folder, step), game.state_dict() | run.averages.state())


class _Run:
    """One run's engine, optimizers and averages, and how they are saved."""

    def __init__(
        self, game: Game[Any], players: Mapping[str, PlayerOptions], options: TrainingOptions, folder: Path
    ) -> None:
        self.game, self.options, self.folder = game, options, folder
        owned = game.owned()
        for player in owned.keys() ^ players.keys():
            raise ValueError(f"Options for {player}: the players with tensors of their own are {', '.join(owned)}.")
        self.device = next(iter(owned.values()))[0].device.type
        self.ranks: Ranks = ranks.join(self.device)
        self.optimizers = {player: players[player].optimize(tensors) for player, tensors in owned.items()}
        self.rates = {player: players[player].rates(options.steps) for player in owned}
        self.averages = MovingAverages(game, owned, {player: players[player].ema for player in owned})
        self.engine = Engine(
            game,
            self.optimizers,
            precision=options.precision,
            clips={player: clip for player in owned if (clip := players[player].clip) is not None},
            average=self.ranks.average if self.ranks.ranks > 1 else None,
        )
        self.best = math.inf

    def begin(self, resume: bool) -> int:
        """Load the newest checkpoint or write the first one; the rounds played so far."""
        last = checkpoint.latest(self.folder)
        if last and not resume:
            raise ValueError(f"{self.folder} holds a run already ({last.name}). Resume it, or take another folder.")
        self.ranks.wait()
        if last:
            return self._load(last)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.ranks.share(self.game)
        self.averages.reset()
        self.save(0, None)
        return 0

    def round(self, step: int, source: Source[Any]) -> dict[str, float]:
        """Play round ``step``, counted from 1."""
        self.game.step = step - 1
        for player, optimizer in self.optimizers.items():
            for group in optimizer.param_groups:
                group["lr"] = self.rates[player](step - 1)
        try:
            values = self.engine.play_parts(self._parts(source))
        except NonFiniteLoss as error:
            raise self._lost(error.player, error.term, step) from error
        self.averages.update(step - 1)
        return values

    def _parts(self, source: Source[Any]) -> list[Iterator[Move]]:
        """This rank's rounds, one for each part of its batches; the parts of all ranks count as ranks do."""
        parts, ranks = self.options.accumulate, self.ranks.ranks * self.options.accumulate
        first = self.ranks.rank * parts
        if parts == 1:
            chance.seed(self.device, self.options.seed, self.game.step, first)
            return [self.game.round(self._batches(source, first, ranks))]
        return [
            chance.apart(
                self.game.round(self._batches(source, part, ranks)),
                self.device,
                (self.options.seed, self.game.step, part),
            )
            for part in range(first, first + parts)
        ]

    def _batches(self, source: Source[Any], rank: int, ranks: int) -> Iterator[Any]:
        draw = 0
        while True:
            with torch.autocast(self.device, enabled=False):  # the round that asks computes in low precision
                batch = source.batch(self.game.step, draw, rank, ranks)
            yield batch
            draw += 1

    def note(self, step: int, values: dict[str, float], watch: Watch | None, log: Log | None) -> None:
        """Write what is due to the log, and keep the checkpoint if it is the best so far."""
        due = step % self.options.log_every == 0 or step == self.options.steps
        line = dict(values) if due else {}
        watched = self._watch(watch, step) if watch else {}
        line |= {f"watch/{name}": value for name, value in watched.items()}
        if log and line:
            log.write(step, line)
        if watched and self.options.best and self._better(watched) and self.ranks.rank == 0:
            checkpoint.save(checkpoint.best_path(self.folder), self._state(step))

    def _watch(self, watch: Watch, step: int) -> dict[str, float]:
        modes = [(module, module.training) for module in self.game.modules()]
        try:
            return watch(step)
        finally:
            for module, mode in modes:
                module.training = mode

    def _better(self, watched: dict[str, float]) -> bool:
        assert self.options.best is not None
        if self.options.best not in watched:
            raise ValueError(f"best is {self.options.best}, but what is watched is {', '.join(watched)}.")
        better = watched[self.options.best] < self.best
        self.best = min(self.best, watched[self.options.best])
        return better

    def save(self, step: int, log: Log | None) -> None:
        """Write the checkpoint of a step, unless a tensor went bad without any loss telling."""
        for player, tensors in self.engine.owned.items():
            if not all(bool(tensor.isfinite().all()) for tensor in tensors):
                raise self._lost(player, "weights", step)
        if self.ranks.rank:
            return
        if log:
            log.sync()
        checkpoint.save(checkpoint.path_of(self.folder, step), self._state(step))
        checkpoint.prune(self.folder, self.options.keep)

    def _lost(self, player: str, term: str, step: int) -> NonFiniteLoss:
        return NonFiniteLoss(player, term, step, checkpoint.latest(self.folder))

    def _state(self, step: int) -> dict[str, object]:
        return {
            "step": step,
            "game": self.game.state_dict(),
            "optimizers": {player: optimizer.state_dict() for player, optimizer in self.optimizers.items()},
            "averages": self.averages.state(),
            "best": self.best,
        }

    def _load(self, path: Path) -> int:
        state: dict[str, Any] = checkpoint.load(path, ("step", "game", "optimizers", "averages", "best"))
        try:
            self.game.load_state_dict(state["game"])
            for player, optimizer in self.optimizers.items():
                optimizer.load_state_dict(state["optimizers"][player])
            self.averages.load(state["averages"])
        except (RuntimeError, KeyError, ValueError) as error:
            raise ValueError(f"{path} is of another configuration ({error}). Take another folder.") from error
        self.best = float(state["best"])
        return int(state["step"])
