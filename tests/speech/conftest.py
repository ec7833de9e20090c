"""Small networks, and recordings of made-up voices to train them on."""

import pytest
import torch

from disentangle.speech.batches import Recording, SpeechSource
from disentangle.speech.model import SpeechModel
from disentangle.speech.options import (
    AugmentationOptions,
    BatchOptions,
    ContentOptions,
    DecoderOptions,
    FrontEndOptions,
    SpeakerOptions,
    SpeechOptions,
)

MELS = 16


def small(bottleneck: str = "vq", kind: str = "statistics") -> SpeechOptions:
    """A model of a few thousand weights at 8 kHz."""
    return SpeechOptions(
        FrontEndOptions(rate=8000, mels=MELS),
        ContentOptions(channels=8, layers=1, bottleneck=bottleneck, dims=4, codes=6),  # type: ignore[arg-type]
        SpeakerOptions(kind=kind, channels=8, dims=6, second_order=3),  # type: ignore[arg-type]
        DecoderOptions(channels=8, layers=1),
    )


@pytest.fixture
def model() -> SpeechModel:
    torch.manual_seed(0)
    return SpeechModel(small()).eval()


def voices(speakers: int = 4, each: int = 6, frames: int = 20) -> list[Recording]:
    """Each speaker is a colour, each label a slope over time; lengths differ."""
    generator = torch.Generator().manual_seed(0)
    found = []
    for s in range(speakers):
        colour = torch.randn(MELS, generator=generator)
        for k in range(each):
            length = frames + 3 * k
            slope = torch.linspace(-1, 1, length)[:, None] * (1 if k % 2 else -1)
            mel = colour + slope + 0.3 * torch.randn(length, MELS, generator=generator)
            found.append(Recording(mel, f"s{s}", "AB" if k % 2 else "BA", str(k % 2)))
    return found


@pytest.fixture
def source() -> SpeechSource:
    return SpeechSource(voices(), BatchOptions(3, 2), AugmentationOptions(warp=0.1, noise=0.5, mask=4), 30, seed=0)
