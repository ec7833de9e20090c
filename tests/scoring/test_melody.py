"""Converted speech keeps the melody of its source, or does not."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from disentangle.corpus.utterances import Utterance
from disentangle.scoring.melody import KEPT, kept

RATE = 8000


def glide(low: float, high: float) -> Any:
    """A second of harmonics that goes from one height to another."""
    phase = 2 * np.pi * np.cumsum(np.geomspace(low, high, RATE)) / RATE
    return np.sum([0.1 * np.sin(k * phase) / k for k in range(1, 8)], axis=0, dtype=np.float64).astype(np.float32)


def made(converted: Any) -> Any:
    """Two sources that rise and fall, each converted once."""
    sources = [Utterance("up", "ada", "up.wav"), Utterance("down", "bob", "down.wav")]
    waves = {"up": glide(100, 160), "down": glide(220, 130)}
    sound = {name: SimpleNamespace(wave=wave) for name, wave in waves.items()}
    conversions = [SimpleNamespace(source=source, target="eve") for source in sources]
    return SimpleNamespace(
        rate=RATE,
        conversions=conversions,
        sounds=[SimpleNamespace(wave=converted[source.id]) for source in sources],
        real=sound,
        resynthesis=sound,
    )


@pytest.mark.parametrize(("up", "down", "wanted"), [((200, 320), (150, 90), 1.0), ((320, 200), (90, 150), -1.0)])
def test_what_rises_and_falls_with_its_source_at_any_height_correlates(up: Any, down: Any, wanted: float) -> None:
    found = kept(made({"up": glide(*up), "down": glide(*down)})).scores
    assert found["conversion_source_f0_corr"].value == pytest.approx(wanted, abs=0.02)
    assert found["resynthesis_source_f0_corr"].value == pytest.approx(1.0)
    assert found["conversion_source_voicing"].value > 0.97 and found["resynthesis_source_voicing"].value == 1
    assert set(found) == set(KEPT)


def test_without_a_voiced_frame_there_is_nothing_to_tell() -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(RATE).astype(np.float32)
    found = kept(made({"up": noise, "down": glide(150, 90)})).scores
    assert found["conversion_source_voicing"].value == pytest.approx(0.5, abs=0.03)
    found = kept(made({"up": noise, "down": noise})).scores
    assert found["conversion_source_voicing"].value < 0.05
    assert set(found) == set(KEPT) - {"conversion_source_f0_corr"}
