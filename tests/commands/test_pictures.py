"""Every picture system as a user drives it: train, score, report and results on a few dozen pictures; and mistakes."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import disentangle
from disentangle import config as configuration
from disentangle.cli import main
from disentangle.evaluation.domains import a_distance
from disentangle.image.builders import system
from disentangle.image.model import ImageModel, load
from disentangle.image.options import ImageConfig
from disentangle.report import page
from disentangle.report.catalogue import CATALOGUE
from disentangle.report.systems import SYSTEMS, systems
from disentangle.scoring.image import labels
from tests.commands.conftest import Refusal
from tests.commands.pictures import corpus, faces, photos
from tests.conftest import ROOT

CONF = ROOT / "recipes" / "image" / "mnist" / "conf"
NAMES = sorted(path.stem for path in CONF.glob("*.yaml"))
TINY = (
    *("network.channels=2", "network.hidden=8", "network.code=16", "data.batch=10", "data.unlabelled=10"),
    *("training.steps=2", "training.log_every=1", "training.tensorboard=false", "training.precision=float32"),
)
SPACE = ("attribute", "completion", "edit", "inversion")  # systems in the code space of another
SCORES = {
    "gan": {"sharpness", "frechet_classifier"},
    "infogan": {
        "clustering_error",
        "mutual_information",
        "code_entropy",
        "effects_overlap",
        "frechet_classifier",
        "sharpness",
    },
    "vae": {"frechet_classifier", "frechet_ratio_to_vae", "reconstruction_mse", "reconstruction_accuracy", "sharpness"},
    "vaegan_three_class": {"frechet_ratio_to_vae", "critic_accuracy", "reconstruction_mse", "sharpness"},
    "bigan": {"knn_accuracy", "reconstruction_mse", "frechet_classifier"},
    "untrained_encoder": {"knn_accuracy"},
    "raw_pixels": {"knn_accuracy"},
    "triplegan_100": {"test_error", "frechet_classifier"},
    "labels_only_100": {"test_error"},
    "dann": {"target_accuracy", "source_accuracy", "a_distance", "untrained_a_distance"},
    "source_only": {"target_accuracy", "a_distance"},
    "inversion_encoder": {"inversion_mse", "inversion_seconds"},
    "inversion_hybrid": {"inversion_mse", "inversion_seconds"},
    "inversion_own_samples": {"inversion_mse", "inversion_recovered"},
    "completion_centre": {"completion_error", "completion_accuracy", "completion_frechet"},
    "attribute": {"attribute_changed", "original_attribute", "attribute_judge_accuracy", "attribute_identity_kept"},
    "edit": {"edit_satisfied", "edit_untouched_ratio", "edit_drawn_ratio"},
    "completion_random_biharmonic": {"completion_error", "completion_accuracy", "completion_frechet"},
}


@pytest.fixture(scope="session")
def mnist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpus(tmp_path_factory.mktemp("mnist"))


@pytest.fixture(scope="session")
def bsds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return photos(tmp_path_factory.mktemp("bsds"))


@pytest.fixture(scope="session")
def experiments(tmp_path_factory: pytest.TempPathFactory, mnist: Path) -> Path:
    """Experiments side by side, as a recipe leaves them; what others are measured by or begin from is there."""
    folder = tmp_path_factory.mktemp("exp")
    assert train(folder / "drawing", "gan", mnist) == 0
    assert train(folder / "reading", "inversion_encoder", mnist) == 0
    assert train(folder / "judge", "judge", mnist) == 0
    assert train(folder / "vae-0", "vae", mnist) == 0
    assert score(folder / "vae-0") == 0
    return folder


def train(out: Path, name: str, mnist: Path, *more: str) -> int:
    few: tuple[str, ...] = ("data.labels=10",) if name.endswith(("_100", "_20")) else ()
    if name.startswith(SPACE):
        space = f"latent.generator={out.parent / 'drawing'}", f"latent.encoder={out.parent / 'reading'}"
        few = (*space, "latent.steps=3", "latent.restarts=2", "data.test=30")
    return main(["train", str(CONF / f"{name}.yaml"), "--data", str(mnist), "--out", str(out), *TINY, *few, *more])


def score(out: Path) -> int:
    return main(["score", str(out), "--judge", str(out.parent / "judge"), "--vae", str(out.parent / "vae-0")])


def scores(out: Path) -> set[str]:
    return set(json.loads((out / "scores.json").read_text()))


@pytest.mark.parametrize("name", ["vae", *(name for name in NAMES if name not in ("judge", "vae"))])
def test_a_system_is_trained_scored_and_reported(
    name: str, experiments: Path, mnist: Path, bsds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name != "vae":  # curves are drawn once: they take longer than all the rest
        monkeypatch.setattr(page, "training_panels", lambda *_: [])
    if name != "dann":  # on a few dozen pictures the larger probe takes thousands of epochs
        monkeypatch.setattr(labels, "a_distance", partial(a_distance, kind="linear"))
    out = experiments / f"{name}-0"
    if name != "vae":
        assert train(out, name, mnist, f"data.photos={bsds}") == 0
    assert score(out) == 0
    found = scores(out)
    assert SCORES.get(name, set()) <= found
    hashed = {score for score in found if score.startswith("frechet_classifier_")}
    assert found - hashed <= set(CATALOGUE)
    assert len(hashed) == ("frechet_classifier" in found)
    assert main(["report", str(out)]) == 0
    text = (out / "report.html").read_text("utf-8")
    config = configuration.read(out / "config.yaml", ImageConfig)
    draws = load(out).generator is not None or name.startswith(SPACE)
    assert ("data:image/png;base64," in text) == draws
    assert "Training, player by player" in text and "What leaks" not in text
    assert name != "vae" or "Training curves of decoder" in text
    assert ("domains" in system(config).scores) == (config.data.channels == 3)


@pytest.mark.parametrize(
    ("name", "sheets"),
    [
        ("ae", {"samples", "axis1", "axis2", "axis3", "ways", "reconstructions"}),
        ("bigan", {"samples", "axis1", "axis2", "axis3", "ways", "reconstructions"}),
        ("infogan", {"samples", "code1", "code2", "code3", "ways"}),
        ("triplegan_100", {"samples", "ways"}),
        ("dann", set()),
    ],
)
def test_sheets_in_tensorboard_change_no_byte_of_what_is_trained(
    name: str, sheets: set[str], experiments: Path, mnist: Path, bsds: Path
) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    weights = []
    for kind, more in (("shown", ("training.tensorboard=true", "training.show_every=1")), ("unshown", ())):
        out = experiments / f"{name}-{kind}"
        assert train(out, name, mnist, f"data.photos={bsds}", *more) == 0
        weights.append(torch.load(out / "checkpoints" / "step-00000002.pt"))
    torch.testing.assert_close(weights[0], weights[1], rtol=0, atol=0)
    events = EventAccumulator(str(experiments / f"{name}-shown" / "tensorboard"))
    events.Reload()
    assert set(events.Tags()["images"]) == sheets


def test_infogan_shows_a_sheet_for_each_code_and_its_baselines(experiments: Path, mnist: Path) -> None:
    out = experiments / "mine-0"
    for name, folder in (("infogan", out), ("gan", experiments / "other-0")):
        assert train(folder, name, mnist, f"name={folder.name}") == 0
        assert score(folder) == 0
    assert main(["report", str(out)]) == 0
    listed = [sheet["name"] for sheet in json.loads((out / "pictures" / "pictures.json").read_text())]
    assert listed == ["samples", "code1", "code2", "code3", "ways"]
    rows, columns = (int(n) for n in np.asarray(Image.open(out / "pictures" / "code1.png")).shape)
    assert rows == columns == 2 * (10 * 30 - 2), "ten categories, ten noises"
    text = (out / "report.html").read_text("utf-8")
    assert "Beside its baselines" in text and "other-0" in text


def test_rows_of_results_are_written_and_fill_the_table_of_systems(
    experiments: Path, mnist: Path, tmp_path: Path
) -> None:
    out = experiments / "labels-0"
    assert train(out, "labels_only_100", mnist, "name=triplegan_100") == 0
    assert score(out) == 0
    recipe = tmp_path / "recipes" / "mnist"
    assert main(["results", str(out), "--out", str(recipe)]) == 0
    row = json.loads((recipe / "RESULTS.json").read_text())["triplegan_100"]
    assert set(row["scores"]) == {"test_error"}
    assert "`test_error` ↓" in (recipe / "RESULTS.md").read_text("utf-8")
    readme = tmp_path / "README.md"
    readme.write_text("<!-- systems: recipes -->\nold\n<!-- end -->\n", "utf-8")
    assert main(["results", "--readme", str(readme)]) == 0
    text = systems(tmp_path / "recipes", readme)
    assert readme.read_text("utf-8") == f"<!-- systems: recipes -->\n{text}\n<!-- end -->\n"
    lines = text.splitlines()
    assert len(lines) == 2 + len(SYSTEMS)
    assert sum("not measured yet" in line for line in lines) == len(SYSTEMS) - 1
    assert f"{100 * row['scores']['test_error']['mean']:.1f} %" in text


def test_a_run_resumed_is_the_unbroken_one_and_held_out_pictures_are_not_trained_on(
    mnist: Path, tmp_path: Path
) -> None:
    held = ("data.held_out=20", "training.save_every=1")
    assert train(tmp_path / "whole", "infogan", mnist, *held) == 0
    assert train(tmp_path / "parts", "infogan", mnist, *held) == 0
    (tmp_path / "parts" / "checkpoints" / "step-00000002.pt").unlink()
    assert train(tmp_path / "parts", "infogan", mnist, *held, "--resume") == 0
    weights = [(tmp_path / name / "model" / "model.safetensors").read_bytes() for name in ("whole", "parts")]
    assert weights[0] == weights[1]
    assert main(["score", str(tmp_path / "whole")]) == 0
    assert json.loads((tmp_path / "whole" / "scores.json").read_text())["clustering_error"]["n"] == 20


def test_a_model_is_loaded_by_its_kind(experiments: Path, tmp_path: Path) -> None:
    model = disentangle.load_pictures(experiments / "vae-0")
    assert model.reconstructed(torch.zeros(2, 1, 28, 28)).shape == (2, 1, 28, 28) and not model.training
    with pytest.raises(ValueError, match="a model of pictures, .* Load it by disentangle.load_pictures"):
        disentangle.load(experiments / "vae-0")
    (tmp_path / "config.yaml").write_text("seed: 1\n")
    with pytest.raises(ValueError, match="a model of speech, .* Load it by disentangle.load"):
        disentangle.load_pictures(tmp_path)
    with pytest.raises(ValueError, match="no trained model"):
        disentangle.load_pictures(tmp_path / "none")


def test_an_attribute_is_of_its_own_column_and_the_originals_detail_comes_back(tmp_path: Path) -> None:
    folder, conf = str(faces(tmp_path / "faces")), ROOT / "recipes" / "image" / "faces" / "conf"
    small = ("--data", folder, *TINY, "data.held_out=20")
    for name, more in (
        ("judge", ()),
        ("vae", ()),
        ("attribute", (f"latent.generator={tmp_path / 'vae'}",)),
        ("attribute", (f"latent.generator={tmp_path / 'vae'}", "latent.carry=none")),
    ):
        out = tmp_path / (name if "latent.carry=none" not in more else "drawn")
        assert main(["train", str(conf / f"{name}.yaml"), "--out", str(out), *small, *more]) == 0
    kept = []
    for out in (tmp_path / "attribute", tmp_path / "drawn"):
        assert main(["score", str(out), "--judge", str(tmp_path / "judge")]) == 0
        found = json.loads((out / "scores.json").read_text())
        assert found["attribute_changed"]["n"] == found["attribute_identity_kept"]["n"] < 20
        kept.append(np.asarray(Image.open(out / "pictures" / "attribute.png").convert("L"), float))
    originals, drawn, carried = kept[0][:60], kept[1][128:188], kept[0][128:188]
    assert abs(carried - originals).mean() < abs(drawn - originals).mean()


def test_shapes_need_no_folder(tmp_path: Path) -> None:
    conf, out = ROOT / "recipes" / "image" / "shapes" / "conf" / "infogan_plain.yaml", tmp_path / "exp"
    assert main(["train", str(conf), "--out", str(out), *TINY, "network.code=20", "data.test=50"]) == 0
    assert main(["score", str(out)]) == 0
    assert scores(out) == {"mutual_information", "code_entropy", "effects_overlap", "sharpness"}, (
        "too few shapes for the rest"
    )


def test_a_model_reads_its_pictures_as_in_training() -> None:
    """Whatever real and made batches did to the statistics of batch norm, settling replaces it."""
    config = configuration.read(CONF / "infogan.yaml", ImageConfig, ["network.channels=2", "network.hidden=8"])
    model, x = ImageModel(config), torch.rand(100, 1, 28, 28)
    before = model.codes(x)
    for buffer in model.buffers():
        buffer.mul_(3)
    model.settle(x)
    once = model.codes(x)
    model.settle(x)
    assert torch.equal(once, model.codes(x)) and before.shape == once.shape == (100, 3)


def test_scoring_without_a_model_or_with_a_judge_that_is_none(
    experiments: Path, tmp_path: Path, refusal: Refusal
) -> None:
    assert "Did you mean" in refusal(["score", experiments / "judge", "--only", "eror"])
    assert "the judge is of system vae" in refusal(["score", experiments / "vae-0", "--judge", experiments / "vae-0"])
    (tmp_path / "config.yaml").write_text("system: gan\n")
    assert "no trained model" in refusal(["score", tmp_path])
