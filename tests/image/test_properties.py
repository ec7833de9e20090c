"""Slant and thickness of drawn strokes."""

import pytest
import torch
from torch import Tensor

from disentangle.image.pictures import Pictures
from disentangle.image.properties import having, slant, thickness


def stroke(shear: float, width: float) -> Tensor:
    """A picture (1, 40, 40) with a stroke of so many pixels that leans so far to the right."""
    down, across = torch.meshgrid(torch.arange(40.0), torch.arange(40.0), indexing="ij")
    middle = 20 - shear * (down - 20)
    there = ((across - middle).abs() <= width / 2) & ((down - 20).abs() < 14)
    return there.float()[None] * 2 - 1


@pytest.mark.parametrize("shear", [-0.5, 0.0, 0.5])
def test_the_shear_of_a_stroke_is_its_slant(shear: float) -> None:
    assert float(slant(stroke(shear, 4)[None])) == pytest.approx(shear, abs=0.05)


def test_thicker_strokes_are_thicker_wherever_they_lean() -> None:
    thin, thick, leaning = thickness(torch.stack([stroke(0, 3), stroke(0, 7), stroke(0.4, 3)])).tolist()
    assert thick > 1.6 * thin and leaning < 0.6 * thick


def test_an_empty_picture_has_neither() -> None:
    blank = torch.full((1, 1, 8, 8), -1.0)
    assert float(slant(blank)) == 0 and float(thickness(blank)) == 0


def test_half_of_the_training_pictures_have_a_property_and_a_class_is_one_too() -> None:
    x = torch.stack([stroke(shear, 4) for shear in (-0.3, -0.1, 0.1, 0.3)])
    pictures = Pictures(x, torch.tensor([0, 1, 1, 0]), ("straight", "bent"))
    assert having("slanted", pictures, pictures).tolist() == [False, False, True, True]
    assert having("bent", pictures, pictures).tolist() == [False, True, True, False]
    with pytest.raises(ValueError, match="no attribute 'smile'"):
        having("smile", pictures, pictures)
