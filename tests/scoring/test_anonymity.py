"""Attackers on tones: a voice that stays is found, one that changes misleads who does not know of it."""

from pathlib import Path

import pytest

from disentangle.scoring import anonymity
from disentangle.scoring.material import Material
from disentangle.scoring.run import Found
from disentangle.scoring.workers import Workers
from tests.scoring.conftest import Corpus, ToneModel

KEY = b"0123456789abcdef"


def attacked(experiment: Path, corpus: Corpus, folder: Path) -> Found:
    train, test, judge = corpus("train", 1), corpus("test", 4), corpus("judge", 3)
    with Workers(1) as workers:
        material = Material(experiment, 3, test, train, judge, workers)
        own, pool = anonymity.voices(material, test), anonymity.voices(material, train)
        hidden = anonymity.hide(material, own, pool, KEY, folder / "sound")
        assert [u.id for u in hidden.utterances] == [u.id for u in test.utterances]
        assert all(Path(u.recording).is_file() and u.start is None for u in hidden.utterances)
        return anonymity.score(material, own, pool, hidden)


def test_a_model_that_changes_nothing_hides_nobody(
    experiment: Path, model: ToneModel, corpus: Corpus, tmp_path: Path
) -> None:
    model.converts = False
    scores = attacked(experiment, corpus, tmp_path).scores
    assert scores.keys() == set(anonymity.ATTACKED)
    assert all(score.value < 0.05 for score in scores.values())
    assert scores["real_eer"].n == 24 * 4, "every trial against every enrolled speaker"


@pytest.mark.usefixtures("model")
def test_a_model_that_converts_misleads_an_ignorant_attacker(experiment: Path, corpus: Corpus, tmp_path: Path) -> None:
    found = attacked(experiment, corpus, tmp_path)
    assert found.scores["real_eer"].value < 0.05
    assert found.scores["anonymize_eer_ignorant"].value > 0.4
    assert found.scores["anonymize_eer_informed"].value > 0.3
    assert found.scores["anonymize_eer_ignorant"].chance == 0.5
    assert [item.names for item in found.left_out] == [anonymity.READ]


@pytest.mark.usefixtures("model")
def test_words_are_read_where_there_are_enough(
    experiment: Path, corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anonymity, "TEXTS", 3)
    monkeypatch.setattr(anonymity, "STEPS", 2)
    assert attacked(experiment, corpus, tmp_path).scores.keys() == set(anonymity.NAMES)
