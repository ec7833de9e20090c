"""Conversions of every speaker into every other, to be heard side by side: a few speakers, the beginning of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from disentangle.corpus import audio
from disentangle.corpus.utterances import Utterance
from disentangle.scoring.converted import Converted, made, voices
from disentangle.scoring.material import Material
from disentangle.scoring.model import Floats
from disentangle.scoring.pairing import evenly
from disentangle.scoring.tasks import Verdicts

SPEAKERS, SECONDS = 10, 5.0  # at most; beyond these the page would be too large

Row = dict[str, bool | str | float | None]


@dataclass(frozen=True)
class Cell:
    """One speaker's words in another's voice, or one's own recording.

    Args:
        source, target: the speakers.
        wave: (samples,).
        number: of the conversion that was judged; None where none was.
    """

    source: str
    target: str
    wave: Floats
    number: int | None = None


def matrix(material: Material, converted: Converted) -> list[Cell]:
    """Every pair of at most ten speakers: a conversion that was judged where there is one, else a further one."""
    names = evenly(sorted(converted.roles.references), SPEAKERS)
    judged = _judged(converted)
    first = {utterance.speaker: utterance for utterance in reversed(converted.roles.sources)}
    lacking = [(s, t) for s in names for t in names if s != t and (s, t) not in judged]
    heard = voices(material, converted.roles, sorted({t for _, t in lacking}))
    further = made(material, [(first[s], heard[t]) for s, t in lacking], "convert") if lacking else []
    waves = {pair: sound.wave for pair, sound in zip(lacking, further, strict=True)}
    return [_cell(s, t, converted, judged, waves, first[s]) for s in names for t in names]


def _judged(converted: Converted) -> dict[tuple[str, str], int]:
    """The first conversion of each pair of speakers."""
    pairs = [(pair.source.speaker, pair.target) for pair in converted.conversions]
    return {pair: pairs.index(pair) for pair in pairs}


def _cell(
    source: str,
    target: str,
    converted: Converted,
    judged: Mapping[tuple[str, str], int],
    waves: Mapping[tuple[str, str], Floats],
    own: Utterance,
) -> Cell:
    number = judged.get((source, target))
    if source == target:
        return Cell(source, target, converted.real[own.id].wave)
    return Cell(source, target, waves[source, target] if number is None else converted.sounds[number].wave, number)


def write(folder: Path, cells: Sequence[Cell], rate: int, verdicts: Verdicts) -> list[Row]:
    """Write the beginning of each as a wav; a row for each, with what was decided about it.

    Args:
        folder: for the wavs.
        cells: of the matrix.
        rate: Hz.
        verdicts: by name, of all conversions.
    """
    return list(_rows(folder, cells, rate, verdicts))


def _rows(folder: Path, cells: Sequence[Cell], rate: int, verdicts: Verdicts) -> Iterator[Row]:
    most = round(SECONDS * rate)
    for place, cell in enumerate(cells, 1):
        audio.save(folder / f"matrix-{place:03d}.wav", cell.wave[:most], rate)
        row: Row = {"source": cell.source, "target": cell.target, "wav": f"matrix-{place:03d}.wav"}
        if cell.number is not None:
            row |= {name: decided[cell.number] for name, decided in verdicts.items()}
        yield row
