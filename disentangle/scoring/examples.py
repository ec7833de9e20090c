"""Conversions to listen to, with what the judges said of each: a few, the worst, every speaker as every other."""

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from disentangle.corpus import audio
from disentangle.scoring import matrix
from disentangle.scoring.converted import Converted
from disentangle.scoring.labels import said
from disentangle.scoring.matrix import Cell, Row
from disentangle.scoring.pairing import evenly
from disentangle.scoring.tasks import Verdicts
from disentangle.scoring.worst import worst

COUNT = 6


def write(
    experiment: Path,
    made: Converted,
    verdicts: Verdicts,
    parallel: Mapping[int, str],
    cells: Sequence[Cell],
    allow_pipes: bool,
) -> None:
    """Write ``experiment/examples``: wavs, and examples.json, worst.json and matrix.json that name them.

    Args:
        experiment: folder of the model; an older folder of examples in it is replaced.
        made: the conversions.
        verdicts: by name, what was decided about each conversion.
        parallel: by number of the conversion, the target's recording of the same sentence where there is one.
        cells: of the matrix.
        allow_pipes: whether recordings that are shell commands may be run.
    """
    chosen = _spread([pair.target for pair in made.conversions])
    temporary = Path(tempfile.mkdtemp(prefix=".examples.", dir=experiment))
    try:
        rows = []
        for place, number in enumerate(chosen, 1):
            row = _example(temporary, place, made, number, parallel.get(number), allow_pipes)
            rows.append(row | {name: decided[number] for name, decided in verdicts.items()})
        _list(temporary / "examples.json", rows)
        _list(temporary / "worst.json", _worst(temporary, made, verdicts))
        _list(temporary / "matrix.json", matrix.write(temporary, cells, made.rate, verdicts))
        temporary.chmod(0o755)
        folder = experiment / "examples"
        shutil.rmtree(folder, ignore_errors=True)
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _list(path: Path, rows: object) -> None:
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def _worst(folder: Path, made: Converted, verdicts: Verdicts) -> dict[str, list[Row]]:
    """By what they are bad at, the worst conversions beside their sources; both of one conversion share its wavs."""
    return {
        kind: [_bad(folder, made, number, verdicts) | {"error": error} for number, error in found]
        for kind, found in worst(made, verdicts).items()
    }


def _bad(folder: Path, made: Converted, number: int, verdicts: Verdicts) -> Row:
    pair = made.conversions[number]
    row: Row = {"source": pair.source.speaker, "target": pair.target, "utterance": pair.source.id}
    for name, wave in (("source", made.real[pair.source.id].wave), ("converted", made.sounds[number].wave)):
        row[f"{name}_wav"] = f"worst-{number:03d}-{name}.wav"
        audio.save(folder / f"worst-{number:03d}-{name}.wav", wave, made.rate)
    return row | {"word": said(pair.source)} | {name: decided[number] for name, decided in verdicts.items()}


def _spread(targets: Sequence[str]) -> list[int]:
    """Numbers of a few conversions, from all over the list and of different targets."""
    names = evenly(sorted(set(targets)), COUNT)
    step = len(targets) // len(names)
    ahead = [[*range(k * step, len(targets)), *range(k * step)] for k in range(len(names))]
    return sorted(next(n for n in order if targets[n] == name) for order, name in zip(ahead, names, strict=True))


def _example(folder: Path, place: int, made: Converted, number: int, recording: str | None, allow_pipes: bool) -> Row:
    pair = made.conversions[number]
    target = (
        made.real[recording].wave
        if recording
        else audio.load(made.roles.references[pair.target][0], made.rate, allow_pipes)
    )
    sounds = {"source": made.real[pair.source.id].wave, "target": target, "converted": made.sounds[number].wave}
    row: Row = {"source": pair.source.speaker, "target": pair.target}
    for name, wave in sounds.items():
        row[f"{name}_wav"] = f"{place:02d}-{name}.wav"
        audio.save(folder / f"{place:02d}-{name}.wav", wave, made.rate)
    return row | {"text": pair.source.text, "word": said(pair.source)}
