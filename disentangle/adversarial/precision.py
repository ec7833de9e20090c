"""In which numbers the networks of a game are computed."""

from typing import Literal

import torch

Precision = Literal["float32", "bf16", "auto"]


def is_bf16(precision: Precision, device: str) -> bool:
    """Whether networks are computed in bfloat16: if asked for; by ``auto``, where the device has instructions for it.

    Elsewhere bfloat16 is emulated and takes several times as long as float32.

    Args:
        precision: what is asked.
        device: type of the device, such as ``cpu``.
    """
    if precision == "auto" and device == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if precision == "auto":
        return device == "cpu" and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return precision == "bf16"
