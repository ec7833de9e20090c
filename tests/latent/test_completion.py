"""Holes filled, borders blended, details carried back."""

import pytest
import torch
from torch import Tensor, nn

from disentangle.adversarial.priors import Normal
from disentangle.latent.blending import blend
from disentangle.latent.completion import complete, context_weight
from disentangle.latent.descent import Descent
from disentangle.latent.detail import carry

LONG = Descent(600, rate=0.1, tolerance=0)


def bent() -> nn.Module:
    """Codes of 2 -> pictures (1, 8, 8)."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(2, 64), nn.Tanh(), nn.Unflatten(1, (1, 8, 8)))


def hole() -> Tensor:
    known = torch.ones(8, 8, dtype=torch.bool)
    known[2:6, 3:7] = False
    return known


@torch.no_grad()
def test_the_hole_of_a_generators_own_picture_is_filled_with_what_was_there() -> None:
    G = bent()
    x = G(torch.randn(3, 2) / 4)
    found = complete(x, hole(), G, Normal(2), restarts=4, descent=LONG)
    assert torch.allclose(found.drawn, x, atol=1e-2)
    assert torch.allclose(found.images, x, atol=3e-2)
    assert torch.equal(found.images[..., hole()], x[..., hole()]), "known pixels stay to the bit"


@torch.no_grad()
def test_what_stands_in_the_hole_changes_nothing() -> None:
    G, x = bent(), torch.randn(2, 1, 8, 8).clamp(-1, 1)
    other = torch.where(hole(), x, torch.nan)
    one, two = (complete(some, hole(), G, Normal(2), restarts=2, descent=Descent(20)) for some in (x, other))
    assert torch.equal(one.z, two.z)
    assert torch.equal(one.images, two.images)


def test_known_pixels_weigh_by_the_hidden_ones_about_them() -> None:
    known = torch.ones(1, 1, 15, 15, dtype=torch.bool)
    known[..., 7, 7] = False
    weight = context_weight(known)
    assert weight[0, 0, 7, 7] == 0
    assert float(weight[0, 0, 7, 4]) == pytest.approx(1 / 49)
    assert weight[0, 0, 7, 3] == 0
    assert bool((context_weight(torch.ones_like(known)) == 1).all())


@torch.no_grad()
def test_each_picture_has_its_own_mask() -> None:
    G, masks = bent(), torch.stack([hole(), hole().T])[:, None]
    x = G(torch.randn(2, 2) / 4)
    found = complete(x, masks, G, Normal(2), restarts=2, descent=LONG, blended=False)
    for place in (0, 1):
        mask = masks[place, 0]
        assert torch.equal(found.images[place, 0, mask], x[place, 0, mask])
        assert torch.equal(found.images[place, 0, ~mask], found.drawn[place, 0, ~mask])


@torch.no_grad()
def test_realism_decides_where_the_known_pixels_say_nothing() -> None:
    """Known pixels see the first number of the code only, the critic asks for the second to be 0.7."""
    weight = torch.zeros(64, 2)
    weight[:, 0], weight.view(8, 8, 2)[2:6, 3:7, 1] = 1.0, 1.0
    layer = nn.Linear(2, 64, bias=False)
    layer.weight.copy_(weight)
    G = nn.Sequential(layer, nn.Unflatten(1, (1, 8, 8)))
    asked = lambda z, _: (z[:, 1] - 0.7).square()  # noqa: E731
    found = complete(
        torch.full((1, 1, 8, 8), 0.2), hole(), G, Normal(2), realism=asked, realism_weight=0.5, descent=LONG
    )
    assert found.z[0].tolist() == pytest.approx([0.2, 0.7], abs=1e-2)


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (torch.ones(8, 8, dtype=torch.bool), "hides nothing"),
        (torch.zeros(8, 8, dtype=torch.bool), "hides a whole picture"),
        (torch.zeros(4, 8, dtype=torch.bool), "a mask of 8 x 4 for pictures of 8 x 8"),
    ],
)
def test_masks_of_no_use_are_refused(known: Tensor, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        complete(torch.zeros(1, 1, 8, 8), known, bent(), Normal(2))


def test_blending_solves_poissons_equation() -> None:
    torch.manual_seed(0)
    image, filling, known = torch.rand(1, 2, 8, 8) / 2, torch.rand(1, 2, 8, 8) / 2, hole()[None, None]
    found = blend(image, filling, known)

    def laplacian(x: Tensor) -> Tensor:
        return 4 * x[..., 1:-1, 1:-1] - x[..., :-2, 1:-1] - x[..., 2:, 1:-1] - x[..., 1:-1, :-2] - x[..., 1:-1, 2:]

    hidden = ~hole()[1:-1, 1:-1]
    assert torch.allclose(laplacian(found)[..., hidden], laplacian(filling)[..., hidden], atol=1e-5)
    assert torch.equal(found[..., hole()], image[..., hole()])


def test_blending_takes_away_an_offset() -> None:
    torch.manual_seed(0)
    image = torch.rand(1, 1, 8, 8) / 2
    assert torch.allclose(blend(image, image + 0.3, hole()[None, None]), image, atol=1e-5)


def test_a_hole_at_the_edge_is_blended_too() -> None:
    known = torch.ones(1, 1, 8, 8, dtype=torch.bool)
    known[..., :4] = False
    image = torch.rand(1, 1, 8, 8) / 2
    assert torch.allclose(blend(image, image - 0.2, known), image, atol=1e-5)


def block(left: int, level: float = 0.8) -> Tensor:
    x = torch.full((1, 1, 24, 24), -0.5)
    x[..., 8:16, left : left + 8] = level
    return x


@pytest.mark.parametrize("way", ["residual", "warp"])
def test_an_untouched_region_stays_as_it_was_to_the_bit(way: str) -> None:
    before, after = block(4), block(4, 0.2)
    original = before + 0.05 * torch.randn(before.shape, generator=torch.Generator().manual_seed(0))
    found = carry(original, before, after, way)  # type: ignore[arg-type]
    assert torch.equal(found[..., 18:], original[..., 18:])
    inside = found[..., 10:14, 6:10]
    assert float((inside - original[..., 10:14, 6:10]).mean()) == pytest.approx(-0.6, abs=0.05)


def test_what_is_kept_comes_back_to_the_bit_beside_the_edit() -> None:
    before, after, kept = block(4), block(4, 0.2), torch.zeros(24, 24)
    kept[:12] = 1
    original = before + 0.05 * torch.randn(before.shape, generator=torch.Generator().manual_seed(0))
    free, held = (carry(original, before, after, kept=some) for some in (None, kept))
    assert torch.equal(held[..., :12, :], original[..., :12, :]) and torch.equal(held[..., 12:, :], free[..., 12:, :])
    assert not torch.equal(free[..., :12, :], original[..., :12, :])
    with pytest.raises(ValueError, match="mask of"):
        carry(original, before, after, kept=kept[:5])


def test_a_warp_carries_what_the_generator_cannot_draw_along() -> None:
    """A spot on a slope that moves by two pixels: the residual leaves it behind."""
    slope = torch.linspace(-0.8, 0.8, 28).sin()
    before, after = slope[2:26].expand(1, 1, 24, 24), slope[:24].expand(1, 1, 24, 24)
    spot = torch.zeros(1, 1, 24, 24)
    spot[..., 10:14, 10:14] = 0.3
    warped, added = (carry(before + spot, before, after, way) for way in ("warp", "residual"))
    wanted = (after + spot.roll(2, 3))[..., 4:20, 4:20]
    left = [float((found[..., 4:20, 4:20] - wanted).square().mean()) for found in (warped, added)]
    assert left[0] < 0.3 * left[1]
