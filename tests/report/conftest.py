"""An experiment folder made up of small files: six voices, ten words, everything a run leaves behind."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import yaml
from numpy.typing import NDArray

from disentangle.corpus import archives

SPEAKERS, WORDS, TAKES, RATE = 6, 10, 3, 8000

SCORES = {
    "speaker_eer": (0.012, [0.004, 0.025], 1770, 0.5),
    "speaker_mindcf": (0.11, [0.05, 0.2], 1770, 1.0),
    "content_speaker_accuracy_linear": (0.42, [0.31, 0.52], 180, 1 / 6),
    "content_speaker_accuracy_mlp": (0.55, [0.43, 0.66], 180, 1 / 6),
    "content_speaker_accuracy_sequence": (0.81, [0.7, 0.9], 180, 1 / 6),
    "mel_speaker_accuracy_linear": (0.98, [0.95, 1.0], 180, 1 / 6),
    "mel_speaker_accuracy_mlp": (0.99, [0.97, 1.0], 180, 1 / 6),
    "mel_speaker_accuracy_sequence": (1.0, [1.0, 1.0], 180, 1 / 6),
    "speaker_content_accuracy": (0.14, [0.1, 0.19], 180, 0.1),
    "content_digit_accuracy": (0.943, [0.91, 0.97], 180, 0.1),
    "mel_digit_accuracy": (0.97, [0.94, 0.99], 180, 0.1),
    "conversion_speaker_accept": (0.91, [0.84, 0.96], 120, None),
    "real_speaker_accept": (0.97, [0.93, 1.0], 180, None),
    "conversion_source_accept": (0.017, [0.0, 0.05], 120, None),
    "conversion_digit_accuracy": (0.88, [0.8, 0.93], 120, 0.1),
    "real_digit_accuracy": (0.99, [0.97, 1.0], 180, 0.1),
    "conversion_both": (0.82, [0.74, 0.89], 120, None),
    "conversion_mcd": (6.41, [6.1, 6.8], 40, None),
    "source_mcd": (9.02, [8.5, 9.6], 40, None),
    "conversion_f0_corr": (0.71, [0.6, 0.8], 40, None),
}


def score_file(shift: float = 0.0) -> dict[str, dict[str, object]]:
    """What scores.json holds."""
    return {
        name: {"value": value + shift, "ci95": ci95, "n": n, "chance": chance}
        for name, (value, ci95, n, chance) in SCORES.items()
    }


def voice(pitch: float, word: int, seconds: float = 0.5) -> NDArray[np.float32]:
    """A buzz at this pitch, (samples,), through a resonance that the word chooses."""
    t = np.arange(round(seconds * RATE)) / RATE
    harmonics = [k for k in range(1, 40) if k * pitch < RATE / 2]
    gains = [np.exp(-(((k * pitch - 400 - 250 * word) / 500) ** 2)) + 0.05 for k in harmonics]
    glide = pitch * t * (1 + 0.1 * np.sin(3 * t))
    wave = sum(g * np.sin(2 * np.pi * k * glide) for g, k in zip(gains, harmonics, strict=True))
    return np.asarray(0.2 * wave * np.hanning(len(t)), np.float32)


def _data(folder: Path) -> list[tuple[str, int, int]]:
    folder.mkdir(parents=True)
    said = [(f"s{s}-{w}-{take}", s, w) for s in range(SPEAKERS) for w in range(WORDS) for take in range(TAKES)]
    tables = {
        "wav.scp": [f"{key} {key}.wav" for key, _, _ in said],
        "utt2spk": [f"{key} s{s}" for key, s, _ in said],
        "utt2digit": [f"{key} {w}" for key, _, w in said],
        "spk2gender": [f"s{s} {'fm'[s % 2]}" for s in range(SPEAKERS)],
    }
    for name, lines in tables.items():
        (folder / name).write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return said


def _embeddings(folder: Path, said: list[tuple[str, int, int]]) -> None:
    rng = np.random.default_rng(0)
    voices, words = rng.normal(size=(SPEAKERS, 16)), rng.normal(size=(WORDS, 24, 8))
    speaker = [(key, voices[s] + 0.25 * rng.normal(size=16)) for key, s, _ in said]
    content = [(key, words[w][: 20 + s % 4] + 0.6 * rng.normal(size=(20 + s % 4, 8))) for key, s, w in said]
    archives.write(folder, "speaker", speaker)
    archives.write(folder, "content", content)


def _log(path: Path) -> None:
    rng, rows = np.random.default_rng(0), []
    for step in range(10, 1010, 10):
        noise = rng.normal(size=4) * 0.05
        row = {
            "step": step,
            "content/confuse": 0.75 + noise[0],
            "content/reconstruction": 0.3 + 2 * np.exp(-step / 150) + noise[1],
            "speaker/consistency": 0.1 + np.exp(-step / 100) + abs(noise[2]),
            "critic/pair": 0.66 + noise[3],
        }
        if step % 100 == 0:
            row["watch/speaker_eer"] = 0.3 * float(np.exp(-step / 200))
        rows.append(json.dumps(row))
    path.write_text("\n".join(rows) + "\n", "utf-8")


def _probes(path: Path) -> None:
    steps = np.arange(50, 1500, 50)
    names = [name for name in SCORES if "speaker_accuracy" in name]
    probes = {}
    for name in names:
        floor = 0.1 if name.startswith("mel") else 0.7
        loss = floor + 1.2 * np.exp(-steps / 300)
        curve = [
            {"step": int(s), "training_loss": v - 0.05, "validation_loss": v}
            for s, v in zip(steps, loss.tolist(), strict=True)
        ]
        if name.endswith("linear"):
            curve = [{"C": c, "validation_loss": floor + 0.1 * abs(np.log10(c))} for c in (0.01, 0.1, 1.0, 10.0)]
        probes[name] = {"curve": curve, "majority": 1 / 6}
    path.write_text(json.dumps(probes), "utf-8")


def _examples(folder: Path) -> None:
    folder.mkdir()
    rows = []
    for k in range(4):
        for role, pitch in (("source", 110 + 10 * k), ("target", 220), ("converted", 215)):
            soundfile.write(folder / f"{k}-{role}.wav", voice(pitch, k + 1), RATE)
        wavs = {f"{role}_wav": f"{k}-{role}.wav" for role in ("source", "target", "converted")}
        verdicts = {"accepted_target": k != 2, "accepted_source": k == 3, "word": str(k), "recognised": str(k % 3)}
        rows.append({"source": f"s{k}", "target": "s5", **wavs, **verdicts})
    (folder / "examples.json").write_text(json.dumps(rows), "utf-8")
    in_bulk(folder)


def in_bulk(folder: Path) -> None:
    """A matrix of three speakers, of whom none passes as bob, and the worst conversions."""
    names, cells = ("ann", "bob", "<cas>"), list[dict[str, object]]()
    for a in names:
        for b in names:
            name = f"matrix-{len(cells)}.wav"
            soundfile.write(folder / name, voice(110 + 20 * len(cells), 1), RATE)
            cells.append({"source": a, "target": b, "wav": name} | ({} if a == b else {"accepted_target": b != "bob"}))
    (folder / "matrix.json").write_text(json.dumps(cells), "utf-8")
    bad = {"source": "ann", "target": "bob", "utterance": "ann-7", "word": "FIVE", "accepted_target": False}
    bad |= {"source_wav": "matrix-0.wav", "converted_wav": "matrix-1.wav"}
    lists = {"words": [bad | {"recognised": "", "error": 1.0}], "voice": [bad | {"error": 0.25}]}
    (folder / "worst.json").write_text(json.dumps(lists), "utf-8")


def make(folder: Path, name: str = "default", seed: int = 0, shift: float = 0.0, commit: str = "abc1234") -> Path:
    """Configuration, scores and what was run: all that results need."""
    folder.mkdir(parents=True)
    config = {"name": name, "seed": seed, "train": str(folder.parent / "data" / "train"), "speech": {"hop": 0.01}}
    (folder / "config.yaml").write_text(yaml.safe_dump(config), "utf-8")
    (folder / "scores.json").write_text(json.dumps(score_file(shift)), "utf-8")
    run = {"command": f"disentangle train {name} seed={seed}", "commit": commit, "minutes": 12.5, "machine": "2 cores"}
    (folder / "run.json").write_text(json.dumps(run), "utf-8")
    return folder


def fill(folder: Path) -> Path:
    """Everything else that a run leaves in its folder."""
    said = _data(folder.parent / "data" / "test")
    _embeddings(folder / "embeddings" / "test", said)
    _log(folder / "log.jsonl")
    _probes(folder / "probes.json")
    _examples(folder / "examples")
    return folder


@pytest.fixture(scope="session")
def experiment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A complete experiment folder; not to be changed."""
    return fill(make(tmp_path_factory.mktemp("report") / "exp"))


@pytest.fixture
def maker() -> Callable[..., Path]:
    """Makes experiment folders with configuration, scores and run only."""
    return make
