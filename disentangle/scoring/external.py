"""The audit of features that another model wrote: an archive, and the data directory that says whose they are."""

from collections.abc import Collection, Sequence
from functools import partial
from itertools import chain
from pathlib import Path

from disentangle.corpus import archives, audio
from disentangle.corpus.utterances import DataDirectory, Utterance
from disentangle.evaluation.attacks import Impossible, attacks, beneath
from disentangle.evaluation.known import Known
from disentangle.evaluation.sequences import Features
from disentangle.scoring.audit import labels_of, task_of
from disentangle.scoring.embeddings import CHUNK
from disentangle.scoring.hearing import hear
from disentangle.scoring.labels import LEAST, factor_of, learnable
from disentangle.scoring.model import Floats
from disentangle.scoring.prosody import Values, tracks
from disentangle.scoring.run import Found, run_tasks
from disentangle.scoring.tasks import LeftOut
from disentangle.scoring.workers import Workers

RATE = 16000  # Hz, that recordings are brought to for log-mel, pitch and energy


def audit_archive(
    scp: Path,
    data: DataDirectory,
    workers: Workers,
    names: Collection[str] | None = None,
    sound: bool = True,
    seed: int = 0,
    allow_pipes: bool = False,
) -> Found:
    """Attack the features of an archive as content; attackers learn in folds, since nobody says what was trained on.

    Args:
        scp: archive (scp or npz) with a matrix (frames, dims) or a vector (dims,) of every utterance of ``data``.
        data: who says what in each; its ``utt2FACTOR`` are attacked.
        workers: processes to share the work.
        names: of scores; None: all that the data allow.
        sound: whether the recordings are read, for log-mel beside the features and for pitch and energy.
        seed: of everything random.
        allow_pipes: whether recordings that are shell commands may be run.

    Raises:
        ValueError: no readable archive, or one that lacks an utterance.
    """
    features = {"content": _read(scp, data)}
    values: Values = {}
    if sound and (names is None or any(name.startswith("mel_") for name in names)):
        features["mel"] = _heard(data, workers, allow_pipes)
    if sound and (names is None or any("_r2_" in name for name in names)):
        values = tracks(data.utterances, RATE, workers, allow_pipes)
    labels = labels_of(data.utterances)
    if factor_of(data.utterances) is None:
        labels |= _texts(data.utterances)
    found, tasks = Found(), []
    known = {code: Known(of_code, labels, values) for code, of_code in features.items()}
    planned = [attacks(code, None, of_code, names, seed) for code, of_code in known.items()]
    for item in chain(*planned, beneath(None, known["content"], names, seed)):
        if isinstance(item, Impossible):
            found.left_out.append(LeftOut(item.names, item.why))
        else:
            tasks.append(task_of(item))
    run_tasks(workers, tasks, found)
    return found


def _read(scp: Path, data: DataDirectory) -> Features:
    arrays = archives.read(scp)
    missing = [u.id for u in data.utterances if u.id not in arrays]
    if missing:
        raise ValueError(f"no features of {missing[0]}, {scp}. Name the data directory that they were made of.")
    return [x[None] if x.ndim == 1 else x for x in (arrays[u.id] for u in data.utterances)]


def _heard(data: DataDirectory, workers: Workers, allow_pipes: bool) -> Features:
    chunks = [data.utterances[i : i + CHUNK] for i in range(0, len(data.utterances), CHUNK)]
    calls = [partial(_mels, chunk, allow_pipes) for chunk in chunks]
    return [mel for mels in workers.results(calls) for mel in mels]


def _mels(utterances: Sequence[Utterance], allow_pipes: bool) -> list[Floats]:
    return [hear(audio.load(utterance, RATE, allow_pipes), RATE) for utterance in utterances]


def _texts(utterances: Sequence[Utterance]) -> dict[str, list[str | None]]:
    """Whole texts as labels where enough of them repeat."""
    labelled = learnable("text", [], [u.text for u in utterances]) if len(utterances) >= LEAST else None
    if labelled is None:
        return {}
    known = dict(zip(labelled.test, labelled.test_labels, strict=True))
    return {"text": [known.get(i) for i in range(len(utterances))]}
