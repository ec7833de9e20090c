"""Generators see as far as they say, pieces add up to the whole, crops are what they are taken from."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from disentangle.corpus import audio, directory
from disentangle.corpus.utterances import Utterance
from disentangle.speech.crops import CropSource, MelError, pairs
from disentangle.speech.generators import HiFiGenerator, SpectralGenerator, upsampling
from disentangle.speech.options import FrontEndOptions
from disentangle.speech.vocoder import Vocoder
from disentangle.speech.vocoder_options import (
    CriticsOptions,
    CropOptions,
    GeneratorOptions,
    RefinementOptions,
    VocoderOptions,
)
from disentangle.speech.wave_critics import critics

FRONT = FrontEndOptions(rate=8000, mels=16, hop=0.0125)


def vocoder(kind: str = "spectral", causal: bool = False, hop: float = 0.0125, rate: int = 8000) -> Vocoder:
    torch.manual_seed(0)
    made = GeneratorOptions(kind=kind, channels=16, layers=2, causal=causal)  # type: ignore[arg-type]
    return Vocoder(VocoderOptions(FrontEndOptions(rate=rate, mels=16, hop=hop), made)).eval()


def tone(samples: int, seed: int = 0) -> NDArray[np.float32]:
    noise = np.random.default_rng(seed).normal(0, 0.01, samples)
    return np.asarray(0.2 * np.sin(np.arange(samples) * 0.3) + noise, np.float32)


KINDS = [("spectral", False), ("spectral", True), ("hifigan", False)]


@pytest.mark.parametrize(("kind", "causal"), KINDS)
@pytest.mark.parametrize(("hop", "rate"), [(0.0125, 8000), (0.0125, 16000), (0.008, 16000), (0.01, 11000)])
def test_the_reach_is_exactly_what_samples_depend_on(kind: str, causal: bool, hop: float, rate: int) -> None:
    """By the gradient of a frame's samples in the middle."""
    made = vocoder(kind, causal, hop, rate)
    before, behind = made.generator.reach
    middle, hop_size = before + 3, made.front_end.hop
    x = torch.randn(1, middle + behind + 4, 16, requires_grad=True)
    wave = made.generator(x)
    assert wave.shape == (1, x.shape[1] * hop_size)
    torch.autograd.backward(wave[0, middle * hop_size : (middle + 1) * hop_size].square().sum())
    assert x.grad is not None
    seen = x.grad[0].abs().sum(1).nonzero().squeeze(1)
    assert (middle - int(seen.min()), int(seen.max()) - middle) == (before, behind)


@pytest.mark.parametrize(("kind", "causal"), KINDS)
@pytest.mark.parametrize("piece", [1, 7, 64])
def test_pieces_add_up_to_the_whole(kind: str, causal: bool, piece: int) -> None:
    made, wave = vocoder(kind, causal), tone(15000)
    mel = made.log_mel(wave)
    whole = made.wave(mel, 15000, piece=10**6)
    assert whole.shape == (15000,)
    np.testing.assert_allclose(made.wave(mel, 15000, piece), whole, rtol=0, atol=1e-5)
    assert np.abs(whole).max() > 1e-3


@pytest.mark.parametrize(("kind", "causal"), KINDS)
@pytest.mark.parametrize("samples", [800, 1700, 8050])
def test_every_length_is_kept(kind: str, causal: bool, samples: int) -> None:
    made = vocoder(kind, causal)
    assert made.wave(made.log_mel(tone(samples)), samples).shape == (samples,)


def test_a_refined_wave_has_the_log_mel_that_was_asked_for() -> None:
    """Nearer than Griffin-Lim's, though this generator has learnt nothing; and the same whatever the pieces."""
    made, wave = vocoder(), tone(8000)
    mel = made.log_mel(wave)
    raw, griffin_lim = made.wave(mel, 8000), made.front_end.griffin_lim(torch.from_numpy(mel), 8000).numpy()
    made.options = replace(made.options, refinement=RefinementOptions(60, 8))
    refined = made.wave(mel, 8000)
    assert refined.shape == (8000,)
    errors = [float(np.abs(made.log_mel(x) - mel).mean()) for x in (refined, griffin_lim, raw)]
    assert errors == sorted(errors) and errors[0] < 0.8 * errors[1]
    np.testing.assert_allclose(made.wave(mel, 8000, piece=7), refined, rtol=0, atol=1e-3)


def test_refinement_is_of_whole_utterances_and_begins_with_phases() -> None:
    with pytest.raises(ValueError, match="leave it out of a causal"):
        VocoderOptions(FRONT, GeneratorOptions(causal=True), RefinementOptions(1))
    with pytest.raises(ValueError, match="corrections follow iterations"):
        RefinementOptions(0, 1)


@pytest.mark.parametrize("kind", ["spectral", "hifigan"])
def test_a_louder_wave_comes_back_louder(kind: str) -> None:
    made, wave = vocoder(kind), tone(8000)
    once, twice = (made.wave(made.log_mel(gain * wave), 8000) for gain in (1, 2))
    np.testing.assert_allclose(twice, 2 * once, rtol=0, atol=1e-5)


def test_steps_multiply_to_the_hop() -> None:
    for hop in (64, 80, 100, 110, 128, 200, 220, 256, 441):
        assert np.prod(upsampling(hop)) == hop
    with pytest.raises(ValueError, match="hop is 26 samples, whose factor 13"):
        upsampling(26)


def test_networks_that_cannot_be_built_are_refused() -> None:
    with pytest.raises(ValueError, match="channels should be a multiple of 8"):
        HiFiGenerator(16, 100, 20)
    with pytest.raises(ValueError, match="above half the window"):
        SpectralGenerator(16, 150, 256)
    with pytest.raises(ValueError, match="causal"):
        GeneratorOptions(kind="hifigan", causal=True)
    with pytest.raises(ValueError, match="at least one critic"):
        CriticsOptions(periods=0, spectra=0)


def test_the_generator_of_the_recipe_is_small() -> None:
    assert sum(p.numel() for p in SpectralGenerator(64, 200, 512).parameters()) <= 2_000_000


@pytest.mark.parametrize("options", [CriticsOptions(channels=4, periods=5), CriticsOptions(kind="hifigan")])
def test_critics_judge_short_and_long_waves(options: CriticsOptions) -> None:
    D = critics(options)
    for samples in (1000, 5001):
        logits, features = D(torch.randn(2, samples))
        assert len(logits) == 8
        assert all(len(x) == 2 for x in (*logits, *features))
        assert len(features) > len(logits)


@pytest.mark.parametrize(("number", "period"), [(0, 2), (1, 3), (4, 11)])
def test_a_period_critic_sees_one_phase_at_a_time(number: int, period: int) -> None:
    D = critics(CriticsOptions(channels=4, periods=5, spectra=0))
    x = torch.randn(1, 600, requires_grad=True)
    logits = D(x)[0][number]
    assert logits.shape[-1] == period
    torch.autograd.backward(logits[..., 1].sum())
    assert x.grad is not None
    touched = x.grad[0].nonzero().squeeze(1) % period
    assert set(touched.tolist()) == {1}


def test_the_mel_error_is_nothing_of_equals_and_the_logarithm_of_a_gain() -> None:
    error = MelError(FRONT, (0.5, 1.0, 2.0))
    x = torch.from_numpy(tone(4000))[None]
    assert error(x, x) == 0
    assert error(2 * x, x) == pytest.approx(np.log(2), abs=0.01)
    assert not list(error.parameters())


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two speakers with a long and a short utterance each."""
    utterances = []
    for number, samples in enumerate((8000, 1200, 6000, 900)):
        wav = tmp_path / f"u{number}.wav"
        audio.save(wav, tone(samples, number) * (number + 1) / 2, 8000)
        utterances.append(Utterance(f"s{number // 2}-{number}", f"s{number // 2}", str(wav)))
    directory.write(tmp_path / "data", utterances)
    return tmp_path / "data"


def test_a_crops_log_mel_is_that_of_its_wave(corpus: Path) -> None:
    made = vocoder()
    source = CropSource(pairs(directory.read(corpus), made, 20), CropOptions(size=6), 20, 0.0, seed=3)
    s, x = source.batch(5, 0, 0, 1)
    assert s.shape == (6, 20, 16) and x.shape == (6, 2000)
    level = s * made.deviation + made.mean
    again = made.front_end(x)[:, 2:18]  # the ends of a crop have lost their neighbours
    gap = again - level[:, 2:18]
    assert (gap - gap.flatten(1).mean(1)[:, None, None]).abs().max() < 1e-3
    assert gap.flatten(1).mean(1).std() < 1e-3, "one loudness for all"
    assert float(x.abs().max()) <= 1


def test_batches_depend_on_seed_and_step_alone_and_ranks_share_them(corpus: Path) -> None:
    source = CropSource(pairs(directory.read(corpus), vocoder(), 20), CropOptions(size=6), 20, 0.0, seed=3)
    whole = source.batch(5, 0, 0, 1)
    for one, other in zip(whole, source.batch(5, 0, 0, 1), strict=True):
        assert torch.equal(one, other)
    assert not torch.equal(whole[0], source.batch(6, 0, 0, 1)[0])
    halves = [source.batch(5, 0, rank, 2) for rank in range(2)]
    for i, rank in product(range(2), range(2)):
        assert torch.equal(halves[rank][i], whole[i][rank::2])


def test_a_wave_survives_a_generator_that_knows_the_phase() -> None:
    """The head alone: magnitude and phase of a wave's own spectrum give the wave."""
    made = SpectralGenerator(16, 100, 256)
    x = torch.from_numpy(tone(4000)).double()
    spectrum = torch.stft(x, 256, 100, 256, made.window.double(), pad_mode="constant", return_complex=True)
    head = torch.cat([spectrum.abs().log(), spectrum.angle()]).T[None]

    class Known(nn.Module):
        def forward(self, _: torch.Tensor) -> torch.Tensor:
            return head

    made.out = Known()  # type: ignore[assignment]
    again = made.double()(torch.zeros(1, 41, 16, dtype=torch.float64))[0]
    torch.testing.assert_close(again[:4000], x, rtol=0, atol=1e-6)
