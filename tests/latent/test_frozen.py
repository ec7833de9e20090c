"""What a search draws with is the generator, without its batch norms."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from disentangle.adversarial.spectral import spectral_norm
from disentangle.image.networks import generator
from disentangle.latent.frozen import frozen

chain = nn.Sequential


def learnt(network: nn.Module, *shape: int) -> nn.Module:
    """With statistics and an affine map that are not those of the beginning, in training as a game leaves it."""
    for module in network.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm) and module.affine:
            nn.init.uniform_(module.weight, 0.5, 2)
            nn.init.normal_(module.bias)
    for _ in range(5):
        network(1 + 2 * torch.randn(16, *shape))
    return network


class Counted(nn.Module):
    """Holds what cannot be copied: a generator of Python."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network, self.told = network, (step for step in range(100))

    def forward(self, z: Tensor) -> Tensor:
        next(self.told)
        made: Tensor = self.network(z)
        return made


def norms(network: nn.Module) -> int:
    return sum(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in network.modules())


NETWORKS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...], int]] = {
    "pictures": (lambda: generator(5, 28, 1, 3, 8), (5,), 0),
    "wrapped": (lambda: Counted(generator(5, 32, 3, 2, 8)), (5,), 0),
    "in time": (lambda: chain(nn.ConvTranspose1d(3, 4, 4, 2), nn.BatchNorm1d(4), nn.Conv1d(4, 2, 1)), (3, 5), 0),
    "without weights": (lambda: chain(nn.Conv2d(2, 4, 3, groups=2), nn.BatchNorm2d(4, affine=False)), (2, 6, 6), 0),
    "twice": (lambda: chain(chain(nn.Linear(3, 4), nn.BatchNorm1d(4)), nn.BatchNorm1d(4)), (3,), 1),
    "grouped": (lambda: chain(nn.ConvTranspose2d(4, 4, 3, groups=2), nn.BatchNorm2d(4)), (4, 3, 3), 1),
    "of a batch": (lambda: chain(nn.Linear(3, 4), nn.BatchNorm1d(4, track_running_stats=False)), (3,), 1),
    "spectral": (lambda: spectral_norm(chain(nn.Linear(3, 4), nn.BatchNorm1d(4))), (3,), 1),
    "rectified": (lambda: chain(nn.Linear(3, 4), nn.ReLU(), nn.BatchNorm1d(4)), (3,), 1),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_it_draws_the_same_with_as_few_norms_as_can_be_and_leads_to_the_same_codes(name: str) -> None:
    torch.manual_seed(0)
    make, shape, left = NETWORKS[name]
    G = learnt(make(), *shape)
    before = {key: value.clone() for key, value in G.state_dict().items()}
    z = torch.randn(7, *shape, requires_grad=True)
    with frozen(G) as quick:
        assert norms(quick) == left
        theirs, ours = G(z), quick(z)
        assert torch.allclose(theirs, ours, atol=1e-5)
        towards = torch.randn_like(theirs)
        wanted, found = (torch.autograd.grad((made * towards).sum(), z)[0] for made in (theirs, ours))
        assert torch.allclose(wanted, found, atol=1e-4)
    assert all(torch.equal(value, before[key]) for key, value in G.state_dict().items())
    assert G.training and all(parameter.requires_grad for parameter in G.parameters())


def test_a_layer_with_hooks_stays_as_it_is() -> None:
    torch.manual_seed(0)
    layer, seen = nn.Linear(3, 4), []
    G = learnt(chain(layer, nn.BatchNorm1d(4)), 3)
    layer.register_forward_hook(lambda *made: seen.append(made))
    with frozen(G) as quick:
        quick(torch.zeros(2, 3))
    assert len(seen) == 1 and norms(quick) == 1
