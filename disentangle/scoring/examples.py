"""A few conversions to listen to, with what the judges said of each."""

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from disentangle.corpus import audio
from disentangle.scoring.converted import Converted
from disentangle.scoring.labels import factor_of
from disentangle.scoring.pairing import evenly

COUNT = 6

Verdicts = Mapping[str, Sequence[bool | str]]


def write(
    experiment: Path, made: Converted, verdicts: Verdicts, parallel: Mapping[int, str], allow_pipes: bool
) -> None:
    """Write ``experiment/examples``: wavs, and examples.json that names them; an older folder is replaced.

    Args:
        experiment: folder of the model.
        made: the conversions.
        verdicts: by name, what was decided about each conversion.
        parallel: by number of the conversion, the target's recording of the same sentence where there is one.
        allow_pipes: whether recordings that are shell commands may be run.
    """
    chosen = _spread([pair.target for pair in made.conversions])
    temporary = Path(tempfile.mkdtemp(prefix=".examples.", dir=experiment))
    try:
        rows = []
        for place, number in enumerate(chosen, 1):
            row = _example(temporary, place, made, number, parallel.get(number), allow_pipes)
            rows.append(row | {name: decided[number] for name, decided in verdicts.items()})
        (temporary / "examples.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
        temporary.chmod(0o755)
        folder = experiment / "examples"
        shutil.rmtree(folder, ignore_errors=True)
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _spread(targets: Sequence[str]) -> list[int]:
    """Numbers of a few conversions, from all over the list and of different targets."""
    names = evenly(sorted(set(targets)), COUNT)
    step = len(targets) // len(names)
    ahead = [[*range(k * step, len(targets)), *range(k * step)] for k in range(len(names))]
    return sorted(next(n for n in order if targets[n] == name) for order, name in zip(ahead, names, strict=True))


def _example(
    folder: Path, place: int, made: Converted, number: int, recording: str | None, allow_pipes: bool
) -> dict[str, bool | str | None]:
    pair = made.conversions[number]
    target = (
        made.real[recording].wave
        if recording
        else audio.load(made.roles.references[pair.target][0], made.rate, allow_pipes)
    )
    sounds = {"source": made.real[pair.source.id].wave, "target": target, "converted": made.sounds[number].wave}
    row: dict[str, bool | str | None] = {"source": pair.source.speaker, "target": pair.target}
    for name, wave in sounds.items():
        row[f"{name}_wav"] = f"{place:02d}-{name}.wav"
        audio.save(folder / f"{place:02d}-{name}.wav", wave, made.rate)
    factor = factor_of([pair.source])
    row["text"] = pair.source.text
    row["word"] = pair.source.labels[factor] if factor in ("digit", "word") else pair.source.text
    return row
