"""Lists of trials name utterances that exist and kinds that are true."""

from pathlib import Path

import pytest

from disentangle.corpus.directory import Utterance
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
