"""The model: shapes, independence of the list, conversion that keeps length and loudness and never clips."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

import disentangle
from disentangle import config
from disentangle.adversarial.export import export
from disentangle.speech.levels import matched
from disentangle.speech.model import SpeechModel
from disentangle.speech.options import SpeechConfig
from tests.speech.conftest import small


def noise(samples: int, seed: int = 0, gain: float = 0.1) -> NDArray[np.float32]:
    return np.asarray(gain * np.random.default_rng(seed).normal(size=samples), np.float32)


def test_shapes_and_unit_vectors(model: SpeechModel) -> None:
    waves = [noise(4000), noise(7000, 1)]
    assert [c.shape for c in model.content(waves)] == [(51, 4), (88, 4)]
    vectors = model.speaker(waves)
    assert vectors.shape == (2, 6)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(model.speaker_of(vectors)), 1, atol=1e-5)


@pytest.mark.parametrize(("bottleneck", "kind"), [("none", "ecapa"), ("vq", "statistics"), ("noise", "statistics")])
def test_what_is_made_of_a_wave_depends_neither_on_the_list_nor_on_chance(bottleneck: str, kind: str) -> None:
    torch.manual_seed(0)
    model = SpeechModel(small(bottleneck, kind))
    waves = [noise(samples, seed) for seed, samples in enumerate((9000, 4000, 900, 4000, 8950, 6000))]
    before = torch.get_rng_state()
    codes, vectors = model.content(waves), model.speaker(waves)
    for wave, code, vector in zip(waves, codes, vectors, strict=True):
        np.testing.assert_allclose(code, model.content([wave])[0], rtol=0, atol=1e-5)
        np.testing.assert_allclose(vector, model.speaker([wave])[0], rtol=0, atol=1e-5)
    assert torch.equal(torch.get_rng_state(), before)


def test_waves_of_like_length_pass_the_networks_together(model: SpeechModel, monkeypatch: pytest.MonkeyPatch) -> None:
    passed: list[tuple[int, ...]] = []
    hook = model.speaker_encoder.register_forward_pre_hook(lambda _, given: passed.append(given[0].shape[:2]))
    waves = [noise(8000 * seconds) for seconds in (4, 1, 2, 1, 40)]
    frames = [model.front_end.frames(len(wave)) for wave in waves]
    model.speaker(waves)
    assert passed == [(4, frames[0]), (1, frames[4])], "what is longer than all that may be together is alone"
    monkeypatch.setattr("disentangle.speech.model.TOGETHER", 4.1)
    passed.clear()
    model.speaker(waves[:4])
    assert passed == [(2, frames[1]), (1, frames[2]), (1, frames[0])]
    hook.remove()


def test_the_noise_of_one_wave_is_not_that_of_another_nor_of_another_draw() -> None:
    torch.manual_seed(0)
    model = SpeechModel(small("noise"))
    waves = [noise(4000), noise(4000, 1)]
    clean = model.noiseless(waves)
    first, second = (x - y for x, y in zip(model.content(waves), clean, strict=True))
    again = model.content(waves, draw=1)[0] - clean[0]
    assert first.std() == pytest.approx(1, abs=0.2)
    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.3
    assert abs(np.corrcoef(first.ravel(), again.ravel())[0, 1]) < 0.3
    assert model.content_is_random and not SpeechModel(small("vq")).content_is_random


def test_loudness_is_neither_content_nor_speaker(model: SpeechModel) -> None:
    wave = noise(4000)
    np.testing.assert_allclose(model.speaker([3 * wave]), model.speaker([wave]), atol=1e-3)
    np.testing.assert_allclose(model.content([3 * wave])[0], model.content([wave])[0], atol=1e-3)


@pytest.mark.parametrize("seconds", [0.3, 2.0, 20.0])
def test_conversion_keeps_length_and_loudness_and_stays_finite(model: SpeechModel, seconds: float) -> None:
    wave = noise(round(8000 * seconds) + 1)
    out = model.convert(wave, model.speaker([noise(8000, 2)])[0])
    assert out.shape == wave.shape and out.dtype == np.float32
    assert np.isfinite(out).all() and np.abs(out).max() <= 1
    assert out.std() == pytest.approx(wave.std(), rel=0.2)


def test_a_loud_source_does_not_clip() -> None:
    spiky = np.zeros(1000, np.float32)
    spiky[::100] = 1
    assert np.abs(matched(spiky, noise(1000, gain=2.0))).max() <= 1
    assert np.isfinite(matched(np.zeros(10, np.float32), noise(10))).all()


def test_an_exported_model_is_the_same_model(model: SpeechModel, tmp_path: Path) -> None:
    settings = SpeechConfig(model=model.options)
    export(tmp_path / "exp" / "model", model.state_dict(), config.text(settings), "card")
    again = disentangle.load(tmp_path / "exp")
    wave = noise(4000)
    assert np.array_equal(again.content([wave])[0], model.content([wave])[0])
    assert np.array_equal(again.speaker([wave]), model.speaker([wave]))


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no trained model.*Train one"):
        disentangle.load(tmp_path)


def test_a_misspelled_name_of_the_package_s_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a folder that is there is no misspelled name."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="no trained model, am4. Did you mean 'an4', which comes with the package"):
        disentangle.load("am4")
    Path("am4").mkdir()
    with pytest.raises(ValueError, match="no trained model, am4. Train one"):
        disentangle.load("am4")


def test_both_are_what_each_is_and_hear_a_wave_once(model: SpeechModel, monkeypatch: pytest.MonkeyPatch) -> None:
    waves = [np.random.default_rng(n).normal(0, 0.1, n).astype(np.float32) for n in (3000, 4000)]
    vectors, codes = model.speaker(waves), model.content(waves)
    heard, log_mel = list[int](), model.log_mel

    def counted(wave: NDArray[np.float32]) -> NDArray[np.float32]:
        heard.append(len(wave))
        return log_mel(wave)

    monkeypatch.setattr(model, "log_mel", counted)
    both = model.both(waves)
    assert heard == [3000, 4000]
    assert np.array_equal(both[0], vectors)
    assert all(np.array_equal(one, other) for one, other in zip(both[1], codes, strict=True))
