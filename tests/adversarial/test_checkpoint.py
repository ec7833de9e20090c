"""Checkpoints and exports: whole or refused, whatever was done to their bytes."""

import os
import random
import signal
from pathlib import Path

import pytest
import torch

from disentangle.adversarial import checkpoint
from disentangle.adversarial.export import export, read_export

STATE = {"step": 3, "game": {"w": torch.arange(6.0).view(2, 3), "n": torch.tensor(7)}, "best": float("inf")}


class Code:
    """Runs when it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.kill, (os.getpid(), signal.SIGKILL)


def test_a_state_comes_back_as_it_was(tmp_path: Path) -> None:
    path = checkpoint.path_of(tmp_path, 3)
    checkpoint.save(path, STATE)
    state = checkpoint.load(path, STATE)
    torch.testing.assert_close(state, STATE)
    assert [file.name for file in path.parent.iterdir()] == ["step-00000003.pt"]


def test_the_newest_are_kept_and_the_best_besides(tmp_path: Path) -> None:
    assert checkpoint.latest(tmp_path) is None
    checkpoint.save(checkpoint.best_path(tmp_path), STATE)
    for step in (5, 10, 15, 20):
        checkpoint.save(checkpoint.path_of(tmp_path, step), STATE)
        checkpoint.prune(tmp_path, 2)
    assert checkpoint.steps(tmp_path) == [15, 20]
    assert checkpoint.latest(tmp_path) == checkpoint.path_of(tmp_path, 20)
    assert checkpoint.best_path(tmp_path).exists()


def test_every_flipped_byte_is_refused(tmp_path: Path) -> None:
    path = checkpoint.path_of(tmp_path, 3)
    checkpoint.save(path, STATE)
    whole = path.read_bytes()
    for at in [0, len(whole) - 1, *random.Random(0).sample(range(len(whole)), 60)]:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x11]) + whole[at + 1 :])
        with pytest.raises(ValueError, match=r"step-00000003\.pt is damaged .* Remove it"):
            checkpoint.load(path)


def test_torch_reads_it_too(tmp_path: Path) -> None:
    checkpoint.save(tmp_path / "a.pt", STATE)
    torch.testing.assert_close(torch.load(tmp_path / "a.pt", weights_only=True), STATE)


def test_truncated_and_empty_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "half.pt"
    checkpoint.save(path, STATE)
    whole = path.read_bytes()
    for length in (0, 1, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"half\.pt is damaged"):
            checkpoint.load(path)


def test_pickled_code_is_refused_and_not_run(tmp_path: Path) -> None:
    path = tmp_path / "evil.pt"
    checkpoint.save(path, {"step": Code()})
    with pytest.raises(ValueError, match=r"evil\.pt holds pickled code, which is never run"):
        checkpoint.load(path)
    torch.save({"step": Code()}, path)
    with pytest.raises(ValueError, match=r"evil\.pt is damaged or no checkpoint"):
        checkpoint.load(path)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    path = tmp_path / "old.pt"
    checkpoint.save(path, {"step": 3})
    with pytest.raises(ValueError, match=r"old\.pt lacks game, optimizers"):
        checkpoint.load(path, ("step", "optimizers", "game"))


TENSORS = {
    "a.weight": torch.randn(3, 2).T,
    "n": torch.tensor(5),
    "b": torch.randn(4).bfloat16(),
    "none": torch.zeros(0),
}


def test_an_export_comes_back_as_it_was_and_replaces_the_one_before(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    export(folder, {"old": torch.zeros(2)}, "a: 1\n", "# Old\n")
    export(folder, TENSORS, "name: läuft\n", "# Card\n")
    read = read_export(folder)
    torch.testing.assert_close(read.state, TENSORS)
    assert (read.config_yaml, read.card) == ("name: läuft\n", "# Card\n")
    assert sorted(file.name for file in folder.iterdir()) == ["card.md", "config.yaml", "model.safetensors"]
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_shared_tensors_are_exported_each(tmp_path: Path) -> None:
    shared = torch.randn(3)
    export(tmp_path / "model", {"a": shared, "b": shared}, "", "")
    torch.testing.assert_close(read_export(tmp_path / "model").state, {"a": shared, "b": shared})


def test_a_non_finite_model_is_not_exported(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="b is not finite"):
        export(tmp_path / "model", {"a": torch.zeros(2), "b": torch.tensor(torch.nan)}, "", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["model.safetensors", "config.yaml", "card.md"])
def test_an_incomplete_export_is_named(tmp_path: Path, name: str) -> None:
    export(tmp_path, TENSORS, "", "")
    (tmp_path / name).unlink()
    with pytest.raises(ValueError, match=f"{name} is missing"):
        read_export(tmp_path)


def test_every_flipped_byte_of_an_exported_model_is_refused(tmp_path: Path) -> None:
    export(tmp_path, TENSORS, "", "")
    file = tmp_path / "model.safetensors"
    whole = file.read_bytes()
    for at in [len(whole) - 1, *random.Random(0).sample(range(len(whole)), 60)]:
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0x11]) + whole[at + 1 :])
        with pytest.raises(ValueError, match="damaged"):
            read_export(tmp_path)
