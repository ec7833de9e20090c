"""The tools of code space as a user drives them: invert, edit, complete; and mistakes."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from disentangle.cli import main
from tests.commands.conftest import Refusal
from tests.commands.pictures import corpus, digits
from tests.conftest import ROOT

CONF = ROOT / "recipes" / "image" / "mnist" / "conf"
SMALL = (
    *("network.channels=4", "network.hidden=16", "network.code=12", "data.batch=30", "training.tensorboard=false"),
    *("training.log_every=50", "training.precision=float32"),
)
QUICK = ("--steps", "40", "--restarts", "2")


def trained(out: Path, mnist: Path, name: str, steps: int, *more: str) -> Path:
    words = ("train", str(CONF / f"{name}.yaml"), "--data", str(mnist), "--out", str(out))
    assert main([*words, *SMALL, f"training.steps={steps}", *more]) == 0
    return out


@pytest.fixture(scope="session")
def mnist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpus(tmp_path_factory.mktemp("mnist"))


@pytest.fixture(scope="session")
def vae(tmp_path_factory: pytest.TempPathFactory, mnist: Path) -> Path:
    """Knows bars that stand where their digit says."""
    quick = [f"players.{player}.{option}" for player in ("encoder", "decoder") for option in ("ema=0.9", "rate=4e-3")]
    return trained(tmp_path_factory.mktemp("exp") / "vae", mnist, "vae", 300, *quick, "network.hidden=32")


@pytest.fixture(scope="session")
def gan(tmp_path_factory: pytest.TempPathFactory, mnist: Path) -> Path:
    return trained(tmp_path_factory.mktemp("exp") / "gan", mnist, "gan", 2)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, picture in enumerate(digits(4, 7)[0]):
        Image.fromarray(picture).save(folder / f"bar{number}.png")
    return folder


def read(file: Path) -> NDArray[np.float64]:
    with Image.open(file) as picture:
        return np.asarray(picture, np.float64)


def distance(one: Path, other: Path) -> float:
    return float(((read(one) - read(other)) ** 2).mean())


def test_pictures_come_back_by_their_codes(vae: Path, pictures: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["invert", str(vae), str(pictures), "--out", str(out), *QUICK, "--strip", "--gif"]) == 0
    for number in range(4):
        mine, other = pictures / f"bar{number}.png", pictures / f"bar{(number + 2) % 4}.png"
        assert distance(out / f"bar{number}.png", mine) < 0.7 * distance(out / f"bar{number}.png", other)
    with np.load(out / "codes.npz") as codes:
        assert codes["names"].tolist() == [f"bar{number}" for number in range(4)]
        assert codes["z"].shape == (4, 12) and codes["errors"].shape == (4,)
    assert read(out / "bar0-strip.png").shape == (28, 11 * 30 - 2), "the picture, nine on the way, what was made"
    with Image.open(out / "bar0.gif") as moving:
        assert getattr(moving, "n_frames", 1) > 1


def test_the_same_seed_writes_the_same_bytes(gan: Path, pictures: Path, tmp_path: Path) -> None:
    words = ["invert", str(gan), str(pictures / "bar0.png"), "--steps", "5", "--restarts", "1"]
    for name, seed in (("one", "3"), ("two", "3"), ("three", "4")):
        assert main([*words, "--seed", seed, "--out", str(tmp_path / name)]) == 0
    one, two, three = ((tmp_path / name / "bar0.png").read_bytes() for name in ("one", "two", "three"))
    assert one == two != three


def test_errors_are_told_as_json_too(
    vae: Path, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["invert", str(vae), str(pictures), "--out", str(tmp_path / "out"), "--method", "encoder", "--json"]
    capsys.readouterr()
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    with np.load(tmp_path / "out" / "codes.npz") as codes:
        errors = [told["pictures"][str(pictures / f"{name}.png")]["error"] for name in codes["names"]]
        assert errors == pytest.approx(codes["errors"].tolist())
    assert all(Path(file).is_file() for file in told["files"])


def test_an_attribute_moves_the_bar_to_its_class(vae: Path, pictures: Path, tmp_path: Path) -> None:
    """Class 9's bar stands low: more of it moves the middle of the picture down, less of it up."""
    middles = []
    for strength in ("-1", "+1"):
        out = tmp_path / strength
        words = ["edit", str(vae), str(pictures / "bar3.png"), "--attribute", f"9={strength}", "--carry", "none"]
        assert main([*words, "--out", str(out), "--steps", "100"]) == 0
        bright = read(out / "bar3.png").sum(1)
        middles.append(float((bright * np.arange(28)).sum() / bright.sum()))
    assert middles[1] > middles[0] + 0.5


def test_strokes_are_had_and_what_is_kept_stays(vae: Path, pictures: Path, tmp_path: Path) -> None:
    strokes, keep = np.zeros((28, 28, 4), np.uint8), np.zeros((28, 28), np.uint8)
    strokes[18:20, 6:22], keep[:3] = 255, 255
    Image.fromarray(strokes, "RGBA").save(tmp_path / "strokes.png")
    Image.fromarray(keep).save(tmp_path / "keep.png")
    out = tmp_path / "out"
    asked = ["--strokes", str(tmp_path / "strokes.png"), "--keep", str(tmp_path / "keep.png"), "--closeness", "0"]
    words = ["edit", str(vae), str(pictures / "bar1.png"), *asked, "--out", str(out), "--steps", "200"]
    assert main([*words, "--realism", "0"]) == 0
    before, after = read(pictures / "bar1.png"), read(out / "bar1.png")
    assert after[18:20, 6:22].mean() > before[18:20, 6:22].mean() + 60
    assert (after[:3] == before[:3]).all()
    with np.load(out / "codes.npz") as codes:
        assert codes["z"].shape == codes["z0"].shape == (1, 12)


def test_principal_directions_are_shown_as_strips(gan: Path, pictures: Path, tmp_path: Path) -> None:
    words = ["edit", str(gan), str(pictures), "--principal", "2", "--steps", "5", "--restarts", "1"]
    assert main([*words, "--out", str(tmp_path / "out")]) == 0
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["principal1.png", "principal2.png"]
    along = ["edit", str(gan), str(pictures), "--attribute", "principal2=1", *QUICK, "--out", str(tmp_path / "along")]
    assert main(along) == 0


@pytest.mark.parametrize("mask", ["centre", "random", "mask.png"])
def test_holes_are_filled_and_the_rest_stays(mask: str, vae: Path, pictures: Path, tmp_path: Path) -> None:
    hidden = np.zeros((28, 28), np.uint8)
    hidden[:, 14:] = 255
    Image.fromarray(hidden).save(tmp_path / "mask.png")
    given = str(tmp_path / mask) if mask.endswith(".png") else mask
    out = tmp_path / "out"
    words = ["complete", str(vae), str(pictures), "--mask", given, "--out", str(out), *QUICK]
    assert main(words) == 0
    assert (out / "codes.npz").is_file()
    for number in range(4):
        before, after = read(pictures / f"bar{number}.png"), read(out / f"bar{number}.png")
        if mask != "random":
            known = hidden == 0 if mask == "mask.png" else np.pad(np.zeros((14, 14)), 7, constant_values=1) > 0
            assert np.array_equal(before[known], after[known])
        assert not np.array_equal(before, after)


def test_pictures_of_another_size_are_resized_with_a_note(
    vae: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("RGB", (60, 40), "grey").save(tmp_path / "large.jpg")
    words = ["invert", str(vae), str(tmp_path / "large.jpg"), "--out", str(tmp_path / "out"), "--method", "encoder"]
    assert main(words) == 0
    assert "note: cropped and resized to 28 x 28: 1 of 1" in capsys.readouterr().err
    assert read(tmp_path / "out" / "large.png").shape == (28, 28)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["invert", "{vae}", "{tmp}/none.png"], "no file"),
        (["invert", "{vae}", "{tmp}/empty"], "no pictures in"),
        (["invert", "{vae}", "{tmp}/text.png"], "is no readable picture"),
        (["invert", "{vae}", "{pictures}", "{tmp}/other/bar0.png"], "would be written to one file"),
        (["invert", "{gan}", "{pictures}", "--method", "encoder"], "without an encoder, of system 'gan'"),
        (["invert", "{judge}", "{pictures}"], "without a generator, of system 'classifier'"),
        (["invert", "{gan}", "{pictures}", "--encoder", "{judge}"], "without an encoder, of system 'classifier'"),
        (["invert", "{gan}", "{pictures}", "--restarts", "0"], "at least one restart"),
        (["invert", "{gan}", "{pictures}", "--steps", "-1"], "a descent needs"),
        (["edit", "{vae}", "{pictures}"], "asks for nothing"),
        (["edit", "{vae}", "{pictures}", "--attribute", "9"], "no NAME=STRENGTH"),
        (["edit", "{vae}", "{pictures}", "--attribute", "smile=1"], "no class 'smile'"),
        (["edit", "{vae}", "{pictures}", "--strokes", "{tmp}/small.png"], "Give it the size of the pictures"),
        (["edit", "{vae}", "{pictures}", "--strokes", "{pictures}/bar0.png"], "no pixel of"),
        (["edit", "{vae}", "{pictures}", "--keep", "{tmp}/black.png"], "no white in"),
        (["edit", "{vae}", "{pictures}", "--principal", "99"], "99 directions by"),
        (["complete", "{vae}", "{pictures}", "--mask", "{tmp}/none.png"], "no file"),
        (["complete", "{vae}", "{pictures}", "--mask", "{tmp}/small.png"], "Give it the size of the pictures"),
        (["complete", "{vae}", "{pictures}", "--mask", "{tmp}/white.png"], "hides a whole picture"),
        (["complete", "{vae}", "{pictures}", "--mask", "{tmp}/black.png"], "no white in"),
        (
            ["complete", "{vae}", "{pictures}", "--mask", "centre", "--realism", "1"],
            "without a critic, of system 'vae'",
        ),
    ],
    ids=lambda words: " ".join(words).replace("{", "").replace("}", "") if isinstance(words, list) else "",
)
def test_what_cannot_be_done_is_told_and_nothing_written(
    words: list[str], said: str, vae: Path, gan: Path, judge: Path, pictures: Path, tmp_path: Path, refusal: Refusal
) -> None:
    for name in ("empty", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / "text.png").write_text("hello")
    (tmp_path / "other" / "bar0.png").write_bytes((pictures / "bar0.png").read_bytes())
    for name, side, colour in (("small", 20, 255), ("white", 28, 255), ("black", 28, 0)):
        Image.new("L", (side, side), colour).save(tmp_path / f"{name}.png")
    out = tmp_path / "out"
    filled = [word.format(vae=vae, gan=gan, judge=judge, pictures=pictures, tmp=tmp_path) for word in words]
    assert said in refusal([*filled, "--out", out])
    assert not out.exists()


@pytest.fixture(scope="session")
def judge(tmp_path_factory: pytest.TempPathFactory, mnist: Path) -> Path:
    return trained(tmp_path_factory.mktemp("exp") / "judge", mnist, "judge", 2)


def test_an_empty_side_of_an_attribute_is_refused(vae: Path, pictures: Path, tmp_path: Path, refusal: Refusal) -> None:
    labels = tmp_path / "labels"
    labels.mkdir()
    for number in range(2):
        (labels / f"bar{number}.png").write_bytes((pictures / f"bar{number}.png").read_bytes())
    (labels / "labels.csv").write_text("file,label\nbar0.png,high\nbar1.png,high\n")
    words = ["edit", vae, pictures, "--labels", labels, "--attribute", "high=1", "--out", tmp_path / "out"]
    assert "nobody lacks the attribute, of 2" in refusal(words)


def test_an_encoder_is_trained_from_the_critic_and_serves_its_generator(
    gan: Path, mnist: Path, pictures: Path, tmp_path: Path, refusal: Refusal
) -> None:
    space = f"latent.generator={gan}"
    reading = trained(tmp_path / "reading", mnist, "inversion_encoder", 30, space)
    words = ["invert", str(gan), str(pictures), "--encoder", str(reading), "--out", str(tmp_path / "out"), *QUICK]
    assert main(words) == 0
    other = ["train", CONF / "inversion_encoder.yaml", "--data", mnist, "--out", tmp_path / "wide", *SMALL, space]
    assert "networks of other widths" in refusal([*other, "network.hidden=32"])
