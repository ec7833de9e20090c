"""Data directories as Lhotse's manifests and Shar archives, and back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from disentangle.corpus import audio, carrying, stores
from disentangle.corpus.directory import read, tables_of
from disentangle.corpus.parts import tables_in
from disentangle.corpus.rules import UTTERANCE, rule_of
from disentangle.corpus.tables import Tables, write_tables
from disentangle.corpus.utterances import DataDirectory, Utterance

if TYPE_CHECKING:
    from lhotse import Recording, RecordingSet, SupervisionSegment, SupervisionSet

#: Under this name a supervision keeps the lines of the tables that it came from, to give them back as they were.
KEPT = "kaldi"
#: Seconds by which a kept line may differ from the supervision's times and still be theirs.
TOLERANCE = 1e-3
#: Tables that a supervision's own fields tell.
OWN = ("utt2spk", "text")
SHARD = 1000  # cuts


def lhotse_needed() -> None:
    """Raises ValueError where Lhotse is not installed."""
    from importlib.util import find_spec

    if find_spec("lhotse") is None:
        raise ValueError("no lhotse, which reads and writes manifests. Install it: pip install 'disentangle[lhotse]'.")


def to_lhotse(source: Path, out: Path, allow_pipes: bool = False) -> int:
    """Write ``recordings.jsonl.gz`` and ``supervisions.jsonl.gz`` of a data directory; returns how many utterances.

    Raises:
        ValueError: no data directory, audio that cannot be read, or a command without permission.
    """
    recordings, supervisions = _manifests(source, allow_pipes)
    out.mkdir(parents=True, exist_ok=True)
    recordings.to_file(out / "recordings.jsonl.gz")
    supervisions.to_file(out / "supervisions.jsonl.gz")
    return len(supervisions)


def to_shar(source: Path, out: Path, allow_pipes: bool = False) -> int:
    """Write a data directory as Shar: flac in tar files of a thousand utterances; returns how many utterances.

    Args:
        source: the data directory.
        out: a folder, or its URL in a store, where there must be no Shar yet.
        allow_pipes: whether commands may be run.

    Raises:
        ValueError: as of `to_lhotse`, or a store that does not take it.
    """
    if stores.is_url(out):
        carrying.check_free(out)
        with TemporaryDirectory() as folder:
            count = to_shar(source, Path(folder), allow_pipes)
            carrying.send(Path(folder), out)
        return count
    from lhotse import CutSet

    recordings, supervisions = _manifests(source, allow_pipes)
    cuts = CutSet.from_manifests(recordings, supervisions).trim_to_supervisions(keep_overlapping=False)
    named = CutSet.from_cuts(cut.with_id(cut.supervisions[0].id) for cut in cuts)
    out.mkdir(parents=True, exist_ok=True)
    named.to_shar(out, fields={"recording": "flac"}, shard_size=SHARD)
    return len(supervisions)


def from_lhotse(source: Path, out: Path) -> dict[str, int]:
    """Write a data directory of each pair of manifests in a folder, of ``*recordings*`` and ``*supervisions*``.

    A single pair becomes ``out`` itself, others ``out/PART`` after what their names differ in.

    Returns:
        How many utterances each has, by its name.

    Raises:
        ValueError: no pair, or a supervision that is no utterance of one speaker in one file.
    """
    lhotse_needed()
    from lhotse import load_manifest

    pairs = {file: file.with_name(file.name.replace("recordings", "supervisions")) for file in _recordings(source)}
    if not pairs or not all(file.is_file() for file in pairs.values()):
        raise ValueError(f"no *recordings*.jsonl.gz with its *supervisions*.jsonl.gz in {source}. Name their folder.")
    made = {}
    for first, second in pairs.items():
        folder = out if len(pairs) == 1 else out / (first.name.partition("recordings")[2].strip("_.").partition(".")[0])
        made[str(folder)] = write_manifests(folder, load_manifest(first), load_manifest(second))
    return made


def _recordings(source: Path) -> list[Path]:
    return sorted(file for file in source.glob("*recordings*.jsonl*") if file.is_file())


def from_shar(source: Path, out: Path, sound: Path) -> int:
    """Write a data directory of Shar, on disk or by URL, its audio as wav files; returns how many utterances.

    Raises:
        ValueError: no archives, or a cut that is no utterance of one speaker.
    """
    lhotse_needed()
    from lhotse import CutSet

    found, kept = [], {}
    for cut in (cut for folder in carrying.fetched(source) for cut in CutSet.from_shar(in_dir=folder)):
        if len(cut.supervisions) != 1:
            raise ValueError(
                f"cut {cut.id} has {len(cut.supervisions)} supervisions, {stores.url(source)}. Trim cuts to one each."
            )
        file = sound / f"{cut.supervisions[0].id}.wav"
        audio.save(file, cut.load_audio().mean(axis=0), cut.sampling_rate)
        utterance = _utterance(cut.supervisions[0], str(file.absolute()))
        found.append(replace(utterance, start=None, end=None, recording_id=None, seconds=float(cut.duration)))
        kept[utterance.id] = _kept(cut.supervisions[0])
    _write(out, found, kept, ("segments",))
    return len(found)


def write_manifests(folder: Path, recordings: "RecordingSet", supervisions: "SupervisionSet") -> int:
    """Write a data directory of a recording and a supervision manifest; returns how many utterances.

    Raises:
        ValueError: a supervision without speaker, or of a recording that is no single file or command.
    """
    known = {recording.id: recording for recording in recordings}
    found, kept, whole = [], {}, True
    for supervision in supervisions:
        if supervision.recording_id not in known:
            raise ValueError(f"{supervision.id} has no recording {supervision.recording_id}, {folder}. Complete it.")
        recording = known[supervision.recording_id]
        found.append(_utterance(supervision, _place(recording)))
        kept[supervision.id] = _kept(supervision)
        is_all = supervision.start == 0 and abs(supervision.duration - recording.duration) < TOLERANCE
        whole &= is_all and supervision.id == recording.id and "segments" not in kept[supervision.id]
    if whole:
        found = [replace(u, start=None, end=None, recording_id=None) for u in found]
    _write(folder, found, kept)
    return len(found)


def _manifests(source: Path, allow_pipes: bool) -> tuple["RecordingSet", "SupervisionSet"]:
    lhotse_needed()
    from lhotse import RecordingSet, SupervisionSet

    directory, tables = read(source), tables_in(source)
    places = {u.recording_id or u.id: u.recording for u in directory.utterances}
    recordings = {name: _recording(name, place, allow_pipes) for name, place in sorted(places.items())}
    supervisions = list(_supervisions(directory, tables, recordings))
    return RecordingSet.from_recordings(recordings.values()), SupervisionSet.from_segments(supervisions)


def _recording(name: str, place: str, allow_pipes: bool) -> "Recording":
    from lhotse import AudioSource, Recording

    seconds, rate = audio.duration(place, allow_pipes)
    is_pipe, is_url = audio.is_command(place), stores.is_url(place)
    if not is_pipe and not is_url and not Path(place).is_file():
        raise ValueError(f"audio inside an archive, {place}. Lhotse cannot name it: copy it to a file.")
    kind = "command" if is_pipe else "url" if is_url else "file"
    held = AudioSource(kind, [0], place.rstrip()[:-1].rstrip() if is_pipe else place)
    return Recording(name, [held], rate, round(seconds * rate), seconds)


def _supervisions(
    directory: DataDirectory, tables: Tables, recordings: Mapping[str, "Recording"]
) -> Iterator["SupervisionSegment"]:
    from lhotse import SupervisionSegment

    about = [name for name in tables if rule_of(name).about == UTTERANCE and name not in (*OWN, "wav.scp")]
    for utterance in directory.utterances:
        recording = utterance.recording_id or utterance.id
        start, end = utterance.start or 0.0, utterance.end or recordings[recording].duration
        yield SupervisionSegment(
            id=utterance.id,
            recording_id=recording,
            start=start,
            duration=round(min(end, recordings[recording].duration) - start, 8),
            text=utterance.text,
            speaker=utterance.speaker,
            gender=utterance.labels.get("gender"),
            custom={KEPT: {name: tables[name][utterance.id] for name in about if utterance.id in tables[name]}},
        )


def _place(recording: "Recording") -> str:
    sources = recording.sources
    if len(sources) != 1 or sources[0].type not in ("file", "command", "url") or recording.transforms:
        raise ValueError(f"recording {recording.id} is not one plain file or command. Write its audio to a file first.")
    return f"{sources[0].source} |" if sources[0].type == "command" else str(sources[0].source)


def _utterance(supervision: "SupervisionSegment", place: str) -> Utterance:
    if not supervision.speaker:
        raise ValueError(f"supervision {supervision.id} has no speaker. Name one, or leave it out.")
    start, end = float(supervision.start), float(supervision.end)
    gender = (supervision.gender or "").lower()[:1]
    return Utterance(
        supervision.id,
        supervision.speaker,
        place,
        start,
        end,
        text=supervision.text,
        labels={"gender": gender} if gender in ("f", "m") else {},
        seconds=end - start,
        recording_id=supervision.recording_id,
    )


def _kept(supervision: "SupervisionSegment") -> dict[str, str]:
    """The lines that the supervision came with, as far as they still agree with its times."""
    lines = dict((supervision.custom or {}).get(KEPT, {}))
    times = {"segments": (supervision.start, supervision.end), "utt2dur": (supervision.duration,)}
    for name, expected in times.items():
        numbers = [float(field) for field in lines.get(name, "").split()[-len(expected) :]]
        if any(
            abs(a - b) > TOLERANCE + audio.OVERSHOOT * (name == "segments")
            for a, b in zip(numbers, expected, strict=False)
        ):
            del lines[name]
    return lines


def _write(
    folder: Path, found: Sequence[Utterance], kept: Mapping[str, Mapping[str, str]], without: Sequence[str] = ()
) -> None:
    """Write the tables of utterances, with the lines they were kept with in place of those made of their numbers."""
    if not all("gender" in u.labels for u in found):
        found = [replace(u, labels={}) for u in found]
    tables = tables_of(folder, sorted(_sortable(found), key=lambda u: u.id))
    came = any(kept.values())
    if came:
        tables.pop("utt2dur", None)
    for name in sorted({name for lines in kept.values() for name in lines} - set(without)):
        table = tables.setdefault(name, {})
        table |= {key: lines[name] for key, lines in kept.items() if name in lines}
    write_tables(folder, tables)


def _sortable(found: Sequence[Utterance]) -> list[Utterance]:
    """The utterances, their names after their speakers' where they would sort otherwise than these do."""
    by_name = [u.speaker for u in sorted(found, key=lambda u: u.id)]
    if by_name == sorted(by_name):
        return list(found)
    return [replace(u, id=f"{u.speaker}-{u.id}") for u in found]
