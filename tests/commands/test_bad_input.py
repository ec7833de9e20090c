"""What a user gets wrong ends with one line that says what, where and what to do, exit 2, and nothing half-written."""

import hashlib
import io
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from disentangle.adversarial import checkpoint
from disentangle.cli import main
from disentangle.corpus import audio
from tests.commands.conftest import Refusal, voiced

SPENT = ("run.json",)  # tells how long a run took, also where it failed

Train = Callable[..., list[str | Path]]
Uses = Callable[[Path], list[list[str | Path]]]


@pytest.fixture
def train(tiny: Path, data: Path) -> Train:
    """The words of a training into a folder."""

    def words(out: Path, *more: str | Path) -> list[str | Path]:
        return ["train", tiny, "--data", data, "--out", out, "training.tensorboard=false", *more]

    return words


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("model.content.chanels=8", "unknown key 'model.content.chanels'"),
        ("model.content.chanels=8", "Did you mean 'channels'?"),
        ("training.steps=many", "training.steps is 'many'"),
        ("training.steps=1.5", "It should be a valid integer"),
        ("training.steps=0", "It should be greater than 0"),
        ("loss.confuse=-1", "It should be greater than or equal to 0"),
        ("loss.confuse=.nan", "loss.confuse is nan"),
        ("loss.swap=2", "It should be a valid boolean"),
        ("model=8", "It should be a mapping of keys"),
        ("model.content.bottleneck=vqq", "It should be 'none', 'vq' or 'noise'"),
        ("training.steps", "Write key.sub=value"),
        ("training.seed=1", "Set seed instead"),
        ("seed=9223372036854775808", "It should be less than or equal to 9223372036854775807"),
        ("model.front_end.hop=1e-5", "a hop of 0 samples does not fit"),
        ("model.front_end.window=0.01", "a hop of 80 samples does not fit a window of 80"),
        ("model.front_end.low=4000", "low should be less than half the rate, 4000 Hz"),
        ("model.front_end.mels=200", "200 filters are too narrow for 129 frequencies"),
        ("augmentation.speeds=[0.9]", "speeds should hold 1.0"),
        ("augmentation.sound={snr: [9, 3]}", "snr should be the least ratio and then the largest"),
        ("augmentation.sound={noise: 1, noises: [musan]}", "no recordings, musan. Name white, pink, babble"),
        ("augmentation.mask=17", "augmentation.mask is 17 where there are 16 filters"),
    ],
)
def test_a_wrong_setting(override: str, said: str, train: Train, tmp_path: Path, refusal: Refusal) -> None:
    assert said in refusal(train(tmp_path / "exp", override))


def test_channels_that_ecapa_cannot_have(train: Train, tmp_path: Path, refusal: Refusal) -> None:
    words = train(tmp_path / "exp", "model.speaker.kind=ecapa", "model.speaker.channels=10")
    assert "channels of an ecapa should be a multiple of 8" in refusal(words)


def test_a_wrong_setting_in_a_file_is_named_with_its_line(data: Path, tmp_path: Path, refusal: Refusal) -> None:
    path = tmp_path / "mine.yaml"
    for text, said in (
        ("name: mine\nloss: {confus: 1}\n", "unknown key 'loss.confus', {path}:2. Did you mean 'confuse'?"),
        ("name: mine\nloss:\n  confuse: high\n", "loss.confuse is 'high', {path}:3."),
        ("name: [mine\n", "{path}"),
    ):
        path.write_text(text)
        assert said.format(path=path) in refusal(["train", path, "--data", data, "--out", tmp_path / "exp"])


def test_an_unknown_configuration_or_none_to_train_on(tiny: Path, data: Path, tmp_path: Path, refusal: Refusal) -> None:
    out = ["--out", tmp_path / "exp"]
    assert "Did you mean 'fsdd/default'?" in refusal(["train", "fsdd/defalt", "--data", data, *out])
    assert "neither a file nor a shipped recipe's" in refusal(["train", tmp_path / "none.yaml", "--data", data, *out])
    assert "Name a data directory by --data DIR" in refusal(["train", tiny, *out])


def test_a_loss_that_asks_for_what_the_data_lack(tiny: Path, data: Path, tmp_path: Path, refusal: Refusal) -> None:
    poor = Path(shutil.copytree(data, tmp_path / "poor", ignore=shutil.ignore_patterns("text", "utt2digit")))
    words = ["train", tiny, "--data", poor, "--out", tmp_path / "exp"]
    assert f"{poor}/text. Add the file, or set loss.letters=0." in refusal([*words, "loss.letters=1"])
    assert "settled is 3 of training.steps=3: all are the decoder's. Lower it." in refusal([*words, "settled=3"])
    assert f"{poor}/utt2digit. Add the file, or set loss.label=0." in refusal([*words, "loss.label=1"])


def test_a_folder_with_a_run_is_neither_overwritten_nor_resumed_otherwise(
    experiment: Path, tiny: Path, data: Path, refusal: Refusal
) -> None:
    words = ["train", tiny, "--data", data, "--out", experiment]
    assert f"a run is there already, {experiment}. Go on with --resume" in refusal(words)
    other = refusal([*words, "--resume", "training.steps=5", "loss.confuse=0.2"])
    assert "another configuration (loss.confuse: 0.1 -> 0.2; training.steps: 3 -> 5)" in other
    elsewhere = Path(shutil.copytree(data, experiment / "elsewhere"))
    assert "another configuration (train: " in refusal(["train", tiny, "--data", elsewhere, *words[4:], "--resume"])
    (experiment / "run.json").write_text('{"minutes": ')
    assert f"{experiment}/run.json. Remove it" in refusal([*words, "--resume"])
    (experiment / "config.yaml").unlink()
    assert f"a run without its configuration, {experiment}/config.yaml" in refusal([*words, "--resume"])


def test_a_folder_that_cannot_be_made(train: Train, tmp_path: Path, refusal: Refusal) -> None:
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file", tmp_path / "file" / "exp"):
        assert f"no folder that can be written, {tmp_path}/file. Take another --out" in refusal(train(out))


def flip(path: Path) -> None:
    """One bit of the middle byte."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    """The last tenth gone."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 9 // 10])


class Code:
    """What writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (self.path,)


def test_a_checkpoint_that_is_damaged(experiment: Path, tiny: Path, data: Path, refusal: Refusal) -> None:
    words = ["train", tiny, "--data", data, "--out", experiment, "--resume"]
    last = experiment / "checkpoints" / "step-00000003.pt"
    for damage in (flip, cut, lambda path: path.write_bytes(b"")):
        damage(last)
        assert f"{last} is damaged or no checkpoint. Remove it to go on from an older one" in refusal(words, SPENT)
    last.unlink()
    assert main([str(word) for word in words]) == 0, "as the message said"


@pytest.mark.parametrize("signed", [True, False])
def test_a_checkpoint_with_code_in_it_is_refused(
    signed: bool, experiment: Path, tiny: Path, data: Path, tmp_path: Path, refusal: Refusal
) -> None:
    memory, last = io.BytesIO(), experiment / "checkpoints" / "step-00000003.pt"
    torch.save({"step": 3, "game": Code(tmp_path / "run")}, memory)
    last.write_bytes(memory.getvalue() + (hashlib.sha256(memory.getvalue()).digest() if signed else b""))
    said = refusal(["train", tiny, "--data", data, "--out", experiment, "--resume"], SPENT)
    assert f"{last} {'holds pickled code, which is never run' if signed else 'is damaged or no checkpoint'}" in said
    assert not (tmp_path / "run").exists()


def test_a_checkpoint_of_something_else(experiment: Path, tiny: Path, data: Path, refusal: Refusal) -> None:
    last = experiment / "checkpoints" / "step-00000003.pt"
    checkpoint.save(last, {"step": 3})
    said = refusal(["train", tiny, "--data", data, "--out", experiment, "--resume"], SPENT)
    assert f"{last} lacks averages, best, game, optimizers" in said


@pytest.fixture
def uses(data: Path, tmp_path: Path) -> Uses:
    """The commands that need a model."""
    wav = tmp_path / "ann.wav"
    audio.save(wav, voiced("ann", 0.5), 8000)

    def words(experiment: Path) -> list[list[str | Path]]:
        return [
            ["embed", experiment, data, tmp_path / "out", "--nj", "1"],
            ["score", experiment, data, "--nj", "1"],
            ["convert", experiment, "--source", wav, "--target", wav, "--out", tmp_path / "out.wav"],
        ]

    return words


def test_a_folder_without_a_model(uses: Uses, tmp_path: Path, refusal: Refusal) -> None:
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "none"):
        for words in uses(folder):
            said = refusal(words)
            assert "no trained model" in said or "no experiment folder" in said
            assert "`disentangle train CONFIG" in said and f"--out {folder}`" in said
        assert f"disentangle train CONFIG.yaml --out {folder}" in refusal(["report", folder])


@pytest.mark.parametrize("damage", [flip, cut, Path.unlink], ids=lambda damage: damage.__name__)
def test_a_model_that_is_damaged(
    damage: Callable[[Path], None], uses: Uses, experiment: Path, refusal: Refusal
) -> None:
    damage(experiment / "model" / "model.safetensors")
    said = "no trained model" if damage == Path.unlink else "damaged"
    for words in uses(experiment):
        told = refusal(words)
        assert said in told and str(experiment) in told


def test_a_model_without_its_configuration_or_with_another(uses: Uses, experiment: Path, refusal: Refusal) -> None:
    config = experiment / "model" / "config.yaml"
    config.write_text(config.read_text().replace("channels: 8", "channels: 9"))
    for words in uses(experiment):
        assert f"weights that do not fit their config.yaml, {experiment}/model" in refusal(words)
    config.unlink()
    for words in uses(experiment):
        assert str(config) in refusal(words)


def test_a_loss_that_is_not_finite(train: Train, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "exp"
    capsys.readouterr()
    assert main([str(word) for word in train(out, "training.save_every=1", "players.decoder.rate=1e30")]) == 2
    said = capsys.readouterr()
    kept = checkpoint.latest(out)
    assert kept and checkpoint.load(kept)["step"] == 1
    assert said.err.startswith(
        f"error: content/reconstruction is not finite, step 2. The last good checkpoint is {kept}."
    )
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert (out / "log.jsonl").read_text().count("\n") == 1
    assert not (out / "model").exists()


def test_a_full_disk_keeps_the_checkpoint_before(experiment: Path, trained: Path, tiny: Path, data: Path) -> None:
    words = ["train", str(tiny), "--data", str(data), "--out", str(experiment), "--resume"]
    before, last = (experiment / "checkpoints" / f"step-0000000{step}.pt" for step in (2, 3))
    last.unlink()
    kept = before.read_bytes()
    full = subprocess.run(
        [sys.executable, "-W", "error", "-m", "disentangle.cli", *words],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
    )
    assert (full.returncode, full.stdout) == (2, "")
    assert (
        full.stderr
        == f"error: {last} could not be written: File too large. {before} is intact. Make room and resume.\n"
    )
    assert list((experiment / "checkpoints").iterdir()) == [before] and before.read_bytes() == kept
    assert not [path for path in experiment.rglob("*") if path.name.startswith(".") or path.suffix == ".tmp"]
    assert main(words) == 0, "as the message said"
    for name in ("model/model.safetensors", "log.jsonl"):
        assert (experiment / name).read_bytes() == (trained / name).read_bytes()
