"""Scores of log-mel taken over from another experiment on the same data: they do not depend on what was trained."""

import json
from pathlib import Path

import yaml

from disentangle.evaluation.score import Score
from disentangle.scoring.embeddings import data_hash
from disentangle.scoring.material import Material

PREFIX = "mel_"


def read(other: Path, material: Material) -> dict[str, Score]:
    """The scores of log-mel in another experiment's folder.

    Args:
        other: an experiment folder that was scored.
        material: what is scored now.

    Raises:
        ValueError: the other experiment was not scored, or on other data, or hears with another front end.
    """
    path = other / "scores.json"
    if not path.is_file():
        raise ValueError(f"no scores to take over, {path}. Score that experiment first.")
    for name, data in (("train", material.train_data), ("test", material.test_data)):
        source = other / "embeddings" / name / "source.json"
        if not source.is_file() or json.loads(source.read_text(encoding="utf-8")).get("data") != data_hash(data):
            raise ValueError(f"another {name} data directory than {data.path}, {source}. Score without --ceiling.")
    if _front_end(other) != _front_end(material.experiment):
        raise ValueError(f"another front end, {other / 'config.yaml'}. Score without --ceiling.")
    held = json.loads(path.read_text(encoding="utf-8"))
    return {name: _score(entry) for name, entry in held.items() if name.startswith(PREFIX)}


def _front_end(experiment: Path) -> object:
    path = experiment / "config.yaml"
    found = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return (found.get("model") or {}).get("front_end")


def _score(entry: dict[str, float | list[float] | None]) -> Score:
    ci95, value, n, chance = (entry[key] for key in ("ci95", "value", "n", "chance"))
    assert isinstance(value, float) and isinstance(n, int) and not isinstance(chance, list)
    return Score(value, (ci95[0], ci95[1]) if isinstance(ci95, list) else None, n, chance)
