"""A game yields, for each player, the loss it minimises; the engine moves the players."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import reduce
from operator import add, attrgetter
from pathlib import Path
from typing import Any, ClassVar, Generic

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from typing_extensions import TypeVar

from disentangle.adversarial.passes import passes
from disentangle.adversarial.precision import Precision, is_bf16
from disentangle.adversarial.stillness import Stillness

Terms = dict[str, Tensor]
Move = dict[str, Terms]
Average = Callable[[Sequence[Tensor]], None]
Batch = TypeVar("Batch", default=Any)


class NonFiniteLoss(ArithmeticError):  # noqa: N818
    """A term of a player's loss is infinite or not a number; nothing of that move was stepped.

    Args:
        player, term: what became non-finite; the term is ``weights`` if a tensor of the player did.
        step: the round that was being played, counted from 1 as in the log.
        checkpoint: the last good checkpoint, where there is one.
    """

    def __init__(self, player: str, term: str, step: int, checkpoint: Path | None = None) -> None:
        kept = f" The last good checkpoint is {checkpoint}." if checkpoint else ""
        super().__init__(f"{player}/{term} is not finite, step {step}.{kept} Lower the rate of {player}, or clip it.")
        self.player, self.term, self.step, self.checkpoint = player, term, step, checkpoint


class Game(nn.Module, Generic[Batch]):
    """Networks, the players that own them, and one round of moves.

    ``round`` is a generator. Each ``yield`` is a move: the players it names act together, each on the sum of its own
    terms, and code after it sees them moved. The engine differentiates a player's loss by that player's tensors only,
    so a game needs no ``detach``. A graph may be used again after a move as long as nothing in it has moved.
    """

    players: ClassVar[dict[str, str | tuple[str, ...]]] = {}
    """Player -> the attributes (dotted names too) that it owns; one that is ``None`` is a part switched off."""

    step: int = 0
    """Rounds played so far, set by the engine: schedules are functions of it."""

    def round(self, batches: Iterator[Batch]) -> Iterator[Move]:
        """One round of moves; ``next(batches)`` gives a batch as often as the round asks."""
        raise NotImplementedError

    def parts(self) -> dict[str, list[nn.Module | nn.Parameter]]:
        """What each player owns, parts that are switched off left out."""
        parts = {}
        for player, names in self.players.items():
            names = (names,) if isinstance(names, str) else names
            parts[player] = [part for name in names if (part := self._part(player, name)) is not None]
        return parts

    def _part(self, player: str, name: str) -> nn.Module | nn.Parameter | None:
        try:
            part = attrgetter(name)(self)
        except AttributeError as error:
            raise ValueError(f"Player {player} owns {name}, which {type(self).__name__} lacks.") from error
        assert part is None or isinstance(part, nn.Module | nn.Parameter), f"{name} is no network and no parameter"
        return part

    def owned(self) -> dict[str, list[nn.Parameter]]:
        """The trainable tensors of each player that has any.

        Raises:
            ValueError: a trainable tensor has two owners or none; what nobody trains is to be frozen.
        """
        owned = {player: list(dict.fromkeys(_trainable(parts))) for player, parts in self.parts().items()}
        owners: dict[nn.Parameter, list[str]] = {}
        for player, tensors in owned.items():
            for tensor in tensors:
                owners.setdefault(tensor, []).append(player)
        for name, tensor in self.named_parameters():
            players = owners.get(tensor, [])
            if tensor.requires_grad and len(players) != 1:
                raise ValueError(f"{type(self).__name__}.{name} {_fault(players, list(self.players))}")
        return {player: tensors for player, tensors in owned.items() if tensors}


def _trainable(parts: Iterable[nn.Module | nn.Parameter]) -> Iterator[nn.Parameter]:
    for part in parts:
        for tensor in part.parameters() if isinstance(part, nn.Module) else [part]:
            if tensor.requires_grad:
                yield tensor


def _fault(players: list[str], known: list[str]) -> str:
    if players:
        return f"has {len(players)} owners, {' and '.join(players)}. Leave it to one of them."
    return f"is trainable and has no owner. Give it to a player ({', '.join(known)}) or freeze it."


class Engine:
    """Plays rounds of a game; everything that does not change between rounds is looked up once.

    Args:
        game: networks, players and their moves.
        optimizers: one for each player, over exactly the tensors that it owns.
        precision: bfloat16 runs the game under autocast, entered anew for every move; losses are float32 in any case.
        clips: largest norm of a player's gradient.
        average: replaces tensors by their mean over the ranks, called once for each player that moves.

    During a move the persistent buffers (batch-norm statistics, spectral-norm vectors) of every network that does not
    move are kept still: it normalises by its batch, and its buffers are put back.
    """

    def __init__(
        self,
        game: Game[Any],
        optimizers: Mapping[str, Optimizer],
        *,
        precision: Precision = "float32",
        clips: Mapping[str, float] | None = None,
        average: Average | None = None,
    ) -> None:
        self.game, self.optimizers, self.clips, self.average = game, optimizers, clips or {}, average
        self.owned = game.owned()
        self.stillness = Stillness(game, game.parts())
        self.device = next(iter(self.owned.values()))[0].device.type
        self.bf16 = is_bf16(precision, self.device)
        _check_optimizers(self.owned, optimizers)

    def play(self, batches: Iterator[Any]) -> dict[str, float]:
        """One round: for each term, as ``player/term``, its value in the last move of that player."""
        return self.play_parts([self.game.round(batches)])

    def play_parts(self, parts: Sequence[Iterator[Move]]) -> dict[str, float]:
        """One round in parts, of which each yields the same moves on its share of the batches.

        Gradients and values are the mean over the parts, so memory holds the graph of one part at a time.
        """
        values: dict[str, float] = {}
        self.stillness.keep()
        while (move := self._gradients(parts)) is not None:
            values |= self._agreed(move)
            for player in move:
                if player in self.clips:
                    nn.utils.clip_grad_norm_(self.owned[player], self.clips[player])
                self.optimizers[player].step()
            self.stillness.settle(move, self.average)
        return values

    def _gradients(self, parts: Sequence[Iterator[Move]]) -> Move | None:
        """All gradients of the next move before any of its steps; the values of its terms, None after the last move."""
        found: Move = {}
        for number, part in enumerate(parts):
            move = self._next(part)
            if number and (move or {}).keys() != found.keys():
                raise ValueError("One part of the batches moves other players than another, so they are no one batch.")
            if move is None:
                continue
            for player, values in self._differentiate(move, again=number > 0).items():
                terms = found.setdefault(player, {})
                for term, value in zip(move[player], values, strict=True):
                    terms[term] = terms[term] + value if term in terms else value
        if move is None:
            return None
        if len(parts) > 1 and found:
            torch._foreach_div_(list(self._found(found)), float(len(parts)))
            found = {player: {t: value / len(parts) for t, value in terms.items()} for player, terms in found.items()}
        return found

    def _found(self, players: Iterable[str]) -> Iterator[Tensor]:
        for player in players:
            yield from (tensor.grad for tensor in self.owned[player] if tensor.grad is not None)

    def _next(self, moves: Iterator[Move]) -> Move | None:
        with self._autocast():
            move = next(moves, None)
        if move is not None and not move.keys() <= self.owned.keys():
            strangers = ", ".join(move.keys() - self.owned.keys())
            raise ValueError(f"{strangers} moves but owns nothing; players: {', '.join(self.owned)}.")
        for player in [player for player, terms in (move or {}).items() if not terms]:
            raise ValueError(f"{player} moves without a term; leave it out of the move.")
        return move

    def _autocast(self) -> AbstractContextManager[Any]:
        return torch.autocast(self.device, torch.bfloat16) if self.bf16 else nullcontext()

    def _differentiate(self, move: Move, again: bool) -> dict[str, list[Tensor]]:
        """The gradients of a move, or of another part of it ``again``; the values of each player's terms."""
        full: dict[Tensor, Tensor] = {}  # a term of several players stays one tensor, which passes go by
        losses = {player: [_checked(player, *term, full) for term in terms.items()] for player, terms in move.items()}
        groups = passes(losses, self.owned)
        for group in groups:
            self._backward(group, losses, again, retain=group is not groups[-1])
        return {player: [loss.detach() for loss in terms] for player, terms in losses.items()}

    def _agreed(self, move: Move) -> dict[str, float]:
        """The values of a move's terms, these and its gradients averaged over ranks.

        Raises:
            NonFiniteLoss: a value is infinite or not a number.
        """
        values: dict[str, float] = {}
        for player, terms in move.items():
            found = torch.stack(list(terms.values()))
            if self.average:
                self._average(self.owned[player], found)
            values |= zip([f"{player}/{term}" for term in terms], found.tolist(), strict=True)
        for name, value in values.items():
            if not math.isfinite(value):
                player, term = name.split("/", 1)
                raise NonFiniteLoss(player, term, self.game.step + 1)
        return values

    def _backward(self, group: list[str], losses: Mapping[str, list[Tensor]], again: bool, retain: bool) -> None:
        """The gradients of players whose losses can be differentiated together, ``again`` on top of what is there."""
        tensors = [tensor for player in group for tensor in self.owned[player]]
        for tensor in tensors if not again else ():
            tensor.grad = None
        terms = dict.fromkeys(loss for player in group for loss in losses[player])
        try:
            torch.autograd.backward(reduce(add, terms), inputs=tensors, retain_graph=retain)
        except RuntimeError as error:
            raise _explained(group, error) from error
        for player in group:
            if self.average is None and all(tensor.grad is None for tensor in self.owned[player]):
                raise ValueError(f"The loss of {player} reaches none of its tensors.")

    def _average(self, tensors: list[nn.Parameter], found: Tensor) -> None:
        """Gradients and losses averaged over ranks; a tensor that no rank used keeps no gradient."""
        assert self.average is not None
        used = found.new_tensor([tensor.grad is not None for tensor in tensors])
        for tensor in tensors:
            tensor.grad = torch.zeros_like(tensor) if tensor.grad is None else tensor.grad
        self.average([*(tensor.grad for tensor in tensors if tensor.grad is not None), used, found])
        for tensor, share in zip(tensors, used.tolist(), strict=True):
            if not share:
                tensor.grad = None


def play(game: Game[Any], batches: Iterator[Any], optimizers: Mapping[str, Optimizer]) -> dict[str, float]:
    """One round of a game in full precision on one process; for many rounds keep an `Engine`."""
    return Engine(game, optimizers).play(batches)


def _check_optimizers(owned: Mapping[str, list[nn.Parameter]], optimizers: Mapping[str, Optimizer]) -> None:
    for player in owned.keys() ^ optimizers.keys():
        raise ValueError(f"{player} needs both tensors of its own and an optimizer; players: {', '.join(owned)}.")
    for player, optimizer in optimizers.items():
        held = {tensor for group in optimizer.param_groups for tensor in group["params"]}
        if held != set(owned[player]):
            raise ValueError(f"The optimizer of {player} holds other tensors than those that {player} owns.")


def _checked(player: str, term: str, loss: Tensor, full: dict[Tensor, Tensor]) -> Tensor:
    if loss.dim():
        raise ValueError(f"{player}/{term} has shape {tuple(loss.shape)}; a term is one number.")
    if loss not in full:
        full[loss] = loss.float() if loss.dtype in (torch.bfloat16, torch.float16) else loss
    return full[loss]


def _explained(group: list[str], error: RuntimeError) -> RuntimeError | ValueError:
    if "does not require grad" in str(error):
        return ValueError(f"The loss of {group[0]} reaches none of its tensors.")
    if "modified by an inplace operation" in str(error) or "backward through the graph a second time" in str(error):
        return RuntimeError(
            f"The loss of {' or '.join(group)} holds an output of a network that has moved since, or a graph that an "
            f"earlier move used up. Compute it anew after the yield. ({str(error).splitlines()[0]})"
        )
    return error
