"""`adapt` as a user drives it: an experiment that every other command takes, and nothing of it where it is refused."""

import json
from pathlib import Path

import pytest
from safetensors.torch import load_file

from disentangle.cli import main
from disentangle.evaluation.classifiers import SequenceClassifier
from disentangle.evaluation.convergence import Limits
from disentangle.report.experiment import read
from tests.commands.conftest import Refusal


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SequenceClassifier.__init__, "__defaults__", (0, 16, 8, Limits(patience=5, steps=10)))


@pytest.fixture(scope="module")
def telephoned(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Path:
    out = tmp_path_factory.mktemp("other") / "telephoned"
    assert main(["data", "degrade", str(data), str(out), "--telephone", "--noise", "5:15"]) == 0
    return out


def adapt(trained: Path, data: Path, target: Path, out: Path, *words: str) -> int:
    common = ("--source", str(data), "--target", str(target), "--out", str(out), "--nj", "1", "--steps", "3")
    return main(["adapt", str(trained), *common, *words])


def test_what_comes_out_is_an_experiment(
    trained: Path, data: Path, telephoned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "adapted"
    words = ("--test", str(telephoned), "--informed", str(trained), "--name", "far-adapted", "--json")
    assert adapt(trained, data, telephoned, out, *words) == 0
    assert read(out).name == "far-adapted"
    scores = json.loads((out / "scores.json").read_text())
    assert json.loads(capsys.readouterr().out) == scores
    assert scores.keys() - {"gap_closed"} == {
        *("a_distance", "unadapted_a_distance", "domain_accuracy_sequence", "unadapted_domain_accuracy_sequence"),
        *("target_accuracy", "unadapted_target_accuracy", "informed_target_accuracy"),
    }
    assert scores["target_accuracy"]["chance"] == 0.5
    before, after = (load_file(folder / "model" / "model.safetensors") for folder in (trained, out))
    moved = {name for name, tensor in before.items() if not tensor.equal(after[name])}
    assert moved and all(name.startswith("content_encoder.") for name in moved)
    assert not any("bottleneck" in name for name in moved), "the decoder still knows the codebook"
    terms = json.loads((out / "log.jsonl").read_text().splitlines()[-1])
    assert {"extractor/label", "extractor/confuse", "classifier/label", "domain/domain"} <= terms.keys()
    assert main(["embed", str(out), str(telephoned), str(tmp_path / "embeddings"), "--nj", "1"]) == 0
    wav = str(next((data.parent / "wav").glob("*.wav")))
    assert main(["convert", str(out), "--source", wav, "--target", wav, "--out", str(tmp_path / "c.wav")]) == 0


def test_labels_of_a_file_are_kept_and_the_same_seed_gives_the_same_bytes(
    trained: Path, data: Path, telephoned: Path, tmp_path: Path
) -> None:
    for out, words in (("a", []), ("b", []), ("c", ["--labels", str(data / "utt2digit")])):
        assert adapt(trained, data, telephoned, tmp_path / out, *words) == 0
    first, same, labelled = (tmp_path / out / "model" / "model.safetensors" for out in "abc")
    assert first.read_bytes() == same.read_bytes() != labelled.read_bytes()
    assert adapt(trained, data, telephoned, tmp_path / "a", "--resume") == 0
    assert first.read_bytes() == same.read_bytes()


def test_what_cannot_be_adapted_is_told_before_anything_is_written(
    experiment: Path, data: Path, telephoned: Path, tmp_path: Path, refusal: Refusal
) -> None:
    few = tmp_path / "few"
    few.write_text("ann-0 ONE\n")
    silent = tmp_path / "silent"
    assert main(["data", "subset", str(data), str(silent), "--where", "digit=ONE"]) == 0
    common: list[str | Path] = ["adapt", experiment, "--source", data, "--target", telephoned]
    assert "no label of ann-1" in refusal([*common, "--labels", few])
    assert "0 steps, --steps" in refusal([*common, "--steps", "0"])
    assert "would replace the trained one" in refusal([*common, "--out", experiment])
    assert "never in" in refusal(["adapt", experiment, "--source", silent, "--target", silent, "--test", data])
    assert "no trained model" in refusal(["adapt", tmp_path / "none", *common[2:]])
    assert "no trained model" in refusal([*common, "--test", data, "--informed", tmp_path / "none"])
