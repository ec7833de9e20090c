"""The time of a conversion is that of the whole chain, as a share of the speech, whatever the machine."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from disentangle.corpus import audio
from disentangle.corpus.utterances import Utterance
from disentangle.scoring import speed
from disentangle.scoring.run import wanted

RATE = 8000


class Slow:
    """A model for which hearing a voice takes a tenth of the speech's time, and converting two tenths."""

    rate, matches = RATE, False

    def __init__(self) -> None:
        self.now, self.voices, self.converted = 0.0, list[int](), list[tuple[int, int]]()

    def speaker(self, waves: list[np.ndarray]) -> np.ndarray:
        self.voices.append(len(waves[0]))
        self.now += 0.1 * len(waves[0]) / RATE
        return np.array([[len(waves[0])]])

    def convert(self, wave: np.ndarray, voice: np.ndarray, among: object = None) -> np.ndarray:
        assert among is None
        self.converted.append((len(wave), int(voice[0])))
        self.now += 0.2 * len(wave) / RATE
        return wave


def spoken(lengths: list[int]) -> list[Utterance]:
    return [Utterance(str(n), f"s{i}", str(n)) for i, n in enumerate(lengths)]


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Any:
    slow = Slow()
    monkeypatch.setattr(speed, "load", lambda *_: slow)
    monkeypatch.setattr(audio, "load", lambda utterance, *_: np.zeros(int(utterance.id), np.float32))
    monkeypatch.setattr(time, "perf_counter", lambda: slow.now)
    return slow


def test_hearing_the_voice_and_converting_count(model: Slow) -> None:
    """Utterances of a second and of two, each in the voice of the one before: (.1 x 2 + .2) / 1 and (.1 + .4) / 2."""
    found = speed.measure(Path("exp"), None, spoken([RATE, 2 * RATE]), False).scores["conversion_real_time_factor"]
    assert found.value == pytest.approx((0.4 + 0.25) / 2) and found.n == 2
    assert model.converted[2:] == [(RATE, 2 * RATE), (2 * RATE, RATE)], "the first two are converted once more"


def test_a_model_that_matches_hears_the_voice_s_frames_too(model: Any) -> None:
    model.matches, model.matchable = True, lambda _: "frames"

    def convert(wave: np.ndarray, _: np.ndarray, among: object = None) -> np.ndarray:
        assert among == "frames"
        return wave

    model.convert = convert
    assert speed.measure(Path("exp"), None, spoken([RATE, RATE]), False).scores[speed.NAMES[0]].n == 2


def test_it_is_measured_only_where_it_is_named() -> None:
    assert not wanted([]) & set(speed.NAMES) and wanted(["speed"]) == set(speed.NAMES)
