"""The audit of a model that leaks and of one that does not, of another model's archive, and what the command keeps."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from disentangle.cli import main
from disentangle.corpus import archives
from disentangle.corpus.utterances import DataDirectory, Utterance
from disentangle.evaluation import regression
from disentangle.evaluation.attacks import attacks
from disentangle.evaluation.auditing import known
from disentangle.evaluation.convergence import Limits
from disentangle.evaluation.score import Score
from disentangle.scoring import audit, codes, prosody
from disentangle.scoring.material import Material
from disentangle.scoring.run import Found, keep, score, wanted
from disentangle.scoring.workers import Workers

Corpus = Callable[..., DataDirectory]
QUICK = [f"{code}_speaker_accuracy_linear_mean" for code in audit.CODES] + [
    *("content_speaker_bits_linear", "content_abx_across", "content_energy_r2_linear"),
    *(
        "speaker_content_accuracy_mlp",
        "untrained_content_accuracy",
        "speaker_letters_r2_linear",
    ),
]


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch, model: Any) -> None:
    monkeypatch.setattr(regression, "LIMITS", Limits(steps=20))
    monkeypatch.setattr(prosody, "pitch", lambda wave, rate: np.full(1 + len(wave) // (rate // 50), 200.0))
    monkeypatch.setattr(audit, "load", lambda *_: model)
    for name in ("load", "untrained"):
        monkeypatch.setattr(codes, name, lambda *_: model)


def test_a_leak_is_found_beside_all_that_it_is_compared_with(corpus: Corpus, experiment: Path, model: Any) -> None:
    model.leaks = True
    train, test = corpus("train", 4), corpus("test", 3)
    found = score(Material(experiment, 3, test, train, None, Workers(1)), QUICK)
    assert found.scores.keys() == set(QUICK)
    value = {name: held.value for name, held in found.scores.items()}
    assert value["content_speaker_accuracy_linear_mean"] == value["untrained_speaker_accuracy_linear_mean"] == 1
    assert value["mel_speaker_accuracy_linear_mean"] == 1
    assert value["leace_speaker_accuracy_linear_mean"] == value["normed_speaker_accuracy_linear_mean"] == 0.25
    assert value["content_speaker_bits_linear"] < 1 < 2 == found.scores["content_speaker_bits_linear"].chance
    assert value["content_abx_across"] == 0
    assert value["speaker_content_accuracy_mlp"] == pytest.approx(1 / 3)
    assert "curve" in found.probes["content_speaker_bits_linear"]


def test_what_is_drawn_at_random_is_attacked_without_the_noise_and_averaged_over_draws(
    corpus: Corpus, experiment: Path, model: Any
) -> None:
    """Noise of three units hides a unit leak of twelve frames; sixteen draws take it to a quarter."""
    model.leaks = True
    train, test = corpus("train", 4), corpus("test", 3)
    names = [f"{code}_speaker_accuracy_linear" for code in ("noiseless", "averaged")]
    found = score(Material(experiment, 3, test, train, None, Workers(1)), names)
    assert not found.scores
    assert [item.why for item in found.left_out] == ["the content has nothing random in it"] * 2
    model.content_is_random = True
    found = score(Material(experiment, 3, test, train, None, Workers(1)), names)
    assert found.scores["noiseless_speaker_accuracy_linear"].value == 1
    assert found.scores["averaged_speaker_accuracy_linear"].value > 0.7
    made = codes.Codes(Material(experiment, 3, test, train, None, Workers(1)))
    drawn, averaged, plain = (made.frames(code)[1] for code in ("content", "averaged", "noiseless"))
    noise = [np.std(np.concatenate(x) - np.concatenate(plain)) for x in (drawn, averaged)]
    assert noise == pytest.approx([3, 3 / 4], rel=0.1)


def test_floors_and_other_forms_of_the_content_are_attacked(corpus: Corpus, experiment: Path, model: Any) -> None:
    model.leaks = True
    train, test = corpus("train", 3), corpus("test", 3)
    names = [
        *("length_speaker_accuracy_forest", "said_speaker_accuracy_mlp", "timed_speaker_accuracy_linear"),
        *("disjoint_speaker_accuracy_linear", "centred_speaker_accuracy_linear", "content_neighbour_accuracy"),
    ]
    found = score(Material(experiment, 3, test, train, None, Workers(1)), names).scores
    assert {name: found[name].value for name in names} == {
        "length_speaker_accuracy_forest": 0.25,  # all are equally long
        "said_speaker_accuracy_mlp": 0.25,
        "timed_speaker_accuracy_linear": 1.0,
        "disjoint_speaker_accuracy_linear": 1.0,
        "centred_speaker_accuracy_linear": 0.25,
        "content_neighbour_accuracy": 1.0,
    }
    strangers = corpus("strangers", 2, ["cyd", "dan"]), corpus("known", 2, ["ada", "bob"])
    left_out = score(Material(experiment, 3, *strangers, None, Workers(1)), ["disjoint_speaker_accuracy_linear"])
    assert not left_out.scores and "in folds of the test speech" in left_out.left_out[0].why


def test_only_who_asks_for_the_audit_waits_for_it() -> None:
    assert not wanted([]) & set(audit.NAMES)
    assert wanted(["audit"]) == set(audit.NAMES)
    assert not set(audit.NAMES) & audit.ELSEWHERE


def test_every_name_is_one_that_the_attacks_yield() -> None:
    labels = {f: {f"{s}{k}": f"{s}" for s in "abcdefgh" for k in range(4)} for f in ("speaker", "digit")}
    for factor in audit.FACTORS:
        labels[factor] = {u: "xy"["abcdefgh".index(s) % 2] for u, s in labels["speaker"].items()}
    labels["digit"] = {u: u[1] for u in labels["digit"]}
    code = {u: np.zeros((3, 2)) for u in labels["speaker"]}
    values: dict[str, Any] = {"f0": code, "energy": code}
    planned = attacks("content", None, known(code, sorted(code), labels, values))
    yielded = {name for item in planned for name in item.names}
    assert yielded == {f"content_{rest}" for rest in audit.OF_FRAMES} | {"content_digit_accuracy"}
    numbers: dict[str, Any] = {name: {u: [0.0] for u in code} for name in audit.WHOLE}
    vectors = {u: np.zeros(2) for u in code}
    labels = {"speaker": labels["speaker"], "content": labels["digit"]}
    planned = attacks("speaker", None, known(vectors, sorted(code), labels, numbers))
    yielded = {name for item in planned for name in item.names if "speaker_speaker" not in name}
    assert yielded == {f"speaker_{rest}" for rest in audit.OF_VECTORS}


def test_energy_follows_loudness_and_letters_are_shares() -> None:
    wave = np.concatenate([np.zeros(800), np.full(800, 0.5)])
    track = prosody.energy(wave, 8000)
    assert len(track) == 11
    assert track.mean() == pytest.approx(0) and track[9] - track[1] == pytest.approx(np.log(0.5 / 1e-4), abs=1e-3)
    said = [Utterance("u", "s", "w", text="ab a"), Utterance("v", "s", "w")]
    alphabet = prosody.alphabet_of(said)
    first, second = prosody.letters(said, alphabet)
    assert alphabet == ["a", "b"] and second is None
    assert first is not None and first[0].tolist() == pytest.approx([2 / 3, 1 / 3])


def test_another_models_archive_is_audited(corpus: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = corpus("test", 2)
    code = {u.id: np.eye(4)[["ada", "bob", "cyd", "dan"].index(u.speaker)] for u in data.utterances}
    scp = archives.write(tmp_path / "hubert", "content", ((u, np.tile(x, (5, 1))) for u, x in code.items()))
    names = "content_speaker_accuracy_linear,mel_speaker_accuracy_linear,content_abx_within"
    assert main(["audit", "--ark", str(scp), str(data.path), "--nj", "1", "--only", names, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "hubert" / "audit.json").read_text())
    assert printed["content_speaker_accuracy_linear"]["value"] == 1
    assert printed["content_abx_within"]["value"] == 0.5
    assert "mel_speaker_accuracy_linear" in json.loads((tmp_path / "hubert" / "audit-probes.json").read_text())
    archives.write(tmp_path / "hubert", "content", [("ada-0-test0", np.zeros((3, 2)))])
    assert main(["audit", "--ark", str(scp), str(data.path), "--nj", "1", "--no-sound"]) == 2
    assert "no features of ada-0-test1" in capsys.readouterr().err
    assert main(["audit", str(data.path)]) == 2
    assert "EXP DATA_DIR" in capsys.readouterr().err


def test_scores_of_this_model_are_kept_beside_the_audits_and_those_of_an_older_one_are_not(tmp_path: Path) -> None:

    entry = {"value": 0.5, "ci95": [0.4, 0.6], "n": 3, "chance": None}
    (tmp_path / "scores.json").write_text(json.dumps({"speaker_eer": entry, "mel_abx_across": entry}))
    (tmp_path / "probes.json").write_text(json.dumps({"mel_abx_across": {"curve": [], "majority": None}}))
    (tmp_path / "model.safetensors").touch()
    os.utime(tmp_path / "model.safetensors", (1, 1))
    measured = Score(0.1)
    found = Found({"mel_abx_across": measured})
    keep(found, tmp_path / "scores.json", tmp_path / "probes.json", tmp_path)
    assert found.scores == {"mel_abx_across": measured, "speaker_eer": Score(0.5, (0.4, 0.6), 3, None)}
    assert list(found.probes) == ["mel_abx_across"]
    os.utime(tmp_path / "scores.json", (0, 0))
    found = Found()
    keep(found, tmp_path / "scores.json", tmp_path / "none.json", tmp_path)
    assert not found.scores
