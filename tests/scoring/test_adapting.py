"""Known answers of adaptation: a model deaf to digits hears them after, beside one that learned on the target."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from disentangle.corpus.utterances import DataDirectory
from disentangle.evaluation.classifiers import SequenceClassifier
from disentangle.evaluation.convergence import Limits
from disentangle.scoring import adapting
from disentangle.scoring.adapting import Adaptation
from disentangle.scoring.workers import Workers
from tests.scoring.conftest import ToneModel, Wave


class Deaf(ToneModel):
    """Content of noise, which tells nothing."""

    def noiseless(self, waves: Sequence[Wave]) -> list[Wave]:
        return [np.random.default_rng(int(1e6 * abs(w[0]))).normal(size=(12, 7)).astype(np.float32) for w in waves]


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = Limits(patience=20, decays=0, steps=60)
    monkeypatch.setattr(SequenceClassifier.__init__, "__defaults__", (0, 32, 16, limits))
    monkeypatch.setattr(adapting, "load", lambda folder: Deaf() if folder.name == "deaf" else ToneModel())


def test_what_is_closed_is_told_by_the_model_of_the_target(corpus: Callable[..., DataDirectory]) -> None:
    source, target, test = corpus("source", 5, ["ada", "bob"]), corpus("target", 5, ["cyd"]), corpus("test", 4, ["cyd"])
    made = Adaptation(Path("deaf"), Path("hearing"), source, target, Workers(1), 0)
    found = made.recognised(test, Path("hearing"))
    assert found["unadapted_target_accuracy"].value < 0.8
    assert found["target_accuracy"].value == found["informed_target_accuracy"].value == found["gap_closed"].value == 1
    none = Adaptation(Path("hearing"), Path("hearing"), source, target, Workers(1), 0).recognised(test, Path("deaf"))
    assert none["informed_target_accuracy"].value < none["unadapted_target_accuracy"].value
    assert "gap_closed" not in none, "whoever learned from the target's labels is behind: there is no gap"
    without = made.recognised(test)
    assert without["informed_target_accuracy"].value < 0.8, "of the content before, without a model of the target"
