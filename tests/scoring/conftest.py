"""A corpus of tones and a model that knows them: each speaker is one tone and each digit another."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from disentangle.corpus import audio, directory
from disentangle.corpus.utterances import DataDirectory, Utterance
from disentangle.scoring import anonymity, converted, embeddings, material
from disentangle.scoring.hearing import hear

RATE = 8000
SPEAKERS = {"ada": 300, "bob": 520, "cyd": 740, "dan": 960}  # Hz
DIGITS = {"0": 1600, "1": 2200, "2": 3000}  # Hz
Wave = NDArray[np.float32]


def tones(speaker: str, digit: str, seed: int, rate: int = RATE) -> Wave:
    """A quarter of a second of the two tones in noise, the digit's in the second half alone."""
    rng = np.random.default_rng(seed)
    t = np.arange(rate // 4) / rate
    voice = np.sin(2 * np.pi * (SPEAKERS[speaker] * t + rng.random()))
    word = np.sin(2 * np.pi * DIGITS[digit] * t) * (t > 0.125)
    return np.asarray(0.1 * (voice + word + 0.1 * rng.normal(size=len(t))), np.float32)


def heard_most(wave: Wave, among: dict[str, int]) -> str:
    t = np.arange(len(wave)) / RATE
    power = {name: abs(np.exp(-2j * np.pi * frequency * t) @ wave) for name, frequency in among.items()}
    return max(power, key=lambda name: power[name])


class ToneModel:
    """Knows speaker and digit of every wave. Its content tells the digit, and the speaker too if it ``leaks``."""

    rate = RATE
    content_is_random = False
    matches = False

    def __init__(self, leaks: bool = False, converts: bool = True) -> None:
        self.leaks, self.converts = leaks, converts

    def log_mel(self, wave: Wave) -> Wave:
        return hear(wave, RATE)

    def content(self, waves: Sequence[Wave], draw: int = 0) -> list[Wave]:
        noise = np.random.default_rng(draw) if self.content_is_random else None
        codes = self.noiseless(waves)
        return codes if noise is None else [x + noise.normal(0, 3, x.shape).astype(np.float32) for x in codes]

    def noiseless(self, waves: Sequence[Wave]) -> list[Wave]:
        rows = []
        for wave in waves:
            row = np.zeros(len(DIGITS) + len(SPEAKERS))
            row[list(DIGITS).index(heard_most(wave, DIGITS))] = 1
            if self.leaks:
                row[len(DIGITS) + list(SPEAKERS).index(heard_most(wave, SPEAKERS))] = 1
            rows.append(np.tile(row, (12, 1)).astype(np.float32))
        return rows

    def speaker(self, waves: Sequence[Wave]) -> Wave:
        known = [list(SPEAKERS).index(heard_most(wave, SPEAKERS)) for wave in waves]
        return np.eye(len(SPEAKERS), dtype=np.float32)[known]

    def both(self, waves: Sequence[Wave]) -> tuple[Wave, list[Wave]]:
        return self.speaker(waves), self.content(waves)

    def matchable(self, waves: Sequence[Wave]) -> Wave:
        return np.concatenate([self.log_mel(wave) for wave in waves])

    def convert(self, wave: Wave, speaker: Wave, *, among: Wave | None = None) -> Wave:
        if self.matches:
            assert among is not None
            return self.vocode(among, len(wave))
        if not self.converts:
            return wave
        return tones(list(SPEAKERS)[int(speaker.argmax())], heard_most(wave, DIGITS), seed=5)[: len(wave)]

    def vocode(self, log_mel: Wave, samples: int) -> Wave:
        pairs = [(s, d) for s in SPEAKERS for d in DIGITS]
        gaps = [np.abs(hear(tones(*pair, seed=6), RATE).mean(0) - log_mel.mean(0)).sum() for pair in pairs]
        return tones(*pairs[int(np.argmin(gaps))], seed=7)[:samples]


Corpus = Callable[..., DataDirectory]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Writes a data directory of tones: each of the speakers says each digit so many times."""

    def make(
        name: str, takes: int, speakers: Sequence[str] = tuple(SPEAKERS), rate: int = RATE, label: str = "digit"
    ) -> DataDirectory:
        utterances = []
        for k in range(takes):
            for speaker in speakers:
                for digit in DIGITS:
                    id_ = f"{speaker}-{digit}-{name}{k}"
                    seed = sum(map(ord, id_))
                    audio.save(tmp_path / "wav" / f"{id_}.wav", tones(speaker, digit, seed, rate), rate)
                    recording = str(tmp_path / "wav" / f"{id_}.wav")
                    utterances.append(Utterance(id_, speaker, recording, text=f"T{digit}", labels={label: digit}))
        directory.write(tmp_path / "data" / name, utterances)
        return directory.read(tmp_path / "data" / name)

    return make


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    """A folder that looks like a trained experiment."""
    (tmp_path / "exp" / "model").mkdir(parents=True)
    (tmp_path / "exp" / "model" / "model.safetensors").write_bytes(b"1")
    train = tmp_path / "data" / "train"
    (tmp_path / "exp" / "config.yaml").write_text(f"name: tones\nseed: 3\ntrain: {train}\n")
    return tmp_path / "exp"


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> ToneModel:
    """The model that every folder is then taken to hold; its traits may be changed."""
    tone_model = ToneModel()
    for module in (anonymity, converted, embeddings, material):
        monkeypatch.setattr(module, "load", lambda *_: tone_model)
    return tone_model
