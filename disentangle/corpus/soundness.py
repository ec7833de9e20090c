"""Whether the audio of a data directory can be used: there, decodable, whole, long enough, heard, of one rate."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from disentangle.corpus.audio import OVERSHOOT, Wave, decode, fault
from disentangle.corpus.rules import RULES
from disentangle.corpus.tables import Entry, Problem


@dataclass(frozen=True)
class Finding:
    """A problem of some utterances' audio."""

    problem: Problem
    utterances: tuple[str, ...]


def listen(
    path: Path, tables: Mapping[str, Sequence[Entry]], rate: int | None = None, allow_pipes: bool = False
) -> Iterator[Finding]:
    """Decode every recording of a data directory and yield what is wrong with it.

    Args:
        path: the data directory.
        tables: its entries by file name.
        rate: the rate in Hz that all must have; if None, rates that differ are a warning.
        allow_pipes: whether commands may be run; without it they are a warning.
    """
    parts = _parts(tables)
    rates: dict[Entry, int] = {}
    commands = [entry for entry in tables.get("wav.scp", ()) if entry.value.endswith("|")] if not allow_pipes else []
    if commands:
        others = f" and {len(commands) - 1} others" if len(commands) > 1 else ""
        what = f"{commands[0].key}{others}: a shell command, unchecked. Trust it with --allow-pipes"
        yield Finding(Problem(path / "wav.scp", commands[0].line, what, is_warning=True), ())
    for entry in tables.get("wav.scp", ()):
        if entry.value and (allow_pipes or not entry.value.endswith("|")):
            segments = None if parts is None else parts.get(entry.key, [])
            users = (entry.key,) if segments is None else tuple(segment.key for segment in segments)
            try:
                wave, rates[entry] = decode(entry.value, allow_pipes=allow_pipes)
            except (ValueError, OSError) as error:
                yield Finding(Problem(path / "wav.scp", entry.line, f"{entry.key}: {error}"), users)
                continue
            yield from (
                _whole(path, entry, wave, rates[entry])
                if segments is None
                else _segments(path, segments, wave, rates[entry])
            )
            if rate not in (None, rates[entry]):
                what = f"{entry.key} has {rates[entry]} Hz, not {rate}"
                yield Finding(Problem(path / "wav.scp", entry.line, what), users)
    if rate is None:
        yield from _mixed(path, rates)


def _whole(path: Path, entry: Entry, wave: Wave, rate: int) -> Iterator[Finding]:
    if problem := fault(wave, rate):
        yield Finding(Problem(path / "wav.scp", entry.line, f"{problem}: {entry.key} {entry.value}"), (entry.key,))


def _parts(tables: Mapping[str, Sequence[Entry]]) -> dict[str, list[Entry]] | None:
    """The well-formed segments of each recording, or None where there are no segments."""
    if "segments" not in tables:
        return None
    parts: dict[str, list[Entry]] = {}
    for entry in tables["segments"]:
        if RULES["segments"].is_met(entry):
            parts.setdefault(entry.fields[0], []).append(entry)
    return parts


def _segments(path: Path, segments: Sequence[Entry], wave: Wave, rate: int) -> Iterator[Finding]:
    length = len(wave) / rate
    for segment in segments:
        start, end = (float(field) for field in segment.fields[1:])
        if start >= length or end > length + OVERSHOOT:
            problem: str | None = f"{segment.key} lies outside its recording, which has {length:.2f} s"
        else:
            found = fault(wave[round(start * rate) : round(end * rate)], rate)
            problem = found and f"{found}: {segment.key}"
        if problem:
            yield Finding(Problem(path / "segments", segment.line, problem), (segment.key,))


def _mixed(path: Path, rates: Mapping[Entry, int]) -> Iterator[Finding]:
    usual = Counter(rates.values()).most_common(1)[0][0] if rates else None
    for entry, rate in rates.items():
        if rate != usual:
            what = f"{entry.key} has {rate} Hz where most have {usual}; it will be resampled"
            yield Finding(Problem(path / "wav.scp", entry.line, what, is_warning=True), ())
