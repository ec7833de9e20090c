"""Rendered shapes against their known size, place, symmetry and turn; factors independent, drawn from the step."""

import numpy as np
import pytest
import torch
from torch import Tensor

from disentangle.image.shapes import CATEGORICAL, ELLIPSE, FACTORS, LOBE, SHAPES, SIDE, VALUES, Shapes, draw_factors
from disentangle.image.shapes import render as draw

SQUARE, OVAL, HEART = range(3)
LARGEST, MIDDLE = VALUES[1] - 1, 16


def covered(x: Tensor) -> Tensor:
    """Share of the whole picture's area, which is 4."""
    return (x + 1).flatten(1).mean(1) * 2


def turned(shape: int, angles: list[int], pixels: int = 64) -> Tensor:
    return draw(torch.tensor([[shape, LARGEST, angle, MIDDLE, MIDDLE] for angle in angles]), pixels)


def test_the_factors_are_dsprites() -> None:
    assert FACTORS == ("shape", "scale", "rotation", "x", "y")
    assert VALUES == (3, 6, 40, 32, 32)
    assert [FACTORS[k] for k in CATEGORICAL] == ["shape"]
    assert SHAPES == ("square", "ellipse", "heart")


@pytest.mark.parametrize("pixels", [32, 64])
def test_areas_are_those_of_the_shapes_at_any_angle_and_scale(pixels: int) -> None:
    areas = {SQUARE: 4 * SIDE**2, OVAL: np.pi * ELLIPSE[0] * ELLIPSE[1], HEART: (4 + np.pi) * LOBE**2}
    for shape, area in areas.items():
        assert torch.allclose(covered(turned(shape, [0, 3, 11, 25], pixels)), torch.tensor(area).float(), rtol=0.03)
        scales = draw(torch.tensor([[shape, scale, 7, MIDDLE, MIDDLE] for scale in range(6)]), pixels)
        expected = torch.linspace(0.5, 1, 6) ** 2 * area
        assert torch.allclose(covered(scales), expected, rtol=0.08)


def test_places_move_the_shape_and_nothing_else() -> None:
    factors = torch.tensor([[HEART, 3, 5, x, y] for x in (0, 31) for y in (0, 31)])
    pictures = (draw(factors) + 1).squeeze(1)
    line = (2 * torch.arange(64) + 1) / 64 - 1
    total = pictures.sum((1, 2))
    x, y = (pictures.sum(1) @ line / total, pictures.sum(2) @ line / total)
    assert torch.allclose(x[2:] - x[:2], torch.tensor(0.96), atol=0.01)
    assert torch.allclose(y[1::2] - y[::2], torch.tensor(0.96), atol=0.01)
    assert torch.allclose(covered(pictures - 1), covered(pictures[:1] - 1), rtol=0.01)


def test_turns_have_the_symmetry_of_each_shape() -> None:
    quarter, half = VALUES[2] // 4, VALUES[2] // 2
    for shape, same, different in ((SQUARE, quarter, quarter // 2), (OVAL, half, quarter), (HEART, VALUES[2], half)):
        start, again, other = turned(shape, [3, (3 + same) % VALUES[2], 3 + different])
        assert torch.allclose(start, again, atol=1e-3)
        assert (start - other).abs().mean() > 0.05
    upright = turned(HEART, [0])
    mirrored = draw(torch.tensor([[HEART, LARGEST, 0, MIDDLE - 1, MIDDLE]])).flip(-1)
    assert torch.allclose(upright, mirrored, atol=1e-3)
    assert (upright[0, 0, :32] + 1).sum() > (upright[0, 0, 32:] + 1).sum(), "lobes up, tip down"


@pytest.mark.parametrize("pixels", [32, 64])
def test_no_shape_reaches_the_edge(pixels: int) -> None:
    corners = [(s, LARGEST, a, x, y) for s in range(3) for a in range(0, 40, 3) for x in (0, 31) for y in (0, 31)]
    pictures = draw(torch.tensor(corners), pixels)
    assert float(pictures[..., [0, -1], :].max()) == float(pictures[..., [0, -1]].max()) == -1
    assert pictures.amax((1, 2, 3)).eq(1).all()


def test_edges_are_smooth() -> None:
    picture = turned(HEART, [7])
    between = (picture.abs() < 0.99).float().mean()
    assert 0.01 < between < 0.05
    assert picture.shape == (1, 1, 64, 64)
    assert picture.dtype == torch.float32


def test_factors_are_uniform_and_independent() -> None:
    factors = draw_factors(20000, 0).double()
    assert torch.allclose(factors.mean(0), (torch.tensor(VALUES) - 1).double() / 2, rtol=0.03)
    correlations = torch.corrcoef(factors.T) - torch.eye(5)
    assert correlations.abs().max() < 0.03


def test_batches_follow_seed_step_and_draw_and_are_shared_by_ranks() -> None:
    source = Shapes(6, seed=1, pixels=32)
    whole = source.batch(4, 0, 0, 1)
    assert whole.shape == (6, 1, 32, 32)
    assert torch.equal(whole, Shapes(6, 1, 32).batch(4, 0, 0, 1))
    assert torch.equal(whole, torch.cat([source.batch(4, 0, rank, 3) for rank in range(3)]))
    for other in (source.batch(5, 0, 0, 1), source.batch(4, 1, 0, 1), Shapes(6, 2, 32).batch(4, 0, 0, 1)):
        assert not torch.equal(whole, other)
    with pytest.raises(ValueError, match="a batch of 6 cannot be shared by 4"):
        source.batch(0, 0, 0, 4)


def test_factors_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match=r"from 0 to below 3, 6, 40, 32, 32"):
        draw(torch.tensor([[3, 0, 0, 0, 0]]))
    with pytest.raises(ValueError, match=r"from 0"):
        draw(torch.tensor([[0, 0, 0, 0, -1]]))
    with pytest.raises(ValueError, match=r"\(batch, 5\)"):
        draw(torch.zeros(4, 3, dtype=torch.int64))
