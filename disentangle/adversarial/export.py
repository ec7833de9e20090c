"""A trained model as a folder without any code in it: model.safetensors, config.yaml, card.md."""

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

MODEL, CONFIG, CARD = "model.safetensors", "config.yaml", "card.md"


@dataclass(frozen=True)
class Export:
    """What an exported folder holds: tensors by name, the configuration that builds the model, its card."""

    state: dict[str, Tensor]
    config_yaml: str
    card: str


def export(folder: Path, state: Mapping[str, Tensor], config_yaml: str, card: str) -> None:
    """Write a model's folder aside and rename it; one that is there already is replaced.

    Args:
        folder: model.safetensors, config.yaml and card.md will lie in it.
        state: tensors by name; non-finite ones are refused.
        config_yaml: what builds the model.
        card: what it is, in Markdown.

    Raises:
        ValueError: a tensor is not finite.
        OSError: it could not be written; a folder of before is left as it was.
    """
    for name, tensor in state.items():
        if not bool(tensor.isfinite().all()):
            raise ValueError(f"{name} is not finite, {folder}. Export an earlier checkpoint.")
    tensors = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in state.items()}
    aside, before = folder.with_name(folder.name + ".tmp"), folder.with_name(folder.name + ".old")
    for left in (aside, before):
        shutil.rmtree(left, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        save_file(tensors, aside / MODEL, {"sha256": _digest(tensors)})
        (aside / CONFIG).write_text(config_yaml, encoding="utf-8")
        (aside / CARD).write_text(card, encoding="utf-8")
    except (OSError, SafetensorError) as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise OSError(f"{folder} could not be written: {error}. Make room and export again.") from error
    if folder.exists():
        folder.rename(before)
    aside.rename(folder)
    shutil.rmtree(before, ignore_errors=True)


def read_export(folder: Path) -> Export:
    """Read a model's folder, every byte of the tensors checked.

    Raises:
        ValueError: a file is missing or damaged.
    """
    for name in (MODEL, CONFIG, CARD):
        if not (folder / name).is_file():
            raise ValueError(f"{name} is missing, {folder}. An exported model has {MODEL}, {CONFIG} and {CARD}.")
    try:
        with safe_open(folder / MODEL, framework="pt") as file:
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            digest = (file.metadata() or {}).get("sha256")
        config, card = ((folder / name).read_text(encoding="utf-8") for name in (CONFIG, CARD))
    except (SafetensorError, UnicodeDecodeError, ValueError) as error:
        raise ValueError(f"{folder} is damaged ({error}). Export it again.") from error
    if digest != _digest(state):
        raise ValueError(f"{folder / MODEL} is damaged (its checksum is another). Export it again.")
    return Export(state, config, card)


def _digest(tensors: Mapping[str, Tensor]) -> str:
    whole = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name]
        whole.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        whole.update(tensor.contiguous().view(-1).view(torch.uint8).numpy().data)
    return whole.hexdigest()
