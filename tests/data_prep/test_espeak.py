"""The embedded corpus: the same bytes every time, voices that differ, parallel sentences."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from disentangle.compiled import librosa
from disentangle.corpus.directory import read
from disentangle.data_prep import espeak

SEMITONES, DECIBELS = 2.0, 3.0


pytestmark = pytest.mark.xdist_group("espeak")  # what takes long is made once, not by every worker


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sound in wav/ and the data directories in data/."""
    pytest.importorskip("espeakng_loader", reason="needs the extra espeak")
    folder = tmp_path_factory.mktemp("espeak")
    espeak.prepare(folder / "wav", folder / "data")
    return folder


def test_there_are_enough_short_sentences_and_voices_of_both_sexes() -> None:
    assert len(espeak.SENTENCES) == len(set(espeak.SENTENCES)) == 30
    assert all(5 <= len(sentence.split()) <= 8 for sentence in espeak.SENTENCES)
    genders = [voice.gender for voice in espeak.VOICES]
    assert len(genders) >= 12
    assert min(genders.count("f"), genders.count("m")) >= 6


def test_another_process_makes_the_same_bytes(prepared: Path) -> None:
    for key, wave in espeak.synthesised().items():
        samples, rate = soundfile.read(prepared / "wav" / key.partition("-")[0] / f"{key}.wav", dtype="int16")
        assert rate == espeak.RATE
        assert np.array_equal(samples, np.round(wave / max(1.0, np.abs(wave).max()) * 32767).astype(np.int16)), key


def test_splits_hold_every_voice_and_disjoint_parallel_sentences(prepared: Path) -> None:
    seen: set[str] = set()
    for name, size in {"train": 16, "judge": 8, "test": 6}.items():
        directory = read(prepared / "data" / name)
        texts = {u.labels["sentence"]: u.text for u in directory.utterances}
        assert len(texts) == size
        assert not seen & set(texts)
        seen |= set(texts)
        speakers = directory.speakers()
        assert set(speakers) == {voice.name for voice in espeak.VOICES}
        for voice in espeak.VOICES:
            assert {u.labels["sentence"]: u.text for u in speakers[voice.name]} == texts
            assert {u.labels["gender"] for u in speakers[voice.name]} == {voice.gender}


def test_validation_is_taken_from_the_training_sentences(prepared: Path) -> None:
    parts = ("train", "validation/train", "validation/test")
    found = {name: {u.id for u in read(prepared / "data" / name).utterances} for name in parts}
    assert found["validation/train"] | found["validation/test"] == found["train"]
    assert not found["validation/train"] & found["validation/test"]


def test_no_sentence_clips_or_is_cut(prepared: Path) -> None:
    for file in sorted((prepared / "wav").rglob("*.wav")):
        samples, rate = soundfile.read(file)
        assert 1.0 < len(samples) / rate < 4.0, file.name
        assert 0.1 < np.abs(samples).max() < 1.0, file.name


def test_any_two_voices_differ_in_pitch_or_formants(prepared: Path) -> None:
    pitches, spectra = {}, {}
    for voice in espeak.VOICES:
        files = sorted((prepared / "wav" / voice.name).glob("*-s2[5-8].wav"))
        samples = np.concatenate([soundfile.read(file)[0] for file in files])
        pitches[voice.name], spectra[voice.name] = _pitch(samples), _spectrum(samples)
    for a, b in combinations(pitches, 2):
        semitones = abs(pitches[a] - pitches[b])
        decibels = float(np.sqrt(np.mean((spectra[a] - spectra[b]) ** 2)))
        assert semitones >= SEMITONES or decibels >= DECIBELS, f"{a} and {b}: {semitones:.1f} st, {decibels:.1f} dB"
    women = [pitches[voice.name] for voice in espeak.VOICES if voice.gender == "f"]
    men = [pitches[voice.name] for voice in espeak.VOICES if voice.gender == "m"]
    assert min(women) > max(men)


def test_without_the_library_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(espeak, "find_spec", lambda _: None)
    with pytest.raises(ValueError, match=r"pip install 'disentangle\[espeak\]'"):
        espeak.prepare(tmp_path / "wav", tmp_path / "data")
    assert not list(tmp_path.iterdir())


def _pitch(samples: NDArray[np.float64]) -> float:
    """Median F0 of the loud frames in semitones above 100 Hz."""
    f0 = librosa().yin(samples, fmin=60, fmax=500, sr=espeak.RATE, frame_length=1024, hop_length=512)
    loudness = librosa().feature.rms(y=samples, frame_length=1024, hop_length=512)[0]
    return float(12 * np.log2(np.median(f0[loudness > 0.3 * np.quantile(loudness, 0.95)]) / 100))


def _spectrum(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Long-term spectrum (mels,) in dB around its mean: where the formants lie."""
    mel = librosa().feature.melspectrogram(y=samples, sr=espeak.RATE, n_fft=512, hop_length=160, n_mels=24)
    level = 10 * np.log10(mel.mean(axis=1))
    return np.asarray(level - level.mean())
