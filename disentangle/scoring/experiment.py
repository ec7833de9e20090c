"""What scoring reads of an experiment folder: its seed and the data that it was trained on."""

from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Experiment:
    """An experiment folder with a trained model.

    Args:
        folder: where it is.
        seed: of its training.
        train: the data directory that it was trained on, as its configuration names it.
    """

    folder: Path
    seed: int
    train: Path | None


def read(folder: Path) -> Experiment:
    """Seed and training data of an experiment.

    Raises:
        ValueError: no such folder, or a configuration that is not readable.
    """
    if not folder.is_dir():
        raise ValueError(
            f"no experiment folder {folder}. Make one with `disentangle train CONFIG.yaml --out {folder}`."
        )
    path = next((p for p in (folder / "config.yaml", folder / "model" / "config.yaml") if p.is_file()), None)
    if path is None:
        return Experiment(folder, 0, None)
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
        seed, train = found.get("seed", 0), found.get("train")
        return Experiment(folder, int(seed), Path(train) if isinstance(train, str) and train else None)
    except (yaml.YAMLError, AttributeError, TypeError, ValueError):
        raise ValueError(f"not a configuration, {path}. Restore the file that training wrote.") from None
