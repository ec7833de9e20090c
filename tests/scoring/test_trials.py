"""Lists of trials name utterances that exist and kinds that are true."""

from pathlib import Path

import numpy as np
import pytest

from disentangle.corpus.utterances import Utterance
from disentangle.scoring import backend
from disentangle.scoring.trial_lists import TrialList
from disentangle.scoring.trials import read

UTTERANCES = [Utterance(name, name[0], "x.wav") for name in ("a1", "a2", "b1")]


def test_pairs_are_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "trials"
    path.write_text("a1 a2 target\nb1 a1 nontarget\n")
    assert read(path, UTTERANCES) == [(0, 1), (2, 0)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a1 c9 nontarget", r"unknown utterance c9, .*trials:2\."),
        ("a1 a2 nontarget", r"one speaker.*trials:2\."),
        ("a1 b1 target", r"two speakers.*trials:2\."),
        ("a1 b1", r"not UTT1 UTT2.*trials:2\."),
        ("a1 b1 maybe", r"not UTT1 UTT2.*trials:2\."),
        ("a2 a1 target", "Both target and nontarget"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "trials"
    path.write_text(f"a1 a2 target\n{line}\n")
    with pytest.raises(ValueError, match=message):
        read(path, UTTERANCES)


def test_scores_are_written_in_order_however_many_threads_spell_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend, "LINES", 7)
    rng = np.random.default_rng(0)
    first, second = (rng.integers(0, 5, 100).astype(np.int32) for _ in range(2))
    scores = rng.normal(0, 1, 100).astype(np.float32)
    names = [f"u{i}" for i in range(5)]
    backend.write_scores(tmp_path / "scores", TrialList(names, names, first, second, None), scores)
    lines = [line.split() for line in (tmp_path / "scores").read_text().splitlines()]
    assert [(a, b) for a, b, _ in lines] == [(f"u{a}", f"u{b}") for a, b in zip(first, second, strict=True)]
    assert [float(score) for *_, score in lines] == pytest.approx(scores, abs=1e-6)
    assert [path.name for path in tmp_path.iterdir()] == ["scores"]
