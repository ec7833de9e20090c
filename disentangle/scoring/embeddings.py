"""Speaker vectors and content matrices of a data directory, written as archives and read back."""

import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Literal

import numpy as np

from disentangle.corpus import archives
from disentangle.corpus.utterances import DataDirectory, Utterance
from disentangle.progress import progress
from disentangle.scoring.chunks import Chunk, windows
from disentangle.scoring.model import Floats, fingerprint, load
from disentangle.scoring.workers import Workers

WHAT = ("speaker", "content")
Form = Literal["ark", "npz"]
CHUNK = 32  # utterances embedded by one call
Both = tuple[Floats | None, Floats | None]


def embed(
    experiment: Path,
    data: DataDirectory,
    out: Path,
    workers: Workers,
    what: Sequence[str] = WHAT,
    form: Form = "ark",
    allow_pipes: bool = False,
    listed: DataDirectory | None = None,
) -> None:
    """Write ``speaker``, ``spk_speaker`` and ``content`` archives.

    Utterances of like length are embedded together, by the list of them all, so neither the number of processes nor
    what an earlier run left changes a byte.

    Args:
        experiment: folder with a trained model.
        data: whose utterances to embed.
        out: folder for the archives; made if missing.
        workers: processes to share the work.
        what: of "speaker" and "content".
        form: Kaldi's ark and scp, or one npz each.
        allow_pipes: whether recordings that are shell commands may be run.
        listed: ``data`` with those that cannot be used; without them no byte of the others changes, as long as
            tables or headers tell how long they are.

    Raises:
        ValueError: no model, or an utterance that is no speech.
    """
    load(experiment)
    out.mkdir(parents=True, exist_ok=True)
    (out / "source.json").unlink(missing_ok=True)
    chunks = windows((listed or data).utterances, {u.id for u in data.utterances}, CHUNK)
    parts = _parts(out, _source(experiment, data), what, chunks)
    write = archives.write if form == "ark" else archives.write_npz
    vectors: dict[str, Floats] = {}

    def matrices() -> Iterator[tuple[str, Floats]]:
        for utterance, (vector, matrix) in _embedded(experiment, data, chunks, parts, workers, what, allow_pipes):
            if vector is not None:
                vectors[utterance.id] = vector
            if matrix is not None:
                yield utterance.id, matrix

    if "content" in what:
        write(out, "content", matrices())
    else:
        list(matrices())
    if "speaker" in what:
        write(out, "speaker", vectors.items())
        write(out, "spk_speaker", _of_speakers(data, vectors).items())
    (out / "source.json").write_text(json.dumps(_source(experiment, data), indent=1) + "\n", encoding="utf-8")
    shutil.rmtree(parts.parent)


def _parts(out: Path, source: dict[str, str], what: Sequence[str], chunks: Sequence[Sequence[Chunk]]) -> Path:
    """Where chunks are kept until all are there; those of another model or other utterances are thrown away."""
    together = [[[u.id for u in chunk.utterances], sorted(chunk.absent)] for window in chunks for chunk in window]
    name = sha256(json.dumps([source, sorted(what), together]).encode()).hexdigest()[:16]
    for other in out.glob(".parts/*"):
        if other.name != name:
            shutil.rmtree(other)
    parts = out / ".parts" / name
    parts.mkdir(parents=True, exist_ok=True)
    return parts


def _embedded(
    experiment: Path,
    data: DataDirectory,
    chunks: Sequence[Sequence[Chunk]],
    parts: Path,
    workers: Workers,
    what: Sequence[str],
    allow_pipes: bool,
) -> Iterator[tuple[Utterance, Both]]:
    """Every utterance with its vector and matrix, in order; chunks that an earlier run left are not made again."""
    place = {utterance.id: number for number, utterance in enumerate(data.utterances)}
    kept = {chunk: parts / f"{i:06d}" for i, chunk in enumerate(chunk for window in chunks for chunk in window)}
    missing = {chunk: path for chunk, path in kept.items() if not path.exists()}
    made = workers.results([partial(_embed_chunk, experiment, chunk, tuple(what), allow_pipes) for chunk in missing])
    begun, heard = time.monotonic(), 0.0
    with progress(len(data.utterances), f"embed {data.path.name}", "utterance") as bar:
        for window in chunks:
            found: list[tuple[Utterance, Both]] = []
            for chunk in window:
                if chunk in missing:
                    _keep(missing[chunk], next(made))
                    heard += sum(seconds for _, _, seconds in chunk.present)
                found += _kept(kept[chunk], chunk)
                bar.advance(len(chunk.present), {"times real time": heard / max(time.monotonic() - begun, 1e-9)})
            yield from sorted(found, key=lambda pair: place[pair[0].id])


def _keep(path: Path, packed: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(packed)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _kept(path: Path, chunk: Chunk) -> list[tuple[Utterance, Both]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load as unpacked

    try:
        found = unpacked(path.read_bytes())
    except SafetensorError as error:
        raise ValueError(f"a damaged part ({error}), {path}. Remove it and start again.") from None
    return [(utterance, (found.get(f"v{i}"), found.get(f"m{i}"))) for i, utterance, _ in chunk.present]


def _embed_chunk(experiment: Path, chunk: Chunk, what: tuple[str, ...], allow_pipes: bool) -> bytes:
    """The vectors and matrices of a chunk by their number, packed here because processes are many and writers one."""
    from safetensors.numpy import save as packed

    model = load(experiment)
    waves = chunk.waves(model.rate, allow_pipes)
    vectors: Sequence[Floats] = []
    matrices: Sequence[Floats] = []
    if set(what) == set(WHAT):
        both = model.both(waves)
        vectors, matrices = list(both[0]), both[1]
    elif "speaker" in what:
        vectors = list(model.speaker(waves))
    else:
        matrices = model.content(waves)
    arrays = {f"{kind}{i}": x for kind, made in (("v", vectors), ("m", matrices)) for i, x in enumerate(made)}
    return packed({name: np.ascontiguousarray(x, np.float32) for name, x in arrays.items()})


def mean_vector(vectors: Sequence[Floats]) -> Floats:
    """The mean of vectors (dims,), of unit length again."""
    mean = np.mean(np.asarray(vectors, np.float64), axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)


def _of_speakers(data: DataDirectory, vectors: dict[str, Floats]) -> dict[str, Floats]:
    return {name: mean_vector([vectors[u.id] for u in spoken]) for name, spoken in data.speakers().items()}


def _source(experiment: Path, data: DataDirectory) -> dict[str, str]:
    """What archives were made of: if any of it changes they are made anew."""
    return {"model": fingerprint(experiment), "data": data_hash(data)}


def data_hash(data: DataDirectory) -> str:
    """A hash of which utterances of which recordings a data directory holds."""
    spoken = [f"{u.id} {u.speaker} {u.recording} {u.start} {u.end}" for u in data.utterances]
    return sha256("\n".join(spoken).encode()).hexdigest()


def is_current(experiment: Path, data: DataDirectory, folder: Path) -> bool:
    """Whether the folder holds archives of this very model and these very utterances."""
    source = folder / "source.json"
    names = ("speaker.scp", "spk_speaker.scp", "content.scp")
    if not source.is_file() or not all((folder / name).is_file() for name in names):
        return False
    try:
        return bool(json.loads(source.read_text(encoding="utf-8")) == _source(experiment, data))
    except json.JSONDecodeError:
        return False


def vectors_and_content(folder: Path, data: DataDirectory) -> tuple[Floats, list[Floats]]:
    """What was written: vectors (utterances, dims), and a matrix (frames, dims) of each utterance.

    Raises:
        ValueError: an archive lacks an utterance.
    """
    speaker, content = archives.read(folder / "speaker.scp"), archives.read(folder / "content.scp")
    missing = [u.id for u in data.utterances if u.id not in speaker or u.id not in content]
    if missing:
        raise ValueError(f"no embedding of {missing[0]}, {folder}. Make them again with `disentangle embed`.")
    return np.stack([speaker[u.id] for u in data.utterances]), [content[u.id] for u in data.utterances]
