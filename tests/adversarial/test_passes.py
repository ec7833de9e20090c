"""Players share a backward pass exactly when that leaves each of them its own gradient."""

import torch
from torch import nn

from disentangle.adversarial.passes import passes

A, B, C = nn.Linear(2, 2), nn.Linear(2, 2), nn.Linear(2, 2)
OWNED = {"a": list(A.parameters()), "b": list(B.parameters()), "c": list(C.parameters())}
x = torch.randn(4, 2)


def test_who_shares_a_loss_shares_its_pass() -> None:
    error = B(A(x)).square().mean()
    assert passes({"a": [error], "b": [error]}, OWNED) == [["a", "b"]]
    assert passes({"a": [error, A.weight.norm()], "b": [B.bias.sum(), error]}, OWNED) == [["a", "b"]]


def test_weights_of_their_own_or_foreign_terms_that_reach_them_part_players() -> None:
    error = B(A(x)).square().mean()
    assert passes({"a": [error], "b": [2 * error]}, OWNED) == [["a"], ["b"]]
    assert passes({"a": [error, B(x).sum()], "b": [error]}, OWNED) == [["a"], ["b"]]


def test_an_adversary_passes_alone_and_who_it_does_not_reach_together() -> None:
    """The extractor and the label classifier go together, the domain classifier goes alone."""
    f = A(x)
    label, domain = B(f).square().mean(), C(f).square().mean()
    assert passes({"a": [label, -domain], "b": [label], "c": [domain]}, OWNED) == [["a", "b"], ["c"]]


def test_independent_players_go_together_and_a_bare_parameter_is_a_loss_too() -> None:
    θ = nn.Parameter(torch.ones(()))
    assert passes({"a": [A(x).sum()], "t": [θ]}, OWNED | {"t": [θ]}) == [["a", "t"]]
    assert passes({"a": [A(x).sum() * θ], "t": [θ]}, OWNED | {"t": [θ]}) == [["a"], ["t"]]
