"""Blocks of any size give what the whole gives, no later than is said."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from disentangle.speech.levels import running_level
from disentangle.speech.masking import context
from disentangle.speech.model import SpeechModel
from disentangle.speech.options import ContentOptions, DecoderOptions, FrontEndOptions, SpeakerOptions, SpeechOptions
from disentangle.speech.streaming import Live
from disentangle.speech.vocoder import Vocoder
from disentangle.speech.vocoder_options import GeneratorOptions, VocoderOptions

FRONT = FrontEndOptions(rate=8000, mels=16, hop=0.0125)


def options(causal: bool = True) -> SpeechOptions:
    return SpeechOptions(
        FRONT,
        ContentOptions(channels=8, layers=2, instance_norm=False, dims=4, codes=6),
        SpeakerOptions(channels=8, dims=6, second_order=3),
        DecoderOptions(channels=8, layers=2),
        causal,
    )


def live(kind: str = "spectral", loudness: float = 1.0) -> Live:
    torch.manual_seed(0)
    made = GeneratorOptions(kind=kind, channels=16, layers=2, causal=kind == "spectral")  # type: ignore[arg-type]
    model, vocoder = SpeechModel(options()), Vocoder(VocoderOptions(FRONT, made))
    for module in model.modules():
        if isinstance(module, torch.nn.Conv1d):
            torch.nn.init.normal_(module.weight, std=0.3)
    vocoder.loudness.fill_(loudness)
    return Live(model, vocoder, np.eye(6, dtype=np.float32)[0])


def wave(samples: int) -> NDArray[np.float32]:
    t, rng = np.arange(samples) / 8000, np.random.default_rng(0)
    tone = np.sin(2 * np.pi * (200 + 100 * np.sin(6 * t)) * t) * (1.1 + np.sin(8 * t))
    return np.asarray(0.1 * tone + rng.normal(0, 0.01, samples), np.float32)


@pytest.mark.parametrize("kind", ["spectral", "hifigan"])
@pytest.mark.parametrize("block", [1, 37, 100, 320, 5000])
def test_blocks_add_up_to_the_whole_and_come_in_time(kind: str, block: int) -> None:
    x = wave(3000 if block == 1 else 9050)
    loudness = float(live(kind)(x, last=True).std()) / 0.1
    whole, stream, parts, behind = live(kind, loudness)(x, last=True), live(kind, loudness), [], 0
    for start in range(0, len(x), block):
        parts.append(stream(x[start : start + block]))
        behind = max(behind, min(start + block, len(x)) - sum(map(len, parts)))
    parts.append(stream(x[:0], last=True))
    made = np.concatenate(parts)
    assert len(made) == len(whole) == len(x)
    np.testing.assert_allclose(made, whole, rtol=0, atol=1e-4)
    assert whole.std() == pytest.approx(0.1, rel=0.3)
    assert behind <= stream.delay + stream.front_end.hop
    assert behind > stream.delay - stream.front_end.hop, "and the delay is no more than it takes"


@pytest.mark.parametrize("samples", [0, 1, 150])
def test_next_to_nothing_comes_back_as_long(samples: int) -> None:
    assert len(live()(wave(samples), last=True)) == samples


def test_a_causal_model_hears_nothing_that_is_to_come() -> None:
    torch.manual_seed(0)
    model = SpeechModel(options()).eval()
    x = torch.randn(1, 60, 16, requires_grad=True)

    class Through(torch.nn.Module):
        dims = 4

        def forward(self, z: torch.Tensor, _: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            return z, z.new_zeros(())

    model.content_encoder.bottleneck = Through()  # type: ignore[assignment]
    code = model.content_encoder(x, torch.tensor([60]))[0]
    torch.autograd.backward(code[0, 40].sum())
    assert x.grad is not None
    seen = x.grad[0].abs().sum(1).nonzero().squeeze(1)
    assert (int(seen.max()), 40 - int(seen.min())) == (40, context(model.content_encoder))


def test_the_running_level_goes_on_where_it_was_and_ends_near_the_mean() -> None:
    mel = np.random.default_rng(0).normal(-6, 1, (4000, 16)).astype(np.float32)
    whole, _ = running_level(mel)
    first, heard = running_level(mel[:70])
    rest, _ = running_level(mel[70:], heard)
    np.testing.assert_allclose(np.concatenate([first, rest]), whole, atol=1e-5)
    assert whole[0, 0] == pytest.approx((-4.0 * 50 + mel[0].mean()) / 51, abs=1e-5)
    assert whole[-1, 0] == pytest.approx(mel.mean(), abs=0.05)


def test_a_model_that_hears_the_whole_is_refused() -> None:
    stream = live()
    with pytest.raises(ValueError, match="hears an utterance as a whole"):
        Live(SpeechModel(options(causal=False)), stream.vocoder, np.zeros(6, np.float32))
    with pytest.raises(ValueError, match="causal needs content.instance_norm=false"):
        SpeechOptions(causal=True)
