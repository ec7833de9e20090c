"""Lhotse's Shar folders as data directories: cuts tell who says what, and where in the tar files the audio lies."""

import gzip
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from disentangle.corpus.directory import NOT_FACTORS, DataDirectory, Utterance

CUTS = "cuts.*.jsonl*"
#: Under this name a cut of ours keeps lines of the data directory's tables.
KEPT = "kaldi"


@dataclass(frozen=True)
class Member:
    """A file inside a tar: how many bytes from where."""

    offset: int
    size: int


def is_shar(folder: Path) -> bool:
    """Whether a folder is Shar, and no data directory."""
    return not (folder / "utt2spk").exists() and any(folder.glob(CUTS))


def read_shar(folder: Path) -> DataDirectory:
    """The utterances of a Shar folder; each recording is ``TAR:OFFSET+SIZE``, so any of them is read by seeking.

    Args:
        folder: of ``cuts.*.jsonl.gz`` and ``recording.*.tar``.

    Raises:
        ValueError: a shard without audio, compressed as a whole, or a cut that is no utterance of one speaker.
    """
    found: dict[str, Utterance] = {}
    for cuts in sorted(folder.glob(CUTS)):
        tar = folder / f"recording.{cuts.name.split('.')[1]}.tar"
        members = _members(tar)
        for number, cut in enumerate(_lines(cuts), 1):
            utterance = _utterance(cut, members, tar, f"{cuts}:{number}")
            if utterance.id in found:
                raise ValueError(f"{utterance.id} comes twice, {cuts}:{number}. Make the names unique.")
            found[utterance.id] = utterance
    return DataDirectory(folder, tuple(found[name] for name in sorted(found)))


def _lines(cuts: Path) -> Iterator[dict[str, Any]]:
    try:
        with gzip.open(cuts) if cuts.suffix == ".gz" else cuts.open("rb") as lines:
            for line in lines:
                yield json.loads(line)
    except (json.JSONDecodeError, gzip.BadGzipFile, EOFError, UnicodeDecodeError) as error:
        raise ValueError(f"not readable as cuts ({error}), {cuts}. Fetch the shard again.") from None


def _members(tar: Path) -> dict[str, Member]:
    """The audio files of a shard by their stem; headers alone are read."""
    try:
        with tarfile.open(tar, "r:") as archive:
            return {m.name.rpartition(".")[0]: Member(m.offset_data, m.size) for m in archive if _is_audio(m.name)}
    except FileNotFoundError:
        raise ValueError(f"no {tar.name} beside its cuts, {tar.parent}. Fetch the shard again.") from None
    except tarfile.TarError as error:
        raise ValueError(
            f"not readable as tar ({error}), {tar}. Fetch it again, and unpack what is compressed."
        ) from None


def _is_audio(name: str) -> bool:
    return not name.endswith((".json", ".nodata", ".nometa"))


def _utterance(cut: dict[str, Any], members: dict[str, Member], tar: Path, where: str) -> Utterance:
    spoken = cut.get("supervisions", [])
    if len(spoken) != 1 or not spoken[0].get("speaker"):
        raise ValueError(
            f"cut {cut.get('id')} is not one utterance of one speaker, {where}. Trim cuts to supervisions."
        )
    if cut["id"] not in members:
        raise ValueError(f"no audio of cut {cut['id']} in {tar}, {where}. Fetch the shard again.")
    member, said = members[cut["id"]], spoken[0]
    tables = (said.get("custom") or {}).get(KEPT, {})
    factors = [name for name in tables if name.startswith("utt2") and name not in NOT_FACTORS]
    labels = {name.removeprefix("utt2"): str(tables[name]) for name in factors}
    gender = (said.get("gender") or "").lower()[:1]
    return Utterance(
        said["id"],
        said["speaker"],
        f"{tar}:{member.offset}+{member.size}",
        text=said.get("text"),
        labels=labels | ({"gender": gender} if gender in ("f", "m") else {}),
        seconds=float(cut["duration"]),
    )
