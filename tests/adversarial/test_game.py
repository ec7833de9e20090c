"""The engine: ownership, all gradients before any step, faults that are explained."""

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.optim import SGD

from disentangle.adversarial.game import Engine, Move, NonFiniteLoss, play
from tests.adversarial.pair import Pair, Round, one_move, rounds


def nothing(_: Any, __: Tensor) -> Iterator[Move]:
    return iter(())


def test_a_tensor_with_two_owners_is_named_with_both() -> None:
    shared = nn.Linear(2, 2)
    with pytest.raises(ValueError, match=r"Pair\.A\.weight has 2 owners, first and second"):
        Pair(nothing, shared, nn.Sequential(shared)).owned()


def test_a_tensor_without_owner_is_named() -> None:
    game = Pair(nothing)
    game.C = nn.Linear(2, 2)
    with pytest.raises(ValueError, match=r"Pair\.C\.weight is trainable and has no owner.*first, second"):
        game.owned()
    game.C.requires_grad_(False)
    assert {player: len(own) for player, own in game.owned().items()} == {"first": 2, "second": 2}


def test_parts_may_be_nested_parameters_or_switched_off() -> None:
    game = Pair(nothing, nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2)))
    game.c = nn.Parameter(torch.ones(2))
    game.players = {"first": ("A.0", "c"), "second": ("A.1", "B"), "third": "off"}  # type: ignore[misc]
    game.__dict__["off"] = None
    assert {player: len(own) for player, own in game.owned().items()} == {"first": 3, "second": 4}
    game.players = {"first": "Z"}  # type: ignore[misc]
    with pytest.raises(ValueError, match="first owns Z, which Pair lacks"):
        game.owned()


def test_an_optimizer_of_other_tensors_is_refused() -> None:
    game = Pair(nothing)
    everything = SGD(game.parameters(), 0.1)
    with pytest.raises(ValueError, match="optimizer of first holds other tensors"):
        Engine(game, {"first": everything, "second": SGD(game.B.parameters(), 0.1)})
    with pytest.raises(ValueError, match="second needs both"):
        Engine(game, {"first": SGD(game.A.parameters(), 0.1)})


def test_play_returns_every_term_under_its_player() -> None:
    def moves(g: Any, x: Tensor) -> Iterator[Move]:
        yield {"first": {"a": g.A(x).sum(), "b": 2 * g.A(x).sum()}, "second": {"c": g.B(x).sum()}}

    game = Pair(moves)
    a = game.A(torch.ones(4, 2)).sum().item()
    optimizers = {player: SGD(own, 0.1) for player, own in game.owned().items()}
    values = play(game, repeat(torch.ones(4, 2)), optimizers)
    assert list(values) == ["first/a", "first/b", "second/c"]
    assert values["first/b"] == pytest.approx(2 * a, rel=1e-5)


def test_a_simultaneous_move_is_taken_from_where_all_stood() -> None:
    """Of min over a, max over b of a * b from (1, 1): both step from there, to (0.9, 1.1)."""

    def moves(g: Any, _: Tensor) -> Iterator[Move]:
        yield {
            "first": {"product": g.A.weight.sum() * g.B.weight.sum()},
            "second": {"product": -g.A.weight.sum() * g.B.weight.sum()},
        }

    game = Pair(moves, nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False))
    nn.init.ones_(game.A.weight)  # type: ignore[arg-type]
    nn.init.ones_(game.B.weight)  # type: ignore[arg-type]
    rounds(game)
    assert [tensor.item() for tensor in game.parameters()] == pytest.approx([0.9, 1.1])


def test_code_after_a_move_sees_it_and_may_use_again_what_did_not_move() -> None:
    seen = []

    def moves(g: Any, x: Tensor) -> Iterator[Move]:
        f = g.A(x)
        seen.append(g.B(f).sum().item())
        yield {"second": {"t": g.B(f).sum()}}
        seen.append(g.B(f).sum().item())
        yield {"first": {"t": g.B(f).square().sum()}}

    game = Pair(moves)
    start = [tensor.detach().clone() for tensor in game.parameters()]
    rounds(game)
    assert seen[1] < seen[0]
    assert all(not torch.equal(a, b) for a, b in zip(start, game.parameters(), strict=True))


def test_a_graph_that_spans_two_moves_is_explained() -> None:
    def moved(g: Any, x: Tensor) -> Iterator[Move]:
        judged = g.B(g.A(x)).square().sum()
        yield {"second": {"t": g.B(x).square().sum()}}
        yield {"first": {"t": judged}}

    def used_up(g: Any, x: Tensor) -> Iterator[Move]:
        judged = g.B(g.A(x)).square().sum()
        yield {"second": {"t": judged}}
        yield {"first": {"t": judged}}

    for moves in (moved, used_up):
        with pytest.raises(RuntimeError, match=r"The loss of first holds an output .* Compute it anew after the yield"):
            rounds(Pair(moves))


def test_mistaken_moves_are_named() -> None:
    cases: dict[str, Round] = {
        r"first/t has shape \(4, 2\)": one_move(t=lambda g, x: g.A(x)),
        "The loss of first reaches none of its tensors": one_move(t=lambda g, x: g.B(x).sum()),
        "loss of first reaches none of its": one_move(t=lambda _, x: x.sum()),
        "first moves without a term": one_move(),
        "third moves but owns nothing; players: first, second": lambda g, x: iter([{"third": {"t": g.A(x).sum()}}]),
    }
    for message, moves in cases.items():
        with pytest.raises(ValueError, match=message):
            rounds(Pair(moves))


def test_a_non_finite_term_is_named_and_nobody_steps() -> None:
    def moves(g: Any, x: Tensor) -> Iterator[Move]:
        yield {"first": {"fine": g.A(x).sum()}, "second": {"fine": g.B(x).sum(), "bad": (g.B(x) * torch.inf).sum()}}

    game = Pair(moves)
    game.step = 6
    start = [tensor.detach().clone() for tensor in game.parameters()]
    with pytest.raises(NonFiniteLoss, match="second/bad is not finite, step 7") as caught:
        rounds(game)
    assert (caught.value.player, caught.value.term, caught.value.step) == ("second", "bad", 7)
    assert all(torch.equal(a, b) for a, b in zip(start, game.parameters(), strict=True))


def test_an_unused_tensor_keeps_no_gradient_and_stays() -> None:
    game = Pair(one_move(t=lambda g, x: g.A[0](x).sum()), nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2)))
    start = game.A[1].weight.clone()  # type: ignore[index]
    rounds(game, 2)
    assert torch.equal(start, game.A[1].weight)  # type: ignore[index]


def test_gradients_and_losses_are_averaged_once_for_each_player_whoever_uses_a_tensor() -> None:
    """The other rank, played by the averaging, uses the first tensor alone, with gradient and loss 3."""

    def moves(g: Any, x: Tensor) -> Iterator[Move]:
        yield {"first": {"t": g.A.bias.sum()}, "second": {"t": g.B(x).sum()}}

    calls = []

    def average(tensors: Sequence[Tensor]) -> None:
        calls.append(len(tensors))
        if len(calls) == 1:
            others = (torch.tensor(3.0), torch.tensor(0.0), torch.tensor([1.0, 0.0]), torch.tensor(3.0))
            for tensor, other in zip(tensors, others, strict=True):
                tensor.add_(other).div_(2)

    game = Pair(moves)
    weight, bias, loss = game.A.weight.clone(), game.A.bias.clone(), game.A.bias.sum().item()  # type: ignore[operator]
    values = rounds(game, average=average)
    assert calls == [4, 4]
    assert values["first/t"] == pytest.approx((loss + 3) / 2)
    torch.testing.assert_close(game.A.weight, weight - 0.1 * 1.5)
    torch.testing.assert_close(game.A.bias, bias - 0.1 * 0.5)


def test_clipping_bounds_the_step_of_its_player_alone() -> None:
    def moves(g: Any, x: Tensor) -> Iterator[Move]:
        yield {"first": {"t": 100 * g.A(x).sum()}, "second": {"t": 100 * g.B(x).sum()}}

    game = Pair(moves)
    start = {player: torch.cat([t.detach().flatten() for t in own]) for player, own in game.owned().items()}
    rounds(game, clips={"first": 1.0})
    steps = {p: torch.cat([t.detach().flatten() for t in own]) - start[p] for p, own in game.owned().items()}
    assert float(steps["first"].norm()) == pytest.approx(0.1, rel=1e-4)
    assert float(steps["second"].norm()) > 10


def test_bfloat16_equals_a_loop_that_enters_autocast_anew_for_every_move() -> None:
    """One context across a step would go on with the weights that it cast before the step."""

    def moves(g: Any, x: Tensor) -> Iterator[Move]:
        yield {"first": {"t": g.A(x).square().mean()}}
        dtypes.append(g.A(x).dtype)
        yield {"first": {"t": g.A(x).square().mean()}}

    dtypes: list[torch.dtype] = []
    game, hand = Pair(moves), Pair(moves)
    rounds(game, 5, precision="bf16")
    optimizer = SGD(hand.A.parameters(), 0.1)
    for _ in range(10):
        with torch.autocast("cpu", torch.bfloat16):
            y = hand.A(torch.ones(4, 2))
        optimizer.zero_grad()
        torch.autograd.backward(y.float().square().mean())
        optimizer.step()
    assert set(dtypes) == {torch.bfloat16}
    assert game.A.weight.dtype == torch.float32
    torch.testing.assert_close(game.A.weight, hand.A.weight, rtol=0, atol=2e-3)
    assert not torch.equal(game.A.weight, Pair(moves).A.weight)  # type: ignore[arg-type]


def test_a_bfloat16_term_of_two_players_costs_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def together(game: Any, x: Tensor) -> Iterator[Move]:
        error = game.B(game.A(x)).mean()
        assert error.dtype == torch.bfloat16
        yield {"first": {"error": error}, "second": {"error": error}}

    passes, backward = [], torch.autograd.backward

    def counted(*arguments: Any, **options: Any) -> None:
        passes.append(options["inputs"])
        backward(*arguments, **options)

    monkeypatch.setattr(torch.autograd, "backward", counted)
    rounds(Pair(together), precision="bf16")
    assert len(passes) == 1
