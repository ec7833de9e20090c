"""The recogniser reads a code that spells the text, and counts errors as they are."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from disentangle.evaluation.recognition import LetterNetwork, ctc_error, error_rates
from disentangle.evaluation.sequences import pad

LETTERS = "ABC "


def spelled(count: int, seed: int) -> tuple[list[NDArray[np.float64]], list[str]]:
    """Texts of two or three words and a code that holds each letter for a few frames, silence between them."""
    rng = np.random.default_rng(seed)
    texts = [" ".join("".join(rng.choice(list("ABC"), 2)) for _ in range(rng.integers(2, 4))) for _ in range(count)]
    codes = []
    for text in texts:
        frames = [k for c in text for k in [LETTERS.index(c)] * int(rng.integers(2, 5)) + [4] * int(rng.integers(2, 4))]
        codes.append(np.eye(5)[frames] + 0.05 * rng.normal(size=(len(frames), 5)))
    return codes, texts


def test_a_code_that_spells_the_text_is_read() -> None:
    train, test = spelled(200, 0), spelled(40, 1)
    cer, wer = ctc_error(*train, *test, steps=250)
    assert cer.value < 0.02
    assert wer.value < 0.05
    assert cer.n == len("".join(test[1])) and wer.n == len(" ".join(test[1]).split())


def test_error_rates_of_a_case_done_by_hand() -> None:
    """One letter of eight is wrong, in one word of three."""
    cer, wer = error_rates(["GO ON", "YES"], ["GO IN", "YES"], ["a", "b"])
    assert cer.value == pytest.approx(1 / 8)
    assert wer.value == pytest.approx(1 / 3)
    assert cer.ci95 is not None
    assert cer.ci95 == pytest.approx((0, 1 / 5))


def test_nothing_recognised_is_an_error_of_1() -> None:
    cer, wer = error_rates(["GO ON"], [""])
    assert cer.value == wer.value == 1


@pytest.mark.parametrize("stride", [1, 2, 4])
def test_padding_never_changes_what_is_read(stride: int) -> None:
    torch.manual_seed(0)
    network = LetterNetwork(6, 4, stride).eval()
    items = [torch.randn(frames, 6) for frames in (2, 9, 30)]
    with torch.no_grad():
        together, lengths = network(*pad(items))
        for i, x in enumerate(items):
            alone, length = network(x[None], torch.tensor([len(x)]))
            assert lengths[i] == length == alone.shape[1]
            assert torch.allclose(together[i, : lengths[i]], alone[0], atol=1e-5)
