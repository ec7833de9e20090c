"""Speaker vectors on a grid: few values, unit length, gradients straight through."""

import pytest
import torch

from disentangle.speech.options import SpeakerOptions
from disentangle.speech.speaker import EcapaEncoder, StatisticsEncoder, unit


def test_values_on_a_grid_are_multiples_of_one_number_and_the_vector_stays_a_unit() -> None:
    x = torch.randn(5, 16, generator=torch.Generator().manual_seed(0), requires_grad=True)
    assert torch.equal(unit(x), torch.nn.functional.normalize(x))
    coarse = unit(x, 0.2)
    assert torch.allclose(coarse.norm(dim=1), torch.ones(5))
    for row in coarse.detach():
        smallest = row[row.abs() > 1e-6].abs().min()
        multiples = row / smallest
        assert torch.allclose(multiples, multiples.round(), atol=1e-4)
    (straight,) = torch.autograd.grad(coarse[:, 0].sum(), x, retain_graph=True)
    (fine,) = torch.autograd.grad(unit(x)[:, 0].sum(), x)
    assert torch.equal(straight, fine)


@pytest.mark.parametrize("kind", [StatisticsEncoder, EcapaEncoder])
def test_what_differs_less_than_the_grid_is_one_vector(kind: type[StatisticsEncoder | EcapaEncoder]) -> None:
    torch.manual_seed(0)
    encoder = kind(6, 8, 8, grid=0.7).eval()
    x, lengths = torch.randn(1, 40, 6), torch.tensor([40])
    near = x + 1e-3 * torch.randn(1, 40, 6)
    assert torch.equal(encoder(x, lengths), encoder(near, lengths))
    encoder.grid = 0.0
    assert not torch.equal(encoder(x, lengths), encoder(near, lengths))


def test_no_grid_may_leave_nothing() -> None:
    SpeakerOptions(dims=64, grid=0.25)
    with pytest.raises(ValueError, match=r"at most 2 / sqrt\(dims\), 0.250"):
        SpeakerOptions(dims=64, grid=0.3)
