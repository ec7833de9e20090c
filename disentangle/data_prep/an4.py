"""CMU AN4 (Census): 84 people spell, and speak words and numbers; 1,078 utterances at 16 kHz.

Licence: free for any use, commercial or otherwise (CMU; ``etc/LICENSE``).
Home: https://github.com/cmusphinx/an4
Layout: ``etc/an4_{train,test}.fileids`` and ``.transcription``, and the audio of each line of fileids under ``wav/``
(wav, NIST's sph, or raw samples), or under ``flac/``. Speakers' names begin with f or m.
Official split: 74 training speakers; 10 others are the test set.

Data directories made, with ``text`` and ``spk2gender``:

- ``test``: the 10 test speakers;
- ``judge``: three utterances of each training speaker, for whoever judges independently;
- ``train``: the rest of the training speakers' utterances;
- ``validation/train``, ``judge``, ``test``: the same made of the training speakers alone, every eighth of whom is held
  out, to choose configurations by.
"""

from pathlib import Path

import numpy as np
import soundfile

from disentangle.corpus.audio import duration
from disentangle.corpus.directory import write
from disentangle.corpus.utterances import Utterance
from disentangle.data_prep import not_found

HOME = "https://github.com/cmusphinx/an4"
JUDGED = 3
HELD_OUT = slice(3, None, 8)  # of the sorted training speakers
RATE = 16000

_FOLDERS = ("wav", "flac", "")
_SUFFIXES = (".wav", ".flac", ".sph", ".raw")


def prepare(source: Path, target: Path) -> None:
    """Make the data directories; the audio stays where it is, but raw samples are copied to ``wav`` with a header.

    Args:
        source: the corpus's folder, which holds ``etc``.
        target: where ``train``, ``judge``, ``test`` and ``validation`` are made, and ``wav`` if need be.

    Raises:
        ValueError: the source holds no such lists, or lacks audio or words of a listed utterance.
    """
    training, test = (_utterances(source, target, part) for part in ("train", "test"))
    _parts(training, test, target)
    held_out = set(sorted(_by_speaker(training))[HELD_OUT])
    if held_out:
        known, others = ([u for u in training if (u.speaker in held_out) is out] for out in (False, True))
        _parts(known, others, target / "validation")


def _parts(training: list[Utterance], test: list[Utterance], target: Path) -> None:
    judged = {name for names in _by_speaker(training).values() for name in judge_share(names)}
    write(target / "train", [u for u in training if u.id not in judged])
    write(target / "judge", [u for u in training if u.id in judged])
    write(target / "test", test)


def judge_share(utterances: list[Utterance]) -> list[str]:
    """Names of the utterances of one speaker that train judges: of those sorted by length the 1st, 4th and 7th longest.

    Judges need long utterances, but the system does too.
    """
    longest = sorted(utterances, key=lambda u: (-(u.seconds or 0.0), u.id))
    return [u.id for u in longest[: 3 * JUDGED : 3]]


def _by_speaker(utterances: list[Utterance]) -> dict[str, list[Utterance]]:
    found: dict[str, list[Utterance]] = {}
    for utterance in utterances:
        found.setdefault(utterance.speaker, []).append(utterance)
    return found


def _utterances(source: Path, target: Path, part: str) -> list[Utterance]:
    fileids = source / "etc" / f"an4_{part}.fileids"
    if not fileids.is_file():
        raise not_found("AN4", source, f"etc/{fileids.name} and wav/ (or flac/)", HOME)
    words = _transcription(fileids.with_suffix(".transcription"))
    listed = [line.strip() for line in fileids.read_text(encoding="utf-8").splitlines() if line.strip()]
    audio = {fileid: _audio(source, fileid) for fileid in listed}
    for fileid, file in audio.items():
        if file.suffix == ".raw":
            audio[fileid] = _with_header(file, target / "wav" / f"{fileid}.wav")
    return [_utterance(source, fileid, file, words) for fileid, file in audio.items()]


def _transcription(file: Path) -> dict[str, str]:
    """The words of each utterance; lines are ``<s> WORDS </s> (NAME)`` in one list, ``WORDS (NAME)`` in the other."""
    if not file.is_file():
        raise not_found("AN4", file.parent.parent, f"etc/{file.name}", HOME)
    found = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        words, _, name = line.strip().removesuffix(")").rpartition("(")
        found[name] = words.replace("<s>", " ").replace("</s>", " ").strip()
    return found


def _utterance(source: Path, fileid: str, audio: Path, words: dict[str, str]) -> Utterance:
    _, speaker, name = fileid.split("/")
    prompt, _, session = name.split("-")
    recording = str(audio.absolute())
    if name not in words:
        raise not_found("AN4", source, f"the words of {name} in etc/*.transcription", HOME)
    seconds, _ = duration(recording)
    labels = {"gender": speaker[0]}
    return Utterance(
        f"{speaker}-{prompt}-{session}", speaker, recording, text=words[name], labels=labels, seconds=seconds
    )


def _audio(source: Path, fileid: str) -> Path:
    for folder in _FOLDERS:
        for suffix in _SUFFIXES:
            if (file := source / folder / f"{fileid}{suffix}").is_file():
                return file
    raise not_found("AN4", source, f"wav/{fileid}.wav (or .sph; or flac/{fileid}.flac)", HOME)


def _with_header(raw: Path, wav: Path) -> Path:
    """Copy headerless 16-bit samples to a wav; of the two byte orders published, speech is the one that leaps less."""
    orders = [np.fromfile(raw, order).astype(np.int16) for order in ("<i2", ">i2")]
    wav.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(wav, min(orders, key=lambda samples: float(np.abs(np.diff(samples.astype(float))).sum())), RATE)
    return wav
