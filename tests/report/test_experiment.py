"""Reading an experiment folder: what is there, what is damaged, what is no experiment."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from disentangle.evaluation.score import Score
from disentangle.report.experiment import read

Maker = Callable[..., Path]


def test_everything_of_a_complete_folder_is_read(experiment: Path) -> None:
    found = read(experiment)
    assert (found.name, found.seed) == ("default", "0")
    assert found.scores["speaker_eer"] == Score(0.012, (0.004, 0.025), 1770, 0.5)
    assert found.scores["conversion_both"].chance is None
    assert len(found.log) == 100 and found.log[0]["step"] == 10
    assert found.probes["content_speaker_accuracy_mlp"].majority == pytest.approx(1 / 6)
    assert [e.hearing for e in found.examples] == ["good", "good", "good", "bad"]
    assert found.examples[2].accepted_target is False and found.examples[0].text is None


def test_a_folder_that_is_no_experiment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no experiment folder .*none.*disentangle train"):
        read(tmp_path / "none")
    with pytest.raises(ValueError, match=r"nothing to report in .*disentangle train"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("scores.json", "{", r"not JSON .*scores\.json"),
        ("scores.json", "[]", r"not a JSON object, .*scores\.json"),
        ("scores.json", '{"speaker_eer": {"n": 3}}', r"score speaker_eer has no value, .*scores\.json"),
        ("log.jsonl", '{"step": 1}\n{"critic/pair": 1}\n', r"without a step, .*log\.jsonl:2"),
        ("probes.json", '{"a": {"curve": 3}}', r"attacker a has no curve, .*probes\.json"),
        ("config.yaml", "a: [", r"not YAML .*config\.yaml"),
        ("config.yaml", "- a", r"not a YAML mapping, .*config\.yaml"),
    ],
)
def test_a_damaged_file_is_named(maker: Maker, tmp_path: Path, name: str, text: str, message: str) -> None:
    folder = maker(tmp_path / "exp")
    (folder / name).write_text(text, "utf-8")
    with pytest.raises(ValueError, match=message):
        read(folder)


def test_an_example_whose_sound_is_gone_is_named(maker: Maker, tmp_path: Path) -> None:
    folder = maker(tmp_path / "exp")
    (folder / "examples").mkdir()
    wavs = {f"{role}_wav": f"{role}.wav" for role in ("source", "target", "converted")}
    rows = [{"source": "a", "target": "b", **wavs}]
    (folder / "examples" / "examples.json").write_text(json.dumps(rows), "utf-8")
    with pytest.raises(ValueError, match=r"no file .*source\.wav, .*examples\.json, entry 1"):
        read(folder)
    (folder / "examples" / "examples.json").write_text('[{"source": "a"}]', "utf-8")
    with pytest.raises(ValueError, match="an example without target"):
        read(folder)
