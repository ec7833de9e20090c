"""bfloat16 where it is asked for, and by itself only where the device has instructions for it."""

import pytest
import torch

from disentangle.adversarial.precision import Precision, is_bf16


@pytest.mark.parametrize(
    ("precision", "device", "has", "found"),
    [
        ("bf16", "cpu", False, True),
        ("float32", "cpu", True, False),
        ("auto", "cpu", True, True),
        ("auto", "cpu", False, False),
        ("auto", "cuda", True, True),
        ("auto", "cuda", False, False),
        ("auto", "mps", True, False),
    ],
)
def test_bf16_by_what_is_asked_and_what_there_is(
    precision: Precision, device: str, has: bool, found: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: has)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: has)
    assert is_bf16(precision, device) is found


def test_this_processor_says_what_it_has() -> None:
    """What is asked is private to torch, and may go with another release."""
    assert is_bf16("auto", "cpu") in (True, False)
