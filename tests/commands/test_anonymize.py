"""`anonymize` as a user drives it: a data directory of the same words in other voices, which the key draws."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from disentangle.cli import main
from disentangle.corpus import audio, directory
from disentangle.corpus.directory import read
from disentangle.corpus.utterances import Utterance
from tests.commands.conftest import Refusal, spoken, voiced

RATES = (7000, 7500, 8000, 8500, 9000)  # of playing one voice: as many speakers


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    """A data directory of five speakers to blend voices of."""
    utterances = []
    for number, rate in enumerate(RATES):
        for take in range(2):
            wav = tmp_path / "pool_wav" / f"p{number}-{take}.wav"
            audio.save(wav, voiced("bob", 0.5, seed=take), rate)
            utterances.append(Utterance(wav.stem, f"p{number}", str(wav)))
    directory.write(tmp_path / "pool", utterances)
    return tmp_path / "pool"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    (tmp_path / "key").write_bytes(b"0123456789abcdef")
    return tmp_path / "key"


def waves(out: Path) -> list[bytes]:
    return [Path(u.recording).read_bytes() for u in read(out).utterances]


def test_the_same_words_as_long_as_before_in_a_data_directory_with_scores(
    trained: Path, data: Path, pool: Path, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, judge = tmp_path / "hidden", spoken(tmp_path, "judge", 40)
    words = ["anonymize", str(trained), str(data), "--pool", str(pool), "--judge", str(judge), "--nj", "1"]
    assert main([*words[:3], str(out), *words[3:], "--key", str(key)]) == 0
    before, after = read(data).utterances, read(out).utterances
    assert [(u.id, u.speaker, u.text, u.labels) for u in after] == [(u.id, u.speaker, u.text, u.labels) for u in before]
    for old, new in zip(before, after, strict=True):
        one, other = audio.load(old, 8000), audio.load(new, 8000)
        assert len(one) == len(other) and not np.allclose(one, other, atol=0.01)
        assert Path(new.recording).parent == tmp_path / "hidden_audio"
    scores = json.loads((out / "scores.json").read_text())
    assert scores.keys() == {"real_eer", "anonymize_eer_ignorant", "anonymize_eer_informed"}
    assert main(["data", "validate", str(out)]) == 0
    first = waves(out)
    monkeypatch.setenv("DISENTANGLE_KEY", key.read_text())
    assert main([*words[:3], str(out), *words[3:]]) == 0, "again, over what was there, by the same key"
    assert waves(out) == first
    monkeypatch.setenv("DISENTANGLE_KEY", "another secret of somebody")
    assert main([*words[:3], str(tmp_path / "other"), *words[3:]]) == 0
    assert waves(tmp_path / "other") != first


def test_what_cannot_be_is_refused(
    trained: Path,
    data: Path,
    pool: Path,
    key: Path,
    vocoder: Path,
    tmp_path: Path,
    refusal: Refusal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DISENTANGLE_KEY", raising=False)
    words: list[str | Path] = ["anonymize", trained, data, tmp_path / "out"]
    assert "a key of 0 bytes where at least 16 are needed, DISENTANGLE_KEY" in refusal([*words, "--pool", pool])
    (tmp_path / "short").write_text("secret\n")
    assert "a key of 6 bytes" in refusal([*words, "--pool", pool, "--key", tmp_path / "short"])
    assert f"{tmp_path}/none" in refusal([*words, "--pool", pool, "--key", tmp_path / "none"])
    keyed = [*words, "--key", key]
    assert "3 speakers to blend voices of" in refusal(keyed)
    assert "--pool DIR" in refusal(keyed)
    assert "no data directory" in refusal([*keyed, "--pool", tmp_path / "nowhere"])
    assert "a vocoder where" in refusal(["anonymize", vocoder, *words[2:], "--key", key, "--pool", pool])
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    assert "already holds thesis.txt" in refusal([*keyed, "--pool", pool])


def test_a_source_that_cannot_be_read_leaves_no_data_directory(
    trained: Path, pool: Path, key: Path, tmp_path: Path, refusal: Refusal
) -> None:
    soundfile.write(tmp_path / "good.wav", voiced("ann", 0.5), 8000)
    (tmp_path / "bad.wav").write_text("words")
    utterances = [Utterance(f"a-{name}", "a", str(tmp_path / f"{name}.wav")) for name in ("good", "bad")]
    directory.write(tmp_path / "mixed", utterances)
    words = ["anonymize", trained, tmp_path / "mixed", tmp_path / "out", "--key", key, "--pool", pool, "--nj", "1"]
    assert "not readable as audio" in refusal(words)
