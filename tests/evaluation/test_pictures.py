"""Known answers for measures of pictures: an error done by hand, sharpness of edges, of blur and of noise."""

import numpy as np
import pytest
import torch
from scipy.ndimage import laplace

from disentangle.evaluation.reconstruction import reconstruction_mse
from disentangle.evaluation.sharpness import laplacian_variance, sharpness


def pictures(count: int, channels: int = 1, seed: int = 0) -> torch.Tensor:
    """Chequered pictures of several contrasts."""
    contrast = torch.rand(count, channels, 1, 1, generator=torch.Generator().manual_seed(seed)) + 0.5
    rows, columns = torch.meshgrid(torch.arange(16), torch.arange(16), indexing="ij")
    return contrast * ((rows // 4 + columns // 4) % 2)


def blurred(x: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.avg_pool2d(x, 3, 1, 1)


def test_the_error_is_the_mean_of_the_pictures_errors() -> None:
    x = torch.zeros(4, 1, 2, 2)
    y = x.clone()
    y[0] = 2.0
    y[1, 0, 0, 0] = 2.0
    score = reconstruction_mse(x, y)
    assert (score.value, score.n, score.chance) == (1.25, 4, None)
    assert score.ci95 is not None
    assert score.ci95[0] <= 1.25 <= score.ci95[1]
    assert reconstruction_mse(x, x).value == 0


def test_sharpness_of_blurred_pictures_is_below_1_and_of_noisy_ones_above() -> None:
    real, other = pictures(30), pictures(30, seed=1)
    assert sharpness(real, real).value == pytest.approx(1)
    assert sharpness(other, real).value == pytest.approx(1, abs=0.3)
    assert sharpness(blurred(real), real).value < 0.3
    assert sharpness(real + 0.5 * torch.randn(real.shape, generator=torch.Generator().manual_seed(0)), real).value > 1.5
    assert sharpness(torch.full_like(real, 0.3), real).value == pytest.approx(0)


def test_the_laplacian_is_scipys() -> None:
    x = torch.rand(2, 3, 9, 7, generator=torch.Generator().manual_seed(0))
    for picture, variance in zip(x, laplacian_variance(x), strict=True):
        assert float(variance) == pytest.approx(np.var(laplace(picture.mean(0).double().numpy())[1:-1, 1:-1]))


def test_pictures_that_cannot_be_measured_are_refused() -> None:
    x = pictures(3)
    bad = x.clone()
    bad[1, 0, 0, 0] = torch.inf
    with pytest.raises(ValueError, match="picture 1 or its reconstruction is not finite"):
        reconstruction_mse(x, bad)
    with pytest.raises(ValueError, match=r"the shapes are \(3, 1, 16, 16\) and \(2, 1, 16, 16\)"):
        reconstruction_mse(x, x[:2])
    with pytest.raises(ValueError, match="alike"):
        reconstruction_mse(x[:0], x[:0])
    with pytest.raises(ValueError, match="cannot be compared"):
        sharpness(x[:, :, :8], x)
    with pytest.raises(ValueError, match="not finite"):
        sharpness(bad, x)
    with pytest.raises(ValueError, match="no edge"):
        sharpness(x, torch.ones_like(x))
    with pytest.raises(ValueError, match="at least 3 x 3"):
        laplacian_variance(x[:, :, :2])
