"""Configurations of pictures that contradict themselves, and files that are no pictures: one line, nothing made."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.commands.conftest import Refusal
from tests.commands.pictures import corpus
from tests.conftest import ROOT

CONF = ROOT / "recipes" / "image" / "mnist" / "conf"


@pytest.fixture(scope="module")
def mnist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpus(tmp_path_factory.mktemp("mnist"))


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        ("infogan", ["network.chanels=8"], "Did you mean 'channels'?"),
        ("infogan", ["system=infogam"], "system is 'infogam'"),
        ("infogan", ["network.code=8"], "network.code should be at least 12, which InfoGAN's code takes, but is 8"),
        ("infogan", ["info.categories=[]", "info.uniform=0"], "InfoGAN without a code is a GAN"),
        ("infogan", ["info.apart=1", "info.uniform=1"], "Ask for two or more"),
        ("triplegan_100", ["network.code=9"], "network.code should be at least 10, which a label takes, but is 9"),
        ("triplegan_100", ["data.labels=0"], "0 labels"),
        ("triplegan_100", ["data.labels=15"], "15 labels cannot be shared by 10 classes"),
        ("dann", [], "one domain only: no pictures of the target domain"),
        ("dann", ["data.target={mnist}"], "one domain only: data.target is data.folder"),
        ("gan", ["data.size=32"], "pictures of 28 x 28 with 1 channels"),
        ("gan", ["data.size=30"], "pictures of 30 x 30 cannot be halved"),
        ("labels_only_100", ["data.classes=5"], "Set data.classes, which is 5"),
        ("vaegan", ["network.layer=level9"], "the critic's layers are level1, level2, hidden"),
        ("gan", ["data.held_out=60"], "there are 60 pictures"),
        ("gan", ["data.kind=folder"], "no pictures in"),
        ("inversion_encoder", [], "no generator for system 'inversion_encoder'. Name its experiment"),
        ("inversion_encoder", ["latent.generator={mnist}"], "no trained model"),
    ],
)
def test_a_configuration_that_contradicts_itself_or_its_pictures(
    name: str, words: list[str], said: str, mnist: Path, tmp_path: Path, refusal: Refusal
) -> None:
    asked = [word.format(mnist=mnist) for word in words]
    assert said in refusal(["train", CONF / f"{name}.yaml", "--data", mnist, "--out", tmp_path / "exp", *asked])


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda data: b"hello" + data, "is not an idx file"),
        (lambda data: data[:-5], "is cut off"),
        (lambda data: data[:8] + bytes([17]) * 60, "label 0 in"),
    ],
    ids=["not idx", "cut off", "out of range"],
)
def test_files_that_are_damaged(damage: Callable[[bytes], bytes], said: str, tmp_path: Path, refusal: Refusal) -> None:
    folder = corpus(tmp_path / "mnist")
    labels = folder / "train-labels-idx1-ubyte"
    labels.write_bytes(damage(labels.read_bytes()))
    told = refusal(["train", CONF / "gan.yaml", "--data", folder, "--out", tmp_path / "exp"])
    assert said in told and str(labels) in told


def test_folders_of_mixed_pictures_or_with_a_class_of_one(tmp_path: Path, refusal: Refusal) -> None:
    words = ["train", CONF / "gan.yaml", "--data", tmp_path, "--out", tmp_path / "exp", "data.kind=folder"]
    for name, mode in (("a", "L"), ("b", "L"), ("c", "RGB")):
        (tmp_path / "one").mkdir(exist_ok=True)
        Image.new(mode, (28, 28)).save(tmp_path / "one" / f"{name}.png")
    (tmp_path / "two").mkdir()
    Image.new("L", (28, 28)).save(tmp_path / "two" / "d.png")
    assert "class two" in refusal(words) and "one picture only" in refusal(words)
