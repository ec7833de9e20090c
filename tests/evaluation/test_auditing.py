"""The audit of anybody's features: names, splits and known answers."""

import subprocess
import sys

import numpy as np
import pytest
from numpy.typing import NDArray

from disentangle import evaluation
from disentangle.evaluation import pair_verifier
from disentangle.evaluation.attacks import Attack, Impossible, attacks
from disentangle.evaluation.auditing import known
from disentangle.evaluation.classifiers import ATTACKERS, SequenceClassifier
from disentangle.evaluation.convergence import Limits

Matrix = NDArray[np.float64]
SPEAKERS = ["ann", "bea", "cas", "dan"]


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SequenceClassifier.__init__, "__defaults__", (0, 32, 16, Limits(patience=20, steps=120)))
    monkeypatch.setattr(pair_verifier, "LIMITS", Limits(steps=25))


def corpus(speakers: list[str], takes: int) -> dict[str, dict[str, str]]:
    """Labels of utterances: everybody says two words, so many times each."""
    said = {f"{s}-{w}-{k}": (s, w) for s in speakers for w in ("no", "yes") for k in range(takes)}
    return {
        "speaker": {u: s for u, (s, _) in said.items()},
        "word": {u: w for u, (_, w) in said.items()},
        "gender": {u: "m" if s == "dan" or s > "x" else "f" for u, (s, _) in said.items()},
    }


def leak_in_order(labels: dict[str, str], seed: int = 0) -> dict[str, Matrix]:
    """Each speaker has an order of the same four frames: mean and deviation are equal, only the order differs."""
    orders = dict(zip(SPEAKERS, [(0, 1, 2, 3), (0, 2, 1, 3), (1, 0, 3, 2), (3, 1, 0, 2)], strict=True))
    rng = np.random.default_rng(seed)
    return {u: np.eye(4)[np.roll(orders[s] * 4, int(rng.integers(16)))] for u, s in labels.items()}


def test_a_leak_in_the_order_is_found_by_the_sequence_attacker_and_by_neither_pooled_nor_shuffled_ones() -> None:
    labels = {"speaker": corpus(SPEAKERS, 15)["speaker"]}
    train = [u for u in labels["speaker"] if int(u.split("-")[2]) < 10]
    names = [f"content_speaker_accuracy_{k}" for k in ("linear_mean", "linear", "sequence", "shuffled")]
    result = evaluation.audit(leak_in_order(labels["speaker"]), labels, train=train, names=names)
    assert list(result.found) == names
    values = {name.split("accuracy_")[1]: probe.score.value for name, probe in result.found.items()}
    assert values["sequence"] > 0.9
    assert max(values["linear_mean"], values["linear"], values["shuffled"]) < 0.55
    assert all(probe.score.chance == 0.25 and probe.majority == 0.25 for probe in result.found.values())
    assert all(probe.curve and "validation_loss" in probe.curve[0] for probe in result.found.values())


def test_ecapa_finds_the_speaker_in_a_code_that_is_the_speaker() -> None:
    labels = {"speaker": corpus(SPEAKERS, 6)["speaker"]}
    rng = np.random.default_rng(0)
    code = {
        u: np.eye(4)[SPEAKERS.index(s)] + 0.1 * rng.normal(size=(int(rng.integers(5, 20)), 4))
        for u, s in labels["speaker"].items()
    }
    train = [u for u in code if int(u.split("-")[2]) < 4]
    found = evaluation.audit(code, labels, train=train, names=["content_speaker_accuracy_ecapa"]).found
    assert found["content_speaker_accuracy_ecapa"].score.value > 0.9


def test_a_trait_is_attacked_on_speakers_of_whom_nothing_was_learned() -> None:
    """A code that is the speaker tells nothing of a stranger's gender, though every speaker has but one."""
    names = ["ann", "bea", "cas", "dan", "xan", "yan"]
    labels = corpus(names, 5)
    code = {u: np.tile(np.eye(6)[names.index(s)], (3, 1)) for u, s in labels["speaker"].items()}
    told: list[str] = []
    found = evaluation.audit(code, labels, names=["content_gender_accuracy_linear"], told=told.append).found
    assert told == ["content_gender_accuracy_linear"]
    assert found["content_gender_accuracy_linear"].score.value <= 0.5
    gender = {u: np.array([[float(label == "m")]] * 3) for u, label in labels["gender"].items()}
    found = evaluation.audit(gender, labels, names=["content_gender_accuracy_linear"]).found
    assert found["content_gender_accuracy_linear"].score.value == 1


def test_vectors_are_read_for_what_they_hold_and_what_stands_beside_is_read_alike() -> None:
    labels, rng = corpus(SPEAKERS, 6), np.random.default_rng(0)
    labels["content"] = labels.pop("word")
    lengths = {u: float(rng.normal()) for u in labels["speaker"]}
    vectors = {u: np.array([lengths[u], float(labels["content"][u] == "yes")]) for u in lengths}
    noise = {u: rng.normal(size=(4, 3)) for u in lengths}
    names = [f"{c}_{x}" for c in ("speaker", "mel") for x in ("content_accuracy", "length_r2_linear")]
    found = evaluation.audit(
        vectors, labels, {"length": lengths}, code="speaker", beside={"mel": noise}, names=names
    ).found
    assert found["speaker_content_accuracy"].score.value == 1
    assert found["speaker_length_r2_linear"].score.value > 0.99
    assert found["mel_length_r2_linear"].score.value < 0.5
    assert found["mel_content_accuracy"].score.value < 0.9


def test_every_attack_that_the_labels_allow_is_planned() -> None:
    labels = corpus(SPEAKERS[:3], 2)
    code = {u: np.zeros((3, 2)) for u in labels["speaker"]}
    pitch = {u: np.zeros((5, 1)) for u in code}
    planned = list(attacks("content", None, known(code, sorted(code), labels, {"f0": pitch})))
    possible = [name for item in planned if isinstance(item, Attack) for name in item.names]
    assert possible == [
        *(f"content_speaker_accuracy_{kind}" for kind in ATTACKERS),
        *("content_speaker_bits_linear", "content_speaker_bits_sequence", "content_word_accuracy"),
        *("content_f0_r2_linear", "content_f0_r2_mlp", "content_abx_across", "content_abx_within"),
        "content_neighbour_accuracy",
    ]
    refused = [name for item in planned if isinstance(item, Impossible) for name in item.names]
    assert refused == ["content_speaker_eer", "content_gender_accuracy_linear", "content_gender_accuracy_sequence"]


def test_wrong_input_is_named_and_the_package_stays_light() -> None:
    code, labels = {"a": np.zeros((3, 2)), "b": np.zeros((3, 2))}, {"speaker": {"a": "ann"}}
    with pytest.raises(ValueError, match="no speaker of b"):
        evaluation.audit(code, labels)
    with pytest.raises(ValueError, match="'mel' has other utterances"):
        evaluation.audit(code, {"speaker": {"a": "ann", "b": "bea"}}, beside={"mel": {}})
    with pytest.raises(ValueError, match="features of a are"):
        evaluation.audit({"a": np.zeros((1, 2, 3))}, labels)
    with pytest.raises(AttributeError, match="nothing"):
        _ = evaluation.nothing
    line = "import sys, disentangle.evaluation; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", line], check=False).returncode == 0
