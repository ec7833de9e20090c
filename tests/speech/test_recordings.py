"""A data directory becomes levelled, standardised log-mels; copies at other speeds are further speakers."""

from pathlib import Path

import numpy as np
import pytest
import torch

from disentangle.corpus import audio, directory
from disentangle.corpus.directory import read
from disentangle.corpus.utterances import Utterance
from disentangle.speech.model import SpeechModel
from disentangle.speech.options import AugmentationOptions
from disentangle.speech.recordings import hear, recordings

RATE = 8000


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two hums of each of two speakers in noise, of very different loudness; one without a transcript."""
    rng, utterances = np.random.default_rng(0), []
    for speaker, pitch in (("ada", 1200), ("bob", 700)):
        for take in range(2):
            wav = tmp_path / f"{speaker}{take}.wav"
            t = np.arange(RATE // 2) / RATE
            wave = np.sin(2 * np.pi * pitch * t) + rng.normal(0, 0.1, len(t))
            audio.save(wav, (0.5, 0.01)[take] * wave / 2, RATE)
            text, labels = (None, {}) if wav.stem == "bob1" else ("HM", {"digit": str(take)})
            utterances.append(Utterance(wav.stem, speaker, str(wav), text=text, labels=labels))
    directory.write(tmp_path / "data", utterances)
    return tmp_path / "data"


def test_every_utterance_is_heard_at_every_speed_whatever_its_loudness(corpus: Path, model: SpeechModel) -> None:
    heard = hear(read(corpus), model, (1.0, 0.8, 1.25))
    assert [(u.id, speed) for u, speed, *_ in heard[:4]] == [
        ("ada0", 1.0),
        ("ada0", 0.8),
        ("ada0", 1.25),
        ("ada1", 1.0),
    ]
    assert len(heard) == 12
    assert all(abs(mel.mean()) < 1e-5 for _, _, mel, _ in heard)
    at_once, slow, fast = (mel for _, _, mel, _ in heard[:3])
    assert [len(at_once), len(slow), len(fast)] == [51, 63, 41]
    peaks = [int(mel.mean(0).argmax()) for mel in (slow, at_once, fast)]
    assert peaks == sorted(set(peaks)), "slower is lower, faster is higher"


def test_speed_one_alone_sets_the_statistics_which_the_model_keeps(corpus: Path, model: SpeechModel) -> None:
    found = recordings(hear(read(corpus), model, (1.0, 0.8)), model, "digit")
    own = torch.cat([r.mel for r in found if "@" not in r.speaker])
    assert torch.allclose(own.mean(0), torch.zeros(own.shape[1]), atol=1e-4)
    assert torch.allclose(own.std(0, unbiased=False), torch.ones(own.shape[1]), atol=1e-3)
    wave = audio.load(corpus.parent / "ada0.wav", RATE)
    assert torch.allclose(model.standardised(wave), found[0].mel, atol=1e-5)


def test_names_texts_and_labels_go_with_the_recording(corpus: Path, model: SpeechModel) -> None:
    found = recordings(hear(read(corpus), model, (1.0, 0.9)), model, "digit")
    assert [r.speaker for r in found] == ["ada", "ada@0.9", "ada", "ada@0.9", "bob", "bob@0.9", "bob", "bob@0.9"]
    assert [(r.text, r.label) for r in found[::2]] == [("HM", "0"), ("HM", "1"), ("HM", "0"), ("", "")]
    assert {r.label for r in recordings(hear(read(corpus), model, (1.0,)), model, "mood")} == {""}


def test_a_filter_that_hears_nothing_stays_finite(corpus: Path, model: SpeechModel) -> None:
    heard = hear(read(corpus), model, (1.0,))
    for one in heard:
        one.mel[:, 0] = -3
    assert all(bool(r.mel.isfinite().all()) for r in recordings(heard, model, "digit"))


def test_commands_in_place_of_files_need_permission(corpus: Path, model: SpeechModel) -> None:
    (corpus / "wav.scp").write_text("".join(f"{name} cat {corpus.parent}/{name}.wav |\n" for name in NAMES))
    with pytest.raises(ValueError, match="shell command"):
        hear(read(corpus), model, (1.0,))
    assert len(hear(read(corpus), model, (1.0,), allow_pipes=True)) == 4


NAMES = ("ada0", "ada1", "bob0", "bob1")


@pytest.mark.parametrize("speeds", [(0.9,), (1.0, 1.0), ()])
def test_speeds_hold_the_corpus_itself_and_none_twice(speeds: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="speeds should hold 1.0"):
        AugmentationOptions(speeds=speeds)
