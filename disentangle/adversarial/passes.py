"""Players that can share a backward pass do: one pass where a loop written by hand would need one."""

from collections.abc import Iterable, Mapping, Sequence

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
    reach = _reach([term for terms in losses.values() for term in terms], {player: owned[player] for player in losses})
    groups: list[list[str]] = []
    for player in losses:
        for group in groups:
            if all(_harmless(player, other, losses, reach) for other in group):
                group.append(player)
                break
        else:
            groups.append([player])
    return groups


def _harmless(
    player: str, other: str, losses: Mapping[str, Sequence[Tensor]], reach: Mapping[Tensor, frozenset[str]]
) -> bool:
    mine, theirs = set(losses[player]), set(losses[other])
    alone = any(player in reach[term] for term in theirs - mine) or any(other in reach[term] for term in mine - theirs)
    return not alone


def _reach(terms: Iterable[Tensor], owned: Mapping[str, Sequence[Tensor]]) -> dict[Tensor, frozenset[str]]:
    """The players whose tensors each term depends on, from a walk over its graph."""
    owner = {tensor: frozenset([player]) for player, tensors in owned.items() for tensor in tensors}
    known: dict[Node, frozenset[str]] = {}
    return {
        term: owner.get(term, frozenset()) if term.grad_fn is None else _below(term.grad_fn, owner, known)
        for term in terms
    }


def _below(root: Node, owner: Mapping[Tensor, frozenset[str]], known: dict[Node, frozenset[str]]) -> frozenset[str]:
    stack = [root]
    while stack:
        node = stack[-1]
        inner = [following for following, _ in node.next_functions if following is not None]
        waiting = [following for following in inner if following not in known]
        if waiting:
            stack += waiting
            continue
        stack.pop()
        if type(node).__name__ == "AccumulateGrad":
            known[node] = owner.get(node.variable, frozenset())  # type: ignore[attr-defined]
        else:
            known[node] = frozenset().union(*(known[following] for following in inner))
    return known[root]
