"""Directions: means, planes, principal components; on codes whose directions are known."""

import pytest
import torch
from torch import Tensor, nn

from disentangle.latent.attributes import Direction, boundary, mean_difference, principal


def labelled(n: int = 4000) -> tuple[Tensor, Tensor, Tensor]:
    """Codes of which the first number tells one attribute and the sum of the first two another, both by their sign."""
    codes = torch.randn(n, 5, generator=torch.Generator().manual_seed(0)) * torch.tensor([1.0, 1, 1, 3, 0.2])
    return codes, codes[:, 0] > 0, codes[:, 0] + codes[:, 1] > 0


@pytest.mark.parametrize("way", [mean_difference, boundary])
def test_the_direction_of_an_attribute_is_found(way: object) -> None:
    codes, first, _ = labelled()
    found = way(codes, first)  # type: ignore[operator]
    assert abs(float(found.axis[0])) > 0.99
    assert float(found.axis.norm()) == pytest.approx(1)
    assert found.axis[0] > 0
    assert found.deviation == pytest.approx(float((codes @ found.axis).std()))
    assert found.separation == pytest.approx(2 * (2 / torch.pi) ** 0.5, abs=0.05)


def test_mean_difference_is_the_lectures_formula() -> None:
    codes, first, _ = labelled()
    difference = codes[first].mean(0) - codes[~first].mean(0)
    found = mean_difference(codes, first)
    assert torch.allclose(found.axis, difference / difference.norm())
    assert found.separation * found.deviation == pytest.approx(float(difference.norm()), rel=1e-4)


@pytest.mark.parametrize("way", [mean_difference, boundary])
def test_a_number_that_hardly_differs_is_hardly_moved(way: object) -> None:
    """As a code has them that training did not come to use."""
    codes, first, _ = labelled()
    dead = 1e-4 * (codes[:, :1] + torch.randn(len(codes), 1, generator=torch.Generator().manual_seed(1)))
    found = way(torch.cat([codes, dead], 1), first)  # type: ignore[operator]
    assert abs(float(found.axis[0])) > 0.99


@pytest.mark.parametrize("way", [mean_difference, boundary])
def test_a_direction_kept_apart_from_another_leaves_it_alone(way: object) -> None:
    codes, first, both = labelled()
    other = way(codes, first)  # type: ignore[operator]
    assert abs(float(way(codes, both).axis @ other.axis)) > 0.6  # type: ignore[operator]
    found = way(codes, both, [other])  # type: ignore[operator]
    assert abs(float(found.axis @ other.axis)) < 1e-6
    assert found.axis[1] > 0.98
    moved = found.moved(codes, 2.0)
    assert torch.allclose(other.place(moved), other.place(codes), atol=1e-4)
    assert torch.allclose(found.place(moved), found.place(codes) + 2.0, atol=1e-4)


def test_a_shuffled_labelling_has_no_direction_to_speak_of() -> None:
    codes, first, _ = labelled()
    shuffled = first[torch.randperm(len(first), generator=torch.Generator().manual_seed(1))]
    true, chance = mean_difference(codes, first), mean_difference(codes, shuffled)
    assert abs(chance.separation) < 0.15 < 1 < true.separation


def test_principal_directions_of_a_linear_layer_are_eigenvectors_of_its_weights() -> None:
    torch.manual_seed(0)
    layer = nn.Linear(4, 9).double()
    codes = torch.randn(200_000, 4, dtype=torch.float64)
    values, vectors = torch.linalg.eigh(layer.weight.detach().T @ layer.weight.detach())
    found = principal(layer, codes, 4)
    for place, direction in enumerate(found):
        assert abs(float(direction.axis @ vectors[:, 3 - place])) > 0.99
    assert float(values[-1] - values[-2]) > 0.05, "eigenvalues far enough apart for the test"
    assert all(not parameter.grad for parameter in layer.parameters())


def test_principal_directions_look_through_a_bend() -> None:
    """One code moves everything, though by its square root."""
    codes = torch.randn(2000, 3).abs()
    weights = torch.tensor([[0.1, 0.1, 4.0]])
    layer = nn.Module()
    layer.forward = lambda z: (z.sqrt() * weights).repeat(1, 4)
    assert abs(float(principal(layer, codes, 1)[0].axis[2])) > 0.99


@pytest.mark.parametrize("has", [torch.zeros(6, dtype=torch.bool), torch.ones(6, dtype=torch.bool)])
def test_an_empty_side_is_refused(has: Tensor) -> None:
    with pytest.raises(ValueError, match=r"nobody (has|lacks) the attribute, of 6"):
        mean_difference(torch.randn(6, 2), has)


def test_a_direction_that_others_span_is_refused() -> None:
    codes, first, _ = labelled()
    with pytest.raises(ValueError, match="nothing is left"):
        mean_difference(codes, first, [mean_difference(codes, first)])


def test_codes_that_are_all_the_same_are_refused() -> None:
    with pytest.raises(ValueError, match="nothing is left"):
        mean_difference(torch.ones(4, 2), torch.tensor([True, True, False, False]))


@pytest.mark.parametrize(("n", "count"), [(3, 1), (50, 4), (50, 0)])
def test_impossible_principal_directions_are_refused(n: int, count: int) -> None:
    with pytest.raises(ValueError, match="directions by"):
        principal(nn.Linear(3, 5), torch.randn(n, 3), count)


def test_strength_may_differ_by_code() -> None:
    up = Direction(torch.tensor([0.0, 1.0]), 2.0)
    moved = up.moved(torch.zeros(2, 2), torch.tensor([[1.0], [-0.5]]))
    assert moved.tolist() == [[0.0, 2.0], [0.0, -1.0]]
