"""Networks of pictures: shapes, what batch norm is to keep apart, and what a critic of pairs goes by."""

import pytest
import torch
from torch import nn

from disentangle.image import networks


@pytest.mark.parametrize("size", [28, 32, 64])
@pytest.mark.parametrize("colours", [1, 3])
def test_a_generator_draws_what_a_trunk_reads(size: int, colours: int) -> None:
    x = networks.generator(5, size, colours, 2, 8)(torch.randn(4, 5))
    assert x.shape == (4, colours, size, size) and float(x.detach().abs().max()) <= 1
    for norm in ("none", "batch", "instance", "spectral"):
        trunk = networks.trunk(size, colours, 2, 8, norm)
        assert trunk(x).shape == (4, 8)


def test_what_all_pictures_have_in_common_leaves_room_for_what_tells_them_apart() -> None:
    """A picture that the first layers add whatever the code does not drown the code."""
    torch.manual_seed(0)
    G, z = networks.generator(5, 28, 1, 4, 16), torch.randn(200, 5)
    before = G(z).std(0).mean()
    norm = G[1]
    assert isinstance(norm, nn.BatchNorm1d)
    norm.bias.data += 30
    assert G(z).std(0).mean() > before / 2


def test_a_standard_code_has_the_moments_of_its_prior() -> None:
    encoder = networks.Encoder(nn.Flatten(), 784, 6, standard=True)
    code = encoder(3 + torch.rand(50, 1, 28, 28))
    torch.testing.assert_close(code.mean(0), torch.zeros(6), atol=1e-5, rtol=0)
    torch.testing.assert_close(code.std(0, correction=0), torch.ones(6), atol=1e-2, rtol=0)
    assert networks.Encoder(nn.Flatten(), 784, 6)(torch.ones(1, 1, 28, 28)).shape == (1, 6)


@pytest.mark.parametrize("spectral", [False, True])
def test_a_critic_of_pairs_sees_which_code_belongs_to_which_picture(spectral: bool) -> None:
    torch.manual_seed(0)
    critic = networks.PairCritic(networks.trunk(28, 1, 2, 8), 8, 3, 16, spectral)
    x, z = torch.randn(6, 1, 28, 28), torch.randn(6, 3)
    right, wrong = critic(x, z), critic(x, z.roll(1, 0))
    assert right.shape == (6, 1) and not torch.allclose(right, wrong)
    torch.testing.assert_close(critic(x.flip(0), z.flip(0)), right.flip(0))


@pytest.mark.parametrize("size", [16, 28, 32])
def test_the_pooled_extractor_is_as_wide_as_it_says(size: int) -> None:
    for norm in ("none", "batch", "instance"):
        features = networks.pooled(3, 4, norm)(torch.randn(2, 3, size, size))
        assert features.shape == (2, networks.pooled_width(size, 4))
    with pytest.raises(ValueError, match="cannot be pooled twice"):
        networks.pooled_width(size + 2, 4)
