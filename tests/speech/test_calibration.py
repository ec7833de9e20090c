"""Calibrated, decoded training speech has the moments of the real; the transport map is the known one."""

import numpy as np
import pytest
import torch

from disentangle.speech.calibration import calibrate, transport, within
from disentangle.speech.model import SpeechModel
from tests.speech.conftest import MELS, voices


def test_the_map_of_two_diagonals_is_the_ratio_of_their_deviations() -> None:
    np.testing.assert_allclose(transport(np.diag([4.0, 1.0]), np.diag([1.0, 9.0])), np.diag([0.5, 3.0]), atol=1e-9)


def test_the_map_turns_one_covariance_into_the_other_and_is_symmetric() -> None:
    rng = np.random.default_rng(0)
    a, b = (x @ x.T + np.eye(5) for x in rng.normal(size=(2, 5, 5)))
    found = transport(a, b)
    np.testing.assert_allclose(found @ a @ found.T, b, atol=1e-9)
    np.testing.assert_allclose(found, found.T, atol=1e-9)


def test_decoded_training_speech_has_the_moments_of_the_real(model: SpeechModel) -> None:
    recordings = voices(4, 8, frames=80)
    before = {name: tensor.clone() for name, tensor in model.named_parameters()}
    calibrate(model, recordings)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.named_parameters())
    real = within([r.mel.double().numpy() for r in recordings])
    decoded = []
    for k, r in enumerate(recordings):
        with torch.no_grad():
            code, _ = model.content_encoder(r.mel[None], torch.tensor([len(r.mel)]))
            partner = recordings[k - k % 8 + (k + 1) % 8].mel
            voice = model.speaker_encoder(partner[None], torch.tensor([len(partner)]))
            y = model.decoder(code, torch.tensor([len(r.mel)]), voice).sample(torch.Generator().manual_seed(k))[0]
            decoded.append((y @ model.stretch.T + model.shift).double().numpy())
    mean, covariance = within(decoded)
    assert covariance.shape == (MELS, MELS)
    assert mean == pytest.approx(real[0], abs=0.1)
    assert covariance == pytest.approx(real[1], abs=0.1)
