"""Edits through generators whose constrained optimum is known."""

import pytest
import torch
from torch import Tensor, nn

from disentangle.latent.attributes import Direction
from disentangle.latent.descent import Descent
from disentangle.latent.editing import edit, looks, more_of

LONG = Descent(800, rate=0.2, tolerance=0)


def linear() -> tuple[nn.Module, Tensor]:
    """Codes of 4 -> pictures (1, 3, 3), in float64, and the matrix."""
    torch.manual_seed(0)
    layer = nn.Linear(4, 9, bias=False).double()
    return nn.Sequential(layer, nn.Unflatten(1, (1, 3, 3))), layer.weight.detach()


def test_the_edit_is_the_least_squares_optimum() -> None:
    G, A = linear()
    z, wanted = torch.randn(2, 4, dtype=torch.float64), torch.randn(1, 1, 3, 3, dtype=torch.float64)
    where = torch.zeros(3, 3)
    where[0], λ = 1, 0.05
    found = edit(z, G, [looks(wanted, where)], closeness=λ, descent=LONG)
    B = A[:3]  # the first row of pixels
    normal = B.T @ B / 3 + λ * torch.eye(4, dtype=torch.float64)
    best = torch.linalg.solve(normal, B.T @ wanted.flatten()[:3, None] / 3 + λ * z.T).T
    assert torch.allclose(found.z, best, atol=1e-4)
    assert bool((found.left < found.left_before).all())
    assert torch.equal(found.path[0], z)
    assert torch.equal(found.path[-1], found.z)


def test_closeness_without_end_leaves_the_code_where_it_is() -> None:
    G, _ = linear()
    z = torch.randn(2, 4, dtype=torch.float64)
    found = edit(z, G, [looks(torch.ones(1, 1, 3, 3).double(), torch.ones(3, 3))], closeness=1e6, descent=LONG)
    assert torch.allclose(found.z, z, atol=1e-4)


def test_an_attribute_moves_by_what_was_asked_and_a_kept_part_stays() -> None:
    """The attribute wants the first number up, two kept pixels hold the second one and half of the first."""
    G = nn.Sequential(nn.Identity(), nn.Unflatten(1, (1, 2, 2)))
    z = torch.zeros(1, 4, dtype=torch.float64)
    up = Direction(torch.tensor([0.6, 0.8, 0.0, 0.0], dtype=torch.float64), 0.5)
    keep = looks(G(z), torch.tensor([[0.0, 1.0], [0.0, 0.0]]))
    found = edit(z, G, [more_of(up, 3.0, z), keep], closeness=0, descent=LONG)
    assert float(up.place(found.z)) == pytest.approx(3.0, abs=1e-3)
    assert float(found.z[0, 1]) == pytest.approx(0.0, abs=1e-3)


def test_weights_share_a_pixel_that_two_constraints_ask_for() -> None:
    G, z = nn.Sequential(nn.Identity(), nn.Unflatten(1, (1, 1, 1))), torch.zeros(1, 1, dtype=torch.float64)
    one, other = (torch.full((1, 1, 1, 1), level, dtype=torch.float64) for level in (0.0, 1.0))
    asked = [looks(one, torch.ones(1, 1)), looks(other, torch.ones(1, 1), 3.0)]
    assert float(edit(z, G, asked, closeness=0, descent=LONG).z) == pytest.approx(0.75, abs=1e-3)


def test_realism_pulls_the_picture_to_what_a_critic_believes() -> None:
    G, z = nn.Sequential(nn.Identity(), nn.Unflatten(1, (1, 2, 2))), torch.zeros(1, 4, dtype=torch.float64)
    where = torch.tensor([[1.0, 0.0], [0.0, 0.0]])
    believed = lambda _, made: (made.flatten(1)[:, 3] - 5).square()  # noqa: E731
    wanted = looks(torch.ones(1, 1, 2, 2).double(), where)
    found = edit(z, G, [wanted], closeness=0, realism=believed, realism_weight=1.0, descent=LONG)
    assert found.z[0].tolist() == pytest.approx([1, 0, 0, 5], abs=1e-3)


def test_what_lies_outside_of_a_stroke_is_not_looked_at() -> None:
    G, _ = linear()
    z, where = torch.randn(1, 4, dtype=torch.float64), torch.zeros(3, 3)
    where[1, 1] = 1
    one, other = torch.randn(1, 1, 3, 3).double(), torch.full((1, 1, 3, 3), torch.nan).double()
    other[..., 1, 1] = one[..., 1, 1]
    codes = [edit(z, G, [looks(wanted, where)], descent=Descent(20)).z for wanted in (one, other)]
    assert torch.equal(*codes)


def test_an_edit_that_asks_for_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="asks for nothing"):
        edit(torch.zeros(1, 4), linear()[0], [])
    with pytest.raises(ValueError, match="asks for nothing"):
        looks(torch.zeros(1, 1, 3, 3), torch.zeros(3, 3))


def test_a_mask_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="a mask of 4 x 2 for pictures of 3 x 3"):
        looks(torch.zeros(1, 1, 3, 3), torch.ones(2, 4))
