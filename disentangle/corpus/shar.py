"""Lhotse's Shar folders, on disk or in a store, as data directories: cuts tell who says what, tars where it lies."""

import gzip
import json
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from disentangle.corpus import stores
from disentangle.corpus.utterances import NOT_FACTORS, DataDirectory, Utterance

CUTS = "cuts.*.jsonl*"
SHARDS = 8  # opened beside one another
#: Under this name a cut of ours keeps lines of the data directory's tables.
KEPT = "kaldi"


@dataclass(frozen=True)
class Member:
    """A file inside a tar: how many bytes from where."""

    offset: int
    size: int


def is_shar(folder: Path) -> bool:
    """Whether a folder is Shar, and no data directory; a folder of a store is taken for Shar."""
    return stores.is_url(folder) or (not (folder / "utt2spk").exists() and bool(stores.names(folder, CUTS)))


def read_shar(folder: Path) -> DataDirectory:
    """The utterances of a Shar folder; each recording is ``TAR:OFFSET+SIZE``, so any of them is read by seeking.

    Args:
        folder: of ``cuts.*.jsonl.gz`` and ``recording.*.tar``, or its URL in a store.

    Raises:
        ValueError: no shards, one without audio, compressed as a whole, or a cut that is no utterance of one speaker.
    """
    shards = stores.names(folder, CUTS)
    if not shards:
        raise ValueError(
            f"no {CUTS} in {stores.url(folder)}, so it is no Shar folder. Name the folder that holds them."
        )
    found: dict[str, Utterance] = {}
    with ThreadPoolExecutor(SHARDS) as pool:
        for spoken in pool.map(partial(_shard, folder), shards):
            for utterance, where in spoken:
                if utterance.id in found:
                    raise ValueError(f"{utterance.id} comes twice, {where}. Make the names unique.")
                found[utterance.id] = utterance
    return DataDirectory(folder, tuple(found[name] for name in sorted(found)))


def _shard(folder: Path, name: str) -> list[tuple[Utterance, str]]:
    """The utterances of one file of cuts, and where each stands."""
    cuts, tar = (stores.beside(folder, file) for file in (name, f"recording.{name.split('.')[1]}.tar"))
    members = _members(tar)
    places = ((cut, f"{cuts}:{number}") for number, cut in enumerate(_lines(cuts), 1))
    return [(_utterance(cut, members, tar, where), where) for cut, where in places]


def _lines(cuts: str) -> Iterator[dict[str, Any]]:
    try:
        with stores.opened(cuts) as stream, gzip.open(stream) if cuts.endswith(".gz") else stream as lines:
            for line in lines:
                yield json.loads(line)
    except (json.JSONDecodeError, gzip.BadGzipFile, EOFError, UnicodeDecodeError) as error:
        raise ValueError(f"not readable as cuts ({error}), {cuts}. Fetch the shard again.") from None


def _members(tar: str) -> dict[str, Member]:
    """The audio files of a shard by their stem; of one on disk headers alone are read."""
    try:
        with stores.opened(tar) as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
            return {m.name.rpartition(".")[0]: Member(m.offset_data, m.size) for m in archive if _is_audio(m.name)}
    except tarfile.TarError as error:
        raise ValueError(
            f"not readable as tar ({error}), {tar}. Fetch it again, and unpack what is compressed."
        ) from None


def _is_audio(name: str) -> bool:
    return not name.endswith((".json", ".nodata", ".nometa"))


def _utterance(cut: dict[str, Any], members: dict[str, Member], tar: str, where: str) -> Utterance:
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
