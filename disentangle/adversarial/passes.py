"""Players that can share a backward pass do: one pass where a loop written by hand would need one."""

from collections.abc import Mapping, Sequence

from torch import Tensor
from torch.autograd.graph import Node


def passes(losses: Mapping[str, Sequence[Tensor]], owned: Mapping[str, Sequence[Tensor]]) -> list[list[str]]:
    """Groups of players; the sum of a group's distinct terms has, for each of them, the gradient of its own loss.

    Two players go together when no term that is the one's alone reaches a tensor of the other.

    Args:
        losses: player -> its terms; a term of several players is one tensor in all their lists.
        owned: player -> its tensors.
    """
    if len(losses) == 1:
        return [list(losses)]
    bits = {player: 1 << place for place, player in enumerate(losses)}
    reach = _reach(losses, {tensor: bit for player, bit in bits.items() for tensor in owned[player]})

    def alone(player: str, other: str) -> bool:
        return any(reach[term] & bits[other] for term in set(losses[player]) - set(losses[other]))

    groups: list[list[str]] = []
    for player in losses:
        for group in groups:
            if not any(alone(player, other) or alone(other, player) for other in group):
                group.append(player)
                break
        else:
            groups.append([player])
    return groups


def _reach(losses: Mapping[str, Sequence[Tensor]], owner: Mapping[Tensor, int]) -> dict[Tensor, int]:
    """The players whose tensors each term depends on, as bits, from a walk over its graph."""
    known: dict[Node, int] = {}
    terms = dict.fromkeys(term for terms in losses.values() for term in terms)
    return {term: owner.get(term, 0) if term.grad_fn is None else _below(term.grad_fn, owner, known) for term in terms}


def _below(root: Node, owner: Mapping[Tensor, int], known: dict[Node, int]) -> int:
    """The same of a node; each node is opened once, as this walk is what a move costs beside its passes."""
    inputs: dict[Node, list[Node]] = {}
    stack = [root]
    while stack:
        node = stack[-1]
        if node not in inputs:
            inputs[node] = [following for following, _ in node.next_functions if following is not None]
            if waiting := [following for following in inputs[node] if following not in known]:
                stack += waiting
                continue
        reached = 0
        for following in inputs[node]:
            reached |= known[following]
        if not inputs[node] and type(node).__name__ == "AccumulateGrad":
            reached = owner.get(node.variable, 0)  # type: ignore[attr-defined]
        known[node] = reached
        stack.pop()
    return known[root]
