"""The codebook finds the frames' clusters, wakes dead codes, and passes gradients straight through."""

import torch

from disentangle.speech.bottleneck import NoiseBottleneck, VectorQuantizer


def clusters(frames: int, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    centres = 10 * torch.eye(4)
    return centres[torch.randint(4, (1, frames), generator=generator)] + 0.1 * torch.randn(
        1, frames, 4, generator=generator
    )


def test_the_codebook_moves_to_the_clusters_and_no_code_stays_dead() -> None:
    torch.manual_seed(0)
    quantizer = VectorQuantizer(4, 12, decay=0.9)
    quantizer.codebook.fill_(100.0)  # all codes far away: all but one are dead
    quantizer.sums.copy_(quantizer.codebook)
    for step in range(200):
        x = clusters(200, step)
        quantizer(x, torch.ones(1, 200, 1))
    _, loss = quantizer.eval()(clusters(200, 999), torch.ones(1, 200, 1))
    assert loss < 0.02


def test_the_gradient_passes_straight_through_and_padding_is_not_counted() -> None:
    torch.manual_seed(0)
    quantizer = VectorQuantizer(3, 5).eval()
    z = torch.randn(1, 4, 3, requires_grad=True)
    mask = torch.tensor([1.0, 1, 1, 0]).reshape(1, 4, 1)
    code, loss = quantizer(z, mask)
    (code * 2).sum().backward()
    assert z.grad is not None
    assert torch.equal(z.grad, 2 * mask.expand_as(z))
    chosen = quantizer.codebook[quantizer.nearest(z)]
    torch.testing.assert_close(code, chosen * mask)
    torch.testing.assert_close(loss, ((z - chosen) ** 2)[:, :3].mean())


def test_evaluation_leaves_the_codebook_alone() -> None:
    quantizer = VectorQuantizer(3, 5).eval()
    before = quantizer.codebook.clone()
    quantizer(torch.randn(2, 9, 3), torch.ones(2, 9, 1))
    assert torch.equal(quantizer.codebook, before)


def test_noise_is_released_in_evaluation_too() -> None:
    torch.manual_seed(0)
    z = torch.zeros(1, 2000, 2)
    code, price = NoiseBottleneck(2, noise=0.5).eval()(z, torch.ones(1, 2000, 1))
    assert abs(float(code.std()) - 0.5) < 0.02
    assert price == 0
