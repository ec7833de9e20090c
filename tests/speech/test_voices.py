"""Speaker vectors moved along a factor, and searched through a decoder that stays as it is."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from disentangle.corpus import audio, directory
from disentangle.corpus.utterances import DataDirectory, Utterance
from disentangle.latent.descent import Descent
from disentangle.speech.model import SpeechModel
from disentangle.speech.voices import direction, moved, searched

PITCHES = {"amy": ("f", 230), "bea": ("f", 260), "cal": ("m", 110), "don": ("m", 130)}


def tone(pitch: float, samples: int = 4000) -> NDArray[np.float32]:
    t = np.arange(samples) / 8000
    wave = sum(np.sin(2 * np.pi * k * pitch * t) / k for k in range(1, 8))
    return np.asarray(0.1 * wave, np.float32)


@pytest.fixture
def data(tmp_path: Path) -> DataDirectory:
    utterances = []
    for name, (gender, pitch) in PITCHES.items():
        for take in range(2):
            wav = tmp_path / f"{name}-{take}.wav"
            audio.save(wav, tone(pitch + 3 * take), 8000)
            utterances.append(Utterance(wav.stem, name, str(wav), labels={"gender": gender, "take": str(take)}))
    directory.write(tmp_path / "data", utterances)
    return directory.read(tmp_path / "data")


def test_a_voice_moves_from_men_to_women_and_back(model: SpeechModel, data: DataDirectory) -> None:
    along = direction(model, data, "gender")
    vectors = {u.speaker: model.speaker([audio.load(u, 8000)])[0] for u in data.utterances}
    places = {name: float(along.place(torch.from_numpy(v)[None])) for name, v in vectors.items()}
    assert min(places["amy"], places["bea"]) > max(places["cal"], places["don"])
    voice = vectors["cal"]
    up, down = moved(voice, along, 1.5), moved(voice, along, -1.5)
    assert np.linalg.norm(up) == pytest.approx(1, abs=1e-5)
    here, above, below = (float(along.place(torch.from_numpy(v)[None])) for v in (voice, up, down))
    assert below < here < above
    assert np.allclose(moved(voice, along, 0.0), voice, atol=1e-6)


@pytest.mark.parametrize(("factor", "said"), [("accent", "values of 'accent': none"), ("take", "has two values")])
def test_a_factor_that_tells_no_speakers_apart_is_refused(
    factor: str, said: str, model: SpeechModel, data: DataDirectory
) -> None:
    with pytest.raises(ValueError, match=said):
        direction(model, data, factor)


def test_a_searched_voice_decodes_nearer_to_what_was_said_and_the_model_stays(model: SpeechModel) -> None:
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    vector, found = searched(model, [tone(120), tone(240, 5000)], Descent(150, tolerance=0))
    assert vector.shape == (6,) and np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    for one in found:
        assert float(one.errors[0]) == pytest.approx(float(one.history[-1, 0]), rel=1e-4)
        assert float(one.errors[0]) < float(one.history[0, 0])
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())
