"""Known answers of the whole: a model that leaks, one that does not, one that converts, one that only pretends."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from disentangle.corpus.utterances import DataDirectory
from disentangle.evaluation.classifiers import SequenceClassifier
from disentangle.evaluation.convergence import Limits
from disentangle.evaluation.score import Score
from disentangle.scoring import pairing, parallel
from disentangle.scoring.material import Material
from disentangle.scoring.run import FAMILIES, Found, score, usual, wanted, write
from disentangle.scoring.workers import Workers
from tests.scoring.conftest import RATE, SPEAKERS, heard_most

Corpus = Callable[..., DataDirectory]


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attackers that give up soon; what tones hold is learned in a few steps."""
    limits = Limits(patience=20, decays=0, steps=60)
    monkeypatch.setattr(SequenceClassifier.__init__, "__defaults__", (0, 32, 16, limits))


QUICK = ["content_speaker_accuracy_linear", "content_speaker_accuracy_sequence", "speaker_content_accuracy"]


def known(corpus: Corpus, experiment: Path, label: str = "digit") -> Material:
    """All speakers in training, in the judges' speech and in the test."""
    train, judge, test = (corpus(name, takes, label=label) for name, takes in (("train", 5), ("judge", 4), ("test", 3)))
    return Material(experiment, 3, test, train, judge, Workers(1))


def test_content_that_is_the_speaker_leaks_everything(corpus: Corpus, experiment: Path, model: Any) -> None:
    model.leaks = True
    found = score(known(corpus, experiment), [*QUICK, "verification"])
    assert found.scores["content_speaker_accuracy_linear"].value == 1
    assert found.scores["content_speaker_accuracy_sequence"].value == 1
    assert found.scores["content_speaker_accuracy_linear"].chance == 0.25
    assert found.scores["speaker_eer"].value == 0 and found.scores["speaker_eer"].n == 36 * 35 // 2
    assert found.scores["speaker_content_accuracy"].value == pytest.approx(1 / 3)
    assert found.probes["content_speaker_accuracy_sequence"]["majority"] == 0.25
    assert found.probes["content_speaker_accuracy_sequence"]["curve"]


@pytest.mark.usefixtures("model")
def test_content_that_is_the_word_leaks_nothing_and_is_read(corpus: Corpus, experiment: Path) -> None:
    material = known(corpus, experiment)
    found = score(material, [*QUICK, "mel_speaker_accuracy_linear", "content_digit_accuracy"])
    assert found.scores["content_speaker_accuracy_linear"].value == 0.25
    assert found.scores["content_speaker_accuracy_sequence"].value == 0.25
    assert found.scores["mel_speaker_accuracy_linear"].value == 1
    assert found.scores["content_digit_accuracy"].value == 1
    assert score(material, QUICK).scores == {name: found.scores[name] for name in QUICK}


@pytest.mark.usefixtures("model")
def test_normalised_scores_are_asked_of_all_pairs_and_of_long_ones(
    corpus: Corpus, experiment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from disentangle.corpus import audio
    from disentangle.scoring import verification

    train, test = corpus("train", 4, ["ada", "bob"]), corpus("test", 6, ["cyd", "dan"])
    material = Material(experiment, 0, test, train, None, Workers(1))
    names = list(verification.NORMED)
    assert {name for left in score(material, names).left_out for name in left.names} >= set(names), "too small a cohort"
    monkeypatch.setattr(verification, "COHORT", 2)
    monkeypatch.setattr(audio, "seconds", lambda u, *_: 3.0 if u.id.endswith(("test0", "test1")) else 1.0)
    found = score(material, names).scores
    assert [found[name].n for name in names] == [36 * 35 // 2, 12 * 11 // 2]
    assert [found[name].value for name in names] == [0, 0], "vectors that are the speaker"


def test_unseen_speakers_are_attacked_in_folds_and_by_a_verifier(
    corpus: Corpus, experiment: Path, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from disentangle.evaluation import pair_verifier

    monkeypatch.setattr(pair_verifier, "LIMITS", Limits(steps=25))
    model.leaks = True
    train, test = corpus("train", 4, ["ada", "bob"]), corpus("test", 6, ["cyd", "dan"])
    material = Material(experiment, 0, test, train, None, Workers(1))
    found = score(material, ["content_speaker_accuracy_linear", "content_speaker_eer", "conversion"])
    assert found.scores["content_speaker_accuracy_linear"].value == 1
    assert found.scores["content_speaker_accuracy_linear"].n == 36
    assert 0 <= found.scores["content_speaker_eer"].value <= 1
    assert any("--judge" in left_out.why for left_out in found.left_out)


@pytest.mark.usefixtures("model")
def test_conversion_to_the_targets_own_speech_is_accepted(corpus: Corpus, experiment: Path) -> None:
    found = score(known(corpus, experiment), ["conversion"])
    assert found.scores["real_speaker_accept"].value > 0.9
    assert found.scores["real_source_accept"].value < 0.1
    assert found.scores["conversion_speaker_accept"].value > 0.9
    assert found.scores["conversion_source_accept"].value < 0.1
    assert found.scores["conversion_digit_accuracy"].value == found.scores["real_digit_accuracy"].value == 1
    assert found.scores["conversion_both"].value == found.scores["conversion_speaker_accept"].value
    assert found.scores["resynthesis_digit_accuracy"].value == 1
    rows = json.loads((experiment / "examples" / "examples.json").read_text())
    assert {row["target"] for row in rows} == {"ada", "bob", "cyd", "dan"}
    for row in rows:
        assert row["source"] != row["target"] and row["accepted_target"] in (True, False)
        assert row["recognised"] == row["word"] and row["text"] == f"T{row['word']}"
        assert all(
            (experiment / "examples" / row[f"{kind}_wav"]).is_file() for kind in ("source", "target", "converted")
        )
    cells = json.loads((experiment / "examples" / "matrix.json").read_text())
    names = ["ada", "bob", "cyd", "dan"]
    assert [(cell["source"], cell["target"]) for cell in cells] == [(a, b) for a in names for b in names]
    for cell in cells:
        wave, rate = soundfile.read(experiment / "examples" / cell["wav"], dtype="float32")
        assert heard_most(wave, SPEAKERS) == cell["target"] and rate == RATE
        assert ("accepted_target" in cell) == (cell["source"] != cell["target"])
    assert json.loads((experiment / "examples" / "worst.json").read_text())["words"] == []


@pytest.mark.usefixtures("model")
def test_pairs_of_speakers_that_were_not_judged_are_converted_for_the_matrix_alone(
    corpus: Corpus, experiment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairing, "CONVERSIONS", 4)
    found = score(known(corpus, experiment), ["conversion_speaker_accept"])
    assert found.scores["conversion_speaker_accept"].n == 4
    cells = json.loads((experiment / "examples" / "matrix.json").read_text())
    assert len(cells) == 16 and sum("accepted_target" in cell for cell in cells) == 4
    for cell in cells:
        wave, _ = soundfile.read(experiment / "examples" / cell["wav"], dtype="float32")
        assert heard_most(wave, SPEAKERS) == cell["target"]


def test_speech_that_is_not_converted_is_still_its_source(corpus: Corpus, experiment: Path, model: Any) -> None:
    model.converts = False
    found = score(known(corpus, experiment), ["conversion_speaker_accept", "conversion_source_accept"])
    assert sorted(found.scores) == ["conversion_source_accept", "conversion_speaker_accept"]
    assert found.scores["conversion_speaker_accept"].value < 0.1
    assert found.scores["conversion_source_accept"].value > 0.9
    lists = json.loads((experiment / "examples" / "worst.json").read_text())
    assert list(lists) == ["voice"], "nobody was asked about words"
    errors = [row["error"] for row in lists["voice"]]
    assert len(errors) == 10 and errors == sorted(errors, reverse=True) and errors[-1] > 0
    for row in lists["voice"]:
        assert not row["accepted_target"] and row["margin"] == -row["error"]
        waves = [soundfile.read(experiment / "examples" / row[f"{kind}_wav"])[0] for kind in ("source", "converted")]
        assert np.array_equal(*waves)


def test_a_model_that_matches_is_given_all_that_it_may_hear_of_the_voice(
    corpus: Corpus, experiment: Path, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[int] = []
    matchable = type(model).matchable

    def counted(self: Any, waves: list[Any]) -> Any:
        heard.append(len(waves))
        return matchable(self, waves)

    monkeypatch.setattr(type(model), "matchable", counted)
    model.matches = True
    asked = ["conversion_speaker_accept", "conversion_source_accept", "conversion_similarity", "real_similarity"]
    found = score(known(corpus, experiment), asked)
    assert found.scores["conversion_speaker_accept"].value > 0.9
    assert 0.9 < found.scores["conversion_similarity"].value / found.scores["real_similarity"].value < 1.1
    assert found.scores["conversion_source_accept"].value < 0.1
    assert heard == [15] * 4, "five takes of three digits, of each of the four"


@pytest.mark.usefixtures("model")
def test_parallel_sentences_measure_the_distance_to_the_target(
    corpus: Corpus, experiment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "MELODIES", 4)
    found = score(known(corpus, experiment, "sentence"), ["conversion_mcd", "source_mcd", "conversion_f0_corr"])
    assert found.scores["conversion_mcd"].value < 0.5 * found.scores["source_mcd"].value
    assert found.scores["conversion_mcd"].n == 108


@pytest.mark.usefixtures("model")
def test_the_ceiling_is_taken_over_from_an_experiment_on_the_same_data(
    corpus: Corpus, experiment: Path, tmp_path: Path
) -> None:
    material, asked = known(corpus, experiment), ["mel_speaker_accuracy_linear", "content_speaker_accuracy_linear"]
    first = score(material, asked)
    write(first, experiment / "scores.json", experiment / "probes.json")
    other = shutil.copytree(experiment, tmp_path / "other")
    again = Material(other, 3, material.test_data, material.train_data, None, Workers(1))
    assert score(again, asked, ceiling_of=experiment).scores == first.scores
    elsewhere = Material(other, 3, corpus("test", 2), material.train_data, None, Workers(1))
    with pytest.raises(ValueError, match="another test data directory"):
        score(elsewhere, asked, ceiling_of=experiment)


@pytest.mark.usefixtures("model")
def test_judges_that_know_the_training_speech_are_refused(corpus: Corpus, experiment: Path) -> None:
    train, test = corpus("train", 3), corpus("test", 2)
    with pytest.raises(ValueError, match="speech of their own"):
        score(Material(experiment, 0, test, train, train, Workers(1)), ["conversion"])


@pytest.mark.usefixtures("model")
def test_without_training_data_the_remedy_is_named(corpus: Corpus, experiment: Path) -> None:
    with pytest.raises(ValueError, match="--train DIR"):
        score(Material(experiment, 0, corpus("test", 2), None, None, Workers(1)), ["leakage"])


def test_content_with_noise_in_it_is_also_asked_about_without(corpus: Corpus, experiment: Path, model: Any) -> None:
    behind = {"averaged_speaker_accuracy_sequence", "noiseless_speaker_accuracy_sequence"}
    material = known(corpus, experiment)
    assert usual(material) == wanted([]) and not behind & wanted([])
    model.content_is_random = True
    assert usual(material) == wanted([]) | behind


def test_names_and_families_are_understood_and_others_refused() -> None:
    assert wanted(["verification", "content_cer"]) == {*FAMILIES["verification"], "content_cer"}
    usual = {family for family in FAMILIES if family not in ("audit", "downstream", "speed")}
    assert wanted([]) == {name for family in usual for name in FAMILIES[family]}
    with pytest.raises(ValueError, match="Did you mean 'leakage'"):
        wanted(["leakages"])


def test_written_scores_are_json_without_nan(tmp_path: Path) -> None:
    found = Found({"speaker_eer": Score(0.1, (np.nan, np.nan), 3, 0.5)}, {"x": {"curve": [], "majority": 0.5}})
    write(found, tmp_path / "scores.json", tmp_path / "probes.json")
    held = json.loads((tmp_path / "scores.json").read_text())
    assert held == {"speaker_eer": {"value": 0.1, "ci95": None, "n": 3, "chance": 0.5}}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["probes.json", "scores.json"]
