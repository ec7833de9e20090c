"""An experiment folder, read: configuration, scores, training log, attackers' curves, examples of conversion."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from disentangle.evaluation.score import Score

PARTS = ("config.yaml", "run.json", "scores.json", "log.jsonl", "probes.json", "embeddings", "examples/examples.json")
PICTURES = "pictures/pictures.json"

WORDS, VERDICTS = ("text", "word", "recognised"), ("accepted_target", "accepted_source")


@dataclass(frozen=True)
class Probe:
    """How an attacker learned: rows of {"step" or "C", "validation_loss", ...}, and the commonest label's share."""

    curve: tuple[Mapping[str, float], ...]
    majority: float | None = None


@dataclass(frozen=True)
class Example:
    """One conversion: names of source and target, their files, and what the judges said (None: not asked)."""

    source: str
    target: str
    source_wav: Path
    target_wav: Path
    converted_wav: Path
    text: str | None = None
    accepted_target: bool | None = None
    accepted_source: bool | None = None
    word: str | None = None
    recognised: str | None = None

    @property
    def hearing(self) -> str:
        """Whether the judge heard the word: good, bad, or neither where what is said is more than a word."""
        if self.recognised == self.word:
            return "good"
        return "" if self.word is None or " " in self.word else "bad"


@dataclass(frozen=True)
class Sheet:
    """Pictures that a system made, on one sheet: what they are, and the file."""

    title: str
    caption: str
    png: Path


@dataclass(frozen=True)
class Experiment:
    """What an experiment folder holds; what is not there is empty."""

    folder: Path
    config: Mapping[str, object] = field(default_factory=dict)
    run: Mapping[str, object] = field(default_factory=dict)
    scores: Mapping[str, Score] = field(default_factory=dict)
    log: tuple[Mapping[str, float], ...] = ()
    probes: Mapping[str, Probe] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    sheets: tuple[Sheet, ...] = ()

    @property
    def system(self) -> str:
        """Which system of pictures; nothing where it is of speech."""
        return str(self.config.get("system", ""))

    @property
    def name(self) -> str:
        """The configuration's name, or the folder's where there is none."""
        return str(self.config.get("name") or self.folder.resolve().name)

    @property
    def seed(self) -> str:
        """The seed, or nothing where the configuration does not say."""
        return str(self.config.get("seed", ""))


def read(folder: Path) -> Experiment:
    """Read whatever an experiment folder holds.

    Raises:
        ValueError: no such folder, nothing of an experiment in it, or a damaged file, which is named.
    """
    if not folder.is_dir():
        raise ValueError(f"no experiment folder {folder}. Make one with: disentangle train CONFIG.yaml --out {folder}")
    if not any((folder / part).exists() for part in PARTS):
        raise ValueError(f"nothing to report in {folder}. Train first: disentangle train CONFIG.yaml --out {folder}")
    return Experiment(
        folder,
        _config(folder / "config.yaml"),
        _object(folder / "run.json"),
        read_scores(folder / "scores.json") if (folder / "scores.json").exists() else {},
        _log(folder / "log.jsonl"),
        _probes(folder / "probes.json"),
        _examples(folder / "examples"),
        _sheets(folder / PICTURES),
    )


def read_scores(path: Path) -> dict[str, Score]:
    """The scores of a scores.json.

    Raises:
        ValueError: not JSON, or an entry without a value; names the file and the score.
    """
    scores = {}
    for name, entry in _object(path).items():
        try:
            scores[name] = score_of(entry)
        except (KeyError, TypeError, ValueError):
            raise ValueError(f"score {name} has no value, {path}. Write it again with: disentangle score") from None
    return scores


def score_of(entry: object) -> Score:
    """A score from the form that scores.json holds."""
    if isinstance(entry, Score):
        return entry
    if not isinstance(entry, Mapping):
        raise TypeError(f"a score is an object with a value, not {entry!r}")
    ci95, chance = entry.get("ci95"), entry.get("chance")
    return Score(
        float(entry["value"]),
        (float(ci95[0]), float(ci95[1])) if ci95 else None,
        int(entry.get("n") or 0),
        None if chance is None else float(chance),
    )


def _loaded(text: str, where: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON ({error.msg}), {where}. Remove the file and make it again.") from None


def _object(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    found = _loaded(path.read_text("utf-8"), f"{path}")
    if not isinstance(found, dict):
        raise ValueError(f"not a JSON object, {path}. Remove the file and make it again.")
    return found


def _config(path: Path) -> dict[str, object]:
    import yaml

    if not path.exists():
        return {}
    try:
        found = yaml.safe_load(path.read_text("utf-8"))
    except yaml.YAMLError as error:
        raise ValueError(f"not YAML ({str(error).splitlines()[0]}), {path}. Restore the file.") from None
    if not isinstance(found, dict):
        raise ValueError(f"not a YAML mapping, {path}. Restore the file.")
    return {str(key): value for key, value in found.items()}


def _log(path: Path) -> tuple[Mapping[str, float], ...]:
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    rows = []
    for number, line in enumerate(lines, 1):
        row = _loaded(line, f"{path}:{number}")
        if not isinstance(row, dict) or "step" not in row:
            raise ValueError(f"a line of the log without a step, {path}:{number}. Remove the line.")
        rows.append({key: float(value) for key, value in row.items() if isinstance(value, int | float)})
    return tuple(rows)


def _probes(path: Path) -> dict[str, Probe]:
    probes = {}
    for name, entry in _object(path).items():
        if not isinstance(entry, dict) or not isinstance(entry.get("curve"), list):
            raise ValueError(f"attacker {name} has no curve, {path}. Write it again with: disentangle score")
        majority = entry.get("majority")
        probes[name] = Probe(tuple(entry["curve"]), None if majority is None else float(majority))
    return probes


def _sheets(path: Path) -> tuple[Sheet, ...]:
    if not path.exists():
        return ()
    found = _loaded(path.read_text("utf-8"), f"{path}")
    try:
        sheets = tuple(Sheet(e["title"], e["caption"], path.parent / f"{e['name']}.png") for e in found)  # type: ignore[attr-defined]
    except (KeyError, TypeError):
        raise ValueError(f"not a list of pictures, {path}. Remove it and report again.") from None
    for sheet in sheets:
        if not sheet.png.is_file():
            raise ValueError(f"no file {sheet.png}, {path}. Remove the list and report again.")
    return sheets


def _examples(folder: Path) -> tuple[Example, ...]:
    path = folder / "examples.json"
    if not path.exists():
        return ()
    found = _loaded(path.read_text("utf-8"), f"{path}")
    if not isinstance(found, list):
        raise ValueError(f"not a list of examples, {path}. Make it again with: disentangle score")
    return tuple(_example(folder, entry, f"{path}, entry {number}") for number, entry in enumerate(found, 1))


def _example(folder: Path, entry: object, where: str) -> Example:
    remedy = "Make it again with: disentangle score"
    if not isinstance(entry, dict):
        raise ValueError(f"an example that is no object, {where}. {remedy}")
    for key in ("source", "target", "source_wav", "target_wav", "converted_wav"):
        if not isinstance(entry.get(key), str):
            raise ValueError(f"an example without {key}, {where}. {remedy}")
        if key.endswith("_wav") and not (folder / entry[key]).is_file():
            raise ValueError(f"no file {folder / entry[key]}, {where}. {remedy}")
    source, target, converted = (folder / entry[key] for key in ("source_wav", "target_wav", "converted_wav"))
    text, word, recognised = (None if entry.get(key) is None else str(entry[key]) for key in WORDS)
    as_target, as_source = (None if entry.get(key) is None else bool(entry[key]) for key in VERDICTS)
    wavs = source, target, converted
    return Example(entry["source"], entry["target"], *wavs, text, as_target, as_source, word, recognised)
