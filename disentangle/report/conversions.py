"""Conversions that are shown in bulk: every speaker as every other, and those that came out worst."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from disentangle.report.hearing import compressed_uri, load

LONGEST = 15.0  # seconds of a clip on the page
KINDS = {
    "words": (
        "Least understood",
        "The share of letters that the judge of words got wrong; a single word is wrong or not.",
    ),
    "voice": ("Least like the target", "How far the judge of voices scored each below what passes as the target."),
}
REMEDY = "Make it again with: disentangle score"


@dataclass(frozen=True)
class Voiced:
    """A cell of the matrix: one's words in another's voice, or one's own recording; whether it passed as the target."""

    source: str
    target: str
    audio: str
    accepted: bool | None

    @property
    def label(self) -> str:
        """What is heard."""
        return f"{self.source} as recorded" if self.source == self.target else f"{self.source} as {self.target}"


@dataclass(frozen=True)
class Bad:
    """A conversion that came out badly, with what was said and recognised (None: nobody was asked)."""

    source: str
    target: str
    utterance: str
    word: str | None
    recognised: str | None
    error: float
    accepted: bool | None
    source_audio: str
    converted_audio: str


@dataclass(frozen=True)
class Worst:
    """The worst by one judge, the worst first."""

    title: str
    about: str
    rows: tuple[Bad, ...]


def matrix(experiment: Path) -> list[tuple[Voiced, ...]]:
    """Rows of sources, columns of targets, both in the same order; nothing where no matrix was made.

    Raises:
        ValueError: a damaged list, named.
    """
    path = experiment / "examples" / "matrix.json"
    cells = [_voiced(path, entry) for entry in _rows(path, _read(path))]
    names = list(dict.fromkeys(cell.source for cell in cells))
    placed = {(cell.source, cell.target): cell for cell in cells}
    if placed.keys() != {(a, b) for a in names for b in names}:
        raise ValueError(f"not every speaker as every other, {path}. {REMEDY}")
    return [tuple(placed[a, b] for b in names) for a in names]


def worst(experiment: Path) -> list[Worst]:
    """What came out worst, by the judges that were asked.

    Raises:
        ValueError: a damaged list, named.
    """
    path = experiment / "examples" / "worst.json"
    found = _read(path)
    if not isinstance(found, Mapping):
        if found:
            raise ValueError(f"not lists by their judges, {path}. {REMEDY}")
        return []
    return [
        Worst(*KINDS[kind], tuple(_bad(path, e) for e in _rows(path, found[kind]))) for kind in KINDS if kind in found
    ]


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_text("utf-8")) if path.exists() else []
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON ({error.msg}), {path}. {REMEDY}") from None


def _rows(path: Path, found: object) -> list[Mapping[str, object]]:
    if not isinstance(found, list) or not all(isinstance(entry, Mapping) for entry in found):
        raise ValueError(f"not a list of conversions, {path}. {REMEDY}")
    return found


def _voiced(path: Path, entry: Mapping[str, object]) -> Voiced:
    return Voiced(_text(path, entry, "source"), _text(path, entry, "target"), _clip(path, entry, "wav"), _passed(entry))


def _bad(path: Path, entry: Mapping[str, object]) -> Bad:
    word, recognised = (None if entry.get(key) is None else str(entry[key]) for key in ("word", "recognised"))
    error = entry.get("error")
    if not isinstance(error, int | float):
        raise ValueError(f"a conversion without error, {path}. {REMEDY}")
    names = [_text(path, entry, key) for key in ("source", "target", "utterance")]
    clips = [_clip(path, entry, key) for key in ("source_wav", "converted_wav")]
    return Bad(names[0], names[1], names[2], word, recognised, float(error), _passed(entry), clips[0], clips[1])


def _passed(entry: Mapping[str, object]) -> bool | None:
    return None if entry.get("accepted_target") is None else bool(entry["accepted_target"])


def _text(path: Path, entry: Mapping[str, object], key: str) -> str:
    if not isinstance(entry.get(key), str):
        raise ValueError(f"a conversion without {key}, {path}. {REMEDY}")
    return str(entry[key])


def _clip(path: Path, entry: Mapping[str, object], key: str) -> str:
    """The beginning of the recording that an entry names, as an address that holds it."""
    file = path.parent / _text(path, entry, key)
    if not file.is_file():
        raise ValueError(f"no file {file}, {path}. {REMEDY}")
    wave, rate = load(file)
    return compressed_uri(wave[: round(LONGEST * rate)], rate)
