"""A corpus that Lhotse prepares and we do not comes through the bridge."""

from pathlib import Path

import pytest

from disentangle.corpus.directory import read
from disentangle.corpus.validation import validate
from disentangle.data_prep import find, names
from disentangle.data_prep._lhotse import Recipe
from tests.data_prep import layouts

pytest.importorskip("lhotse")


def test_a_recipe_of_lhotses_makes_sound_data_directories(tmp_path: Path) -> None:
    assert "thchs_30" not in names() and isinstance(find("thchs_30"), Recipe)
    Recipe("cmu_arctic").prepare(layouts.cmu_arctic(tmp_path / "source"), tmp_path / "data")
    found = read(tmp_path / "data" / "all")
    assert sorted(found.speakers()) == ["bdl", "clb", "rms", "slt"]
    assert {u.text for u in found.utterances if u.id.endswith("b0001")} == {"Gad, your letter came."}
    assert [str(p) for p in validate(found.path) if not p.is_warning] == []


def test_a_wrong_folder_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"Lhotse's recipe finds no ljspeech in "):
        find("ljspeech").prepare(tmp_path / "nothing", tmp_path / "data")
    with pytest.raises(ValueError, match="unknown corpus 'ljspeach'"):
        find("ljspeach")
