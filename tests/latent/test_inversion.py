"""Back to z through generators whose inverse is known."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pytest
import torch
from torch import Tensor, nn

from disentangle.adversarial.priors import Normal
from disentangle.latent.descent import Descent, descend, search
from disentangle.latent.inversion import Fit, invert

LONG = Descent(600, rate=0.2, tolerance=0)


def linear() -> tuple[nn.Module, Tensor, Tensor]:
    """G(z) = A z + b in float64, with A of rank 3."""
    torch.manual_seed(0)
    A, b = torch.randn(8, 3, dtype=torch.float64), torch.randn(8, dtype=torch.float64)
    G = nn.Linear(3, 8).double()
    with torch.no_grad():
        G.weight.copy_(A)
        G.bias.copy_(b)
    return G, A, b


class Prior:
    """Normal, in float64."""

    def sample(self, n: int, like: Tensor | None = None) -> Tensor:
        assert like is None
        return torch.randn(n, 3, dtype=torch.float64)

    def energy(self, c: Tensor) -> Tensor:
        return c.square().sum(1) / 2


def batch_normed() -> nn.Module:
    torch.manual_seed(0)
    G = nn.Sequential(nn.Linear(3, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 12), nn.Unflatten(1, (1, 3, 4)))
    G(3 + torch.randn(50, 3))
    return G


def test_descent_finds_the_least_squares_code_of_a_linear_generator() -> None:
    G, A, b = linear()
    x = torch.randn(5, 8, dtype=torch.float64)
    found = invert(x, G, prior=Prior(), restarts=3, descent=LONG)
    assert torch.allclose(found.z, (x - b) @ torch.linalg.pinv(A).T, atol=1e-4)
    assert torch.allclose(found.errors, (found.images - x).square().mean(1))


def test_the_prior_draws_the_code_towards_it_as_ridge_regression_does() -> None:
    G, A, b = linear()
    x, weight = torch.randn(4, 8, dtype=torch.float64), 0.6
    found = invert(x, G, prior=Prior(), restarts=2, fit=Fit(prior_weight=weight), descent=LONG)
    # d/dz (|Az + b - x|² / 8 + w |z|² / 6) = 0
    ridge = A.T @ A / 8 + weight / 6 * torch.eye(3, dtype=torch.float64)
    assert torch.allclose(found.z, torch.linalg.solve(ridge, A.T @ (x - b).T / 8).T, atol=1e-4)


def test_features_count_with_their_weight() -> None:
    G, A, b = linear()
    x = torch.randn(4, 8, dtype=torch.float64)
    seen = torch.randn(8, 2, dtype=torch.float64)
    fit = Fit(lambda some: some @ seen, features_weight=3.0)
    found = invert(x, G, prior=Prior(), restarts=2, fit=fit, descent=LONG)
    both = torch.cat([torch.eye(8, dtype=torch.float64) / 8**0.5, (3.0 / 2) ** 0.5 * seen.T])
    assert torch.allclose(found.z, torch.linalg.lstsq(both @ A, both @ (x - b).T).solution.T, atol=1e-4)


@pytest.mark.parametrize("method", ["descent", "encoder", "hybrid"])
def test_neither_weights_nor_statistics_of_the_generator_change(method: str) -> None:
    G, E = batch_normed().train(), nn.Sequential(nn.Flatten(), nn.Linear(12, 3), nn.BatchNorm1d(3))
    before = {name: tensor.clone() for net in (G, E) for name, tensor in net.state_dict(prefix=f"{id(net)}").items()}
    x = torch.randn(6, 1, 3, 4)
    invert(x, G, method, prior=Normal(3), encoder=E, descent=Descent(30))  # type: ignore[arg-type]
    after = {name: tensor for net in (G, E) for name, tensor in net.state_dict(prefix=f"{id(net)}").items()}
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert all(parameter.grad is None for net in (G, E) for parameter in net.parameters()), "gradients reach z alone"
    assert G.training


def test_the_encoder_is_taken_at_its_word_and_the_hybrid_begins_there() -> None:
    G, A, b = linear()
    x = torch.randn(5, 8, dtype=torch.float64)
    inverse = torch.linalg.pinv(A).T
    E: Callable[[Tensor], Tensor] = lambda some: (some - b) @ inverse + 0.1  # noqa: E731
    read = invert(x, G, "encoder", encoder=E)
    assert torch.equal(read.z, E(x))
    assert len(read.history) == 1
    hybrid = invert(x, G, "hybrid", encoder=E, descent=LONG)
    assert torch.equal(hybrid.history[0], read.history[0])
    assert torch.allclose(hybrid.z, E(x) - 0.1, atol=1e-4)


def test_a_picture_has_the_same_code_whoever_stands_beside_it() -> None:
    G = batch_normed()
    x = torch.randn(5, 1, 3, 4)
    options = Descent(300, tolerance=1e-2)
    together = invert(x, G, prior=Normal(3), restarts=4, descent=options)
    alone = [invert(one[None], G, prior=Normal(3), restarts=4, descent=options) for one in x]
    assert torch.allclose(together.z, torch.cat([one.z for one in alone]), atol=1e-4)


def test_the_same_seed_gives_the_same_code_and_another_one_another() -> None:
    G, x = batch_normed(), torch.randn(2, 1, 3, 4)
    torch.manual_seed(5)
    chance = torch.get_rng_state()
    first, again, other = (
        invert(x, G, prior=Normal(3), restarts=1, seed=seed, descent=Descent(5)).z for seed in (1, 1, 2)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(chance, torch.get_rng_state()), "nobody else's chance is used up"


def test_the_best_restart_is_kept() -> None:
    """Of a double well with one deeper hole, only starts on its side find it."""

    def loss(z: Tensor) -> Tensor:
        return ((z**2 - 1).square() + 0.3 * z).sum(1)

    starts = torch.tensor([[[1.2], [-1.2]], [[-0.8], [0.9]]])
    found = search(lambda _: loss, starts, Descent(300, rate=0.05, tolerance=0))
    assert torch.allclose(found.z, torch.full((2, 1), -1.035), atol=1e-2)
    assert bool((found.history.diff(dim=0) <= 0).all())
    assert torch.equal(found.history[-1], found.losses)
    assert torch.equal(found.path[0], starts[[0, 1], [1, 0]])
    assert torch.equal(found.path[-1], found.z)


def test_a_row_that_is_done_stays_where_it_is() -> None:
    flat = torch.tensor([0.0, 1.0])
    found = descend(lambda z: 1 + flat * z.square().sum(1), torch.ones(2, 1), Descent(400, tolerance=1e-3))
    assert float(found.z[0]) == 1.0
    assert abs(float(found.z[1])) < 0.1
    assert len(found.history) < 400


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"method": "encoder"}, "needs an encoder"),
        ({"method": "hybrid"}, "needs an encoder"),
        ({"restarts": 0, "prior": Normal(3)}, "at least one restart"),
        ({}, "needs a prior"),
    ],
)
def test_what_a_method_needs_is_asked_for(given: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        invert(torch.zeros(1, 8), nn.Linear(3, 8), **given)  # type: ignore[arg-type]


def test_no_pictures_are_refused() -> None:
    with pytest.raises(ValueError, match="no pictures"):
        invert(torch.zeros(0, 8), nn.Linear(3, 8), prior=Normal(3))


@pytest.mark.parametrize("wrong", [{"steps": -1}, {"rate": 0.0}, {"tolerance": 1.0}, {"frames": 1}])
def test_a_descent_that_goes_nowhere_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="a descent needs"):
        Descent(**wrong)  # type: ignore[arg-type]


class Bar:
    """Counts what it is told."""

    def __init__(self) -> None:
        self.total, self.done = 0, 0

    @contextmanager
    def __call__(self, total: int) -> Iterator["Bar"]:
        self.total = total
        yield self

    def advance(self, count: int = 1, values: Mapping[str, float] | None = None) -> None:
        assert values is None and count > 0
        self.done += count


@pytest.mark.parametrize(("restarts", "tolerance"), [(1, 0.0), (4, 0.0), (4, 0.5)])
def test_a_search_tells_of_every_step_and_of_those_that_an_early_end_saves(restarts: int, tolerance: float) -> None:
    G, A, b = linear()
    x = torch.randn(3, 3, dtype=torch.float64) @ A.T + b
    told, how = Bar(), Descent(50, scout=10, tolerance=tolerance)
    invert(x, G, prior=Prior(), restarts=restarts, descent=how, told=told)
    assert told.done == told.total == 3 * ((11 * restarts if restarts > 1 else 0) + 51)
