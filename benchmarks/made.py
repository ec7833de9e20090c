"""Corpora and lists of any size, made for measuring; what they hold costs no time, how much of it there is does."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import cycle, groupby, islice
from pathlib import Path

import numpy as np
import soundfile

from disentangle.corpus import archives, directory
from disentangle.corpus.utterances import Utterance

RATE = 16000  # Hz


def flacs(folder: Path, speakers: int, each: int, seconds: float = 3.2) -> Path:
    """A data directory of flac files of about so many seconds; AN4's training part is 74 speakers with 13 each."""
    rng, utterances = np.random.default_rng(0), []
    (folder / "flac").mkdir(parents=True)
    for speaker in range(speakers):
        for take in range(each):
            name, length = f"s{speaker:03}-{take:02}", round(RATE * seconds * rng.uniform(0.4, 1.6))
            file = folder / "flac" / f"{name}.flac"
            soundfile.write(file, _murmur(length, 100 + speaker, rng), RATE)
            utterances.append(Utterance(name, f"s{speaker:03}", str(file), text="ONE TWO"))
    directory.write(folder / "train", utterances)
    return folder / "train"


def _murmur(samples: int, pitch: float, rng: np.random.Generator) -> np.ndarray:
    t = np.arange(samples) / RATE
    return np.asarray(0.1 * np.sign(np.sin(2 * np.pi * pitch * t)) * np.sin(9 * t) ** 2 + rng.normal(0, 0.01, samples))


def repeated(data: Path, folder: Path, hours: float) -> Path:
    """The utterances of a data directory again and again under other names until they are so many hours."""
    left, chosen = 3600 * hours, []
    for number, u in enumerate(cycle(directory.read(data).utterances)):
        chosen.append(replace(u, id=f"{u.speaker}-{number:07}", text=None, labels={}, seconds=_seconds(u)))
        left -= _seconds(u)
        if left <= 0:
            break
    directory.write(folder, chosen)
    return folder


def _seconds(utterance: Utterance) -> float:
    return float(soundfile.info(utterance.recording).duration)


def one_recording(data: Path, folder: Path, count: int, seconds: float) -> tuple[list[Utterance], list[Utterance]]:
    """The same pieces of so many seconds as segments of one flac recording, and as flac files."""
    folder.mkdir()
    whole, files, segments = folder / "whole.flac", [], []
    with soundfile.SoundFile(whole, "w", RATE, 1) as recording:
        for number, piece in enumerate(islice(_pieces(data, round(seconds * RATE)), count)):
            file, start = folder / f"{number:05}.flac", number * seconds
            recording.write(piece)
            soundfile.write(file, piece, RATE)
            files.append(Utterance(f"{number:05}", "s", str(file)))
            segments.append(Utterance(f"{number:05}", "s", str(whole), start, start + seconds))
    return segments, files


def _pieces(data: Path, samples: int) -> Iterator[np.ndarray]:
    """The corpus again and again, cut into pieces (samples,)."""
    held = np.zeros(0, np.float32)
    for utterance in cycle(directory.read(data).utterances):
        held = np.concatenate([held, soundfile.read(utterance.recording, dtype="float32")[0]])
        while len(held) >= samples:
            yield held[:samples]
            held = held[samples:]


def tables(folder: Path, count: int) -> Path:
    """A data directory of so many utterances, two hundred of each speaker, as VoxCeleb 2's: commands that decode."""
    folder.mkdir()
    names = [(f"id{n // 200:05}", f"id{n // 200:05}-{n % 200:03}") for n in range(count)]
    for file, lines in (
        ("utt2spk", (f"{name} {speaker}" for speaker, name in names)),
        (
            "spk2utt",
            (f"{s} {' '.join(name for _, name in own)}" for s, own in groupby(names, key=lambda pair: pair[0])),
        ),
        (
            "wav.scp",
            (f"{name} ffmpeg -v 8 -i /voxceleb2/{s}/{name}.m4a -f wav -ar 16000 pipe:1 |" for s, name in names),
        ),
        ("utt2dur", (f"{name} 7.25" for _, name in names)),
        ("text", (f"{name} and so it goes on and on" for _, name in names)),
    ):
        _write(folder / file, lines)
    return folder


def trials(folder: Path, count: int, names: int = 5000, dims: int = 192) -> tuple[Path, Path]:
    """A list of so many trials, a tenth of them targets, and the vectors of its names."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    known = [f"id{n // 10:05}-video{n % 10:06}-00001" for n in range(names)]
    scp = archives.write(folder, "vectors", zip(known, rng.normal(size=(names, dims)).astype(np.float32), strict=True))
    pairs, kinds = rng.integers(names, size=(count, 2)).tolist(), (rng.random(count) < 0.1).tolist()
    word = {True: "target", False: "nontarget"}
    _write(folder / "trials", (f"{known[a]} {known[b]} {word[k]}" for (a, b), k in zip(pairs, kinds, strict=True)))
    return folder / "trials", scp


def _write(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
