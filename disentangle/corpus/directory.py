"""Kaldi data directories, read and written."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from disentangle.corpus.shar import is_shar, read_shar
from disentangle.corpus.tables import Entry, Tables, read_table, write_tables
from disentangle.corpus.utterances import NOT_FACTORS, DataDirectory, Utterance


def read(path: Path) -> DataDirectory:
    """Read a data directory, one that Kaldi made included, or a folder of Lhotse's Shar.

    Raises:
        ValueError: no such folder, no utterances in it, a bad line, or an utterance without speaker or recording;
            names file and line.
    """
    if is_shar(path):
        return read_shar(path)
    speakers, recordings = _table(path, "utt2spk"), _table(path, "wav.scp")
    segments = read_table(path / "segments") if (path / "segments").exists() else None
    text, seconds, gender = (_optional(path / name) for name in ("text", "utt2dur", "spk2gender"))
    factors = {f.name[4:]: _optional(f) for f in sorted(path.glob("utt2*")) if f.name not in NOT_FACTORS}

    utterances = []
    for name, entry in sorted(speakers.items()):
        speaker = _single(path / "utt2spk", entry)
        recording_id, start, end = (None, None, None) if segments is None else _segment(path, name, segments)
        labels = {factor: table[name].value for factor, table in factors.items() if name in table}
        utterances.append(
            Utterance(
                id=name,
                speaker=speaker,
                recording=_recording(path, recording_id or name, recordings, entry),
                start=start,
                end=end,
                text=text[name].value if name in text else None,
                labels=labels | ({"gender": gender[speaker].value} if speaker in gender else {}),
                seconds=_number(path / "utt2dur", seconds[name]) if name in seconds else _length(start, end),
                recording_id=recording_id,
            )
        )
    return DataDirectory(path, tuple(utterances))


def write(path: Path, utterances: Iterable[Utterance]) -> None:
    """Write a data directory of these utterances in C order; nothing of it is seen before all is written.

    Args:
        path: the folder; an older data directory there is replaced, any other folder refused.
        utterances: in any order.

    Raises:
        ValueError: no utterances, one name twice, blanks in a name, or the folder holds something else.
    """
    write_tables(path, tables_of(path, sorted(utterances, key=lambda u: u.id)))


def tables_of(path: Path, utterances: list[Utterance]) -> Tables:
    """The tables (file name -> key -> value) of a data directory of these utterances, which are in C order."""
    if not utterances:
        raise ValueError(f"no utterances to write to {path}. A data directory needs at least one.")
    for utterance in utterances:
        _assert_names(path, utterance)
    if len({u.id for u in utterances}) < len(utterances):
        raise ValueError(f"two utterances of one name to write to {path}. Make the names unique.")
    tables: Tables = {"utt2spk": {u.id: u.speaker for u in utterances}, "spk2utt": {}}
    for utterance in utterances:
        before = tables["spk2utt"].get(utterance.speaker)
        tables["spk2utt"][utterance.speaker] = f"{before} {utterance.id}" if before else utterance.id
    tables |= _recordings(utterances)
    tables["text"] = {u.id: u.text for u in utterances if u.text is not None}
    tables["utt2dur"] = {u.id: f"{u.seconds:.6f}" for u in utterances if u.seconds is not None}
    tables["spk2gender"] = {u.speaker: u.labels["gender"] for u in utterances if "gender" in u.labels}
    for factor in sorted({factor for u in utterances for factor in u.labels} - {"gender"}):
        tables[f"utt2{factor}"] = {u.id: u.labels[factor] for u in utterances if factor in u.labels}
    return {name: table for name, table in tables.items() if table}


def _recordings(utterances: list[Utterance]) -> Tables:
    if all(u.start is None for u in utterances):
        return {"wav.scp": {u.id: u.recording for u in utterances}}
    names = {u.id: u.recording_id or Path(u.recording).stem for u in utterances}
    segments = {u.id: f"{names[u.id]} {u.start:.6f} {u.end:.6f}" for u in utterances if u.start is not None}
    assert len(segments) == len(utterances), "either all utterances are segments of recordings or none"
    return {"wav.scp": {names[u.id]: u.recording for u in utterances}, "segments": segments}


def _assert_names(path: Path, utterance: Utterance) -> None:
    for name in (utterance.id, utterance.speaker):
        if not name or any(c.isspace() for c in name):
            raise ValueError(f"{name!r} cannot name an utterance or speaker of {path}. Use a name without blanks.")
    if "\n" in utterance.recording + (utterance.text or ""):
        raise ValueError(f"{utterance.id} has a line break in its text or recording, {path}. Remove it.")


def _table(path: Path, name: str) -> dict[str, Entry]:
    if not path.is_dir():
        raise ValueError(f"no data directory {path}. Make one with `disentangle prepare`.")
    if not (path / name).is_file():
        raise ValueError(f"no {name} in {path}, so it is no data directory. Make one with `disentangle prepare`.")
    table = read_table(path / name)
    if not table:
        raise ValueError(f"{path / name} is empty. {_fix(path)}")
    return table


def _optional(path: Path) -> dict[str, Entry]:
    return read_table(path) if path.is_file() else {}


def _single(file: Path, entry: Entry) -> str:
    if len(entry.fields) != 1:
        raise ValueError(
            f"{file}:{entry.line}: {entry.key} needs one value, has {len(entry.fields)}. {_fix(file.parent)}"
        )
    return entry.value


def _segment(path: Path, name: str, segments: Mapping[str, Entry]) -> tuple[str, float, float]:
    entry = segments.get(name)
    if entry is None:
        raise ValueError(f"{name} is in {path / 'utt2spk'} but not in {path / 'segments'}. {_fix(path)}")
    try:
        recording, start, end = entry.fields
        if 0 <= float(start) < float(end):
            return recording, float(start), float(end)
    except ValueError:
        pass
    raise ValueError(f"{path / 'segments'}:{entry.line}: not UTTERANCE RECORDING START END. {_fix(path)}")


def _recording(path: Path, name: str, recordings: Mapping[str, Entry], utterance: Entry) -> str:
    if name not in recordings or not recordings[name].value:
        where = f"{path / 'utt2spk'}:{utterance.line}"
        raise ValueError(f"{name} has no recording in {path / 'wav.scp'}, {where}. {_fix(path)}")
    return recordings[name].value


def _number(file: Path, entry: Entry) -> float:
    try:
        return float(entry.value)
    except ValueError:
        raise ValueError(f"{file}:{entry.line}: {entry.value!r} is no number of seconds. {_fix(file.parent)}") from None


def _length(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else end - start


def _fix(path: Path) -> str:
    return f"Repair with `disentangle data fix {path}`."
