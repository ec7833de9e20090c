"""Audio of any rate, width, channel count and container, in and out as one channel of float32."""

import io
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import soundfile
from numpy.typing import NDArray

from disentangle.corpus import stores
from disentangle.corpus.headers import contradiction, missing_bytes
from disentangle.corpus.utterances import Utterance

if TYPE_CHECKING:
    from torchaudio.transforms import Resample

#: Seconds: nothing shorter is speech, and networks need a few frames.
SHORTEST = 0.1
#: Seconds that a segment may reach beyond its recording and be cut, as in Kaldi.
OVERSHOOT = 0.5
#: Peak-to-peak amplitude below which there is only the dither of 16 bits.
SILENCE = 1e-4

_MEMBER = re.compile(r"(.+\.tar):([0-9]+)\+([0-9]+)")
_ARCHIVED = re.compile(r"(.+\.ark):([0-9]+)")
_RUNNING = threading.Lock()

Wave = NDArray[np.float32]


def load(source: Utterance | Path | str, rate: int, allow_pipes: bool = False) -> Wave:
    """Read one utterance, or one whole file.

    Args:
        source: an utterance, a file, or a shell command that ends with ``|`` and prints audio.
        rate: the wanted rate in Hz; other rates are resampled.
        allow_pipes: whether commands may be run; never without the consent of whoever owns the data.

    Returns:
        (samples,) the mean over channels, in [-1, 1] unless the file is louder.

    Raises:
        ValueError: no audio, shorter than 0.1 s, silent, not finite, truncated, or named for another format.
    """
    wave, own_rate = original(source, allow_pipes)
    return resample(wave, own_rate, rate)


def original(source: Utterance | Path | str, allow_pipes: bool = False) -> tuple[Wave, int]:
    """What `load` reads, at its own rate: samples and rate (Hz).

    Raises:
        ValueError: as of `load`.
    """
    if isinstance(source, Utterance):
        recording, start, end = source.recording, source.start, source.end
        name = f"{recording} (utterance {source.id})"
    else:
        recording, start, end = str(source), None, None
        name = recording
    wave, rate = decode(recording, start, end, allow_pipes)
    problem = fault(wave, rate)
    if problem:
        raise ValueError(f"{problem}, {name}. Leave it out, e.g. by `disentangle data fix`.")
    return wave, rate


def is_command(recording: str) -> bool:
    """Whether a recording is a shell command that prints audio."""
    return recording.rstrip().endswith("|")


def decode(
    recording: str, start: float | None = None, end: float | None = None, allow_pipes: bool = False
) -> tuple[Wave, int]:
    """Samples and rate (Hz) of a recording, or of its part between two times in seconds, mixed to one channel.

    Raises:
        ValueError: missing, not audio, truncated, named for another format, or a command without permission.
    """
    is_pipe, is_part = is_command(recording), start is not None
    try:
        with _source(recording, allow_pipes, is_part) as source, soundfile.SoundFile(source) as sound:
            frames, rate = sound.frames, sound.samplerate
            first, last = _bounds(recording, frames, rate, start, end)
            if first:
                sound.seek(first)
            samples = sound.read(last - first, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise ValueError(f"not readable as audio ({error.error_string}), {recording}. Leave it out.") from None
    if len(samples) < last - first and not is_pipe:
        seconds = (last - first) / rate
        raise ValueError(f"truncated: {len(samples) / rate:.2f} of {seconds:.2f} s, {recording}. Fetch it again.")
    return samples[:, 0] if samples.shape[1] == 1 else samples.mean(axis=1, dtype=np.float32), rate


def duration(recording: str, allow_pipes: bool = False) -> tuple[float, int]:
    """Length in seconds and rate in Hz, from the header alone where the recording is a file."""
    if is_command(recording):
        wave, rate = decode(recording, allow_pipes=allow_pipes)
        return len(wave) / rate, rate
    try:
        with _source(recording, allow_pipes, is_part=True) as source:
            info = soundfile.info(source)
    except soundfile.LibsndfileError as error:
        raise ValueError(f"not readable as audio ({error.error_string}), {recording}. Leave it out.") from None
    return info.frames / info.samplerate, info.samplerate


def seconds(utterance: Utterance, allow_pipes: bool = False) -> float:
    """How long an utterance is, by the data directory or by its file."""
    if utterance.seconds is not None:
        return utterance.seconds
    if utterance.start is not None and utterance.end is not None:
        return utterance.end - utterance.start
    return duration(utterance.recording, allow_pipes)[0]


def fault(wave: Wave, rate: int) -> str | None:
    """What makes samples (samples,) useless as speech, or None."""
    if not len(wave):
        return "zero-length audio"
    if len(wave) < SHORTEST * rate:
        return f"only {1000 * len(wave) / rate:.0f} ms of audio where at least {1000 * SHORTEST:.0f} are needed"
    if not np.isfinite(wave).all():
        return "samples that are not finite"
    if np.ptp(wave) < SILENCE:
        return "silent audio"
    return None


def resample(wave: Wave, rate: int, wanted: int) -> Wave:
    """Samples (samples,) at another rate in Hz, by windowed-sinc interpolation whose kernel is kept for the next."""
    if rate == wanted:
        return wave
    import torch

    with torch.inference_mode():
        resampled: Wave = _resampler(rate, wanted)(torch.from_numpy(wave)).numpy()
    return resampled


def save(path: Path, wave: NDArray[np.floating], rate: int) -> None:
    """Write samples (samples,) as 16-bit wav under a temporary name, then rename it; too loud a wave is scaled down."""
    assert wave.ndim == 1 and np.isfinite(wave).all(), "a wave to save is one channel of finite samples"
    peak = float(np.abs(wave).max(initial=0.0))
    pcm = np.round(wave / max(peak, 1.0) * 32767).astype(np.int16)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        soundfile.write(temporary, pcm, rate, format="WAV", subtype="PCM_16")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@lru_cache(maxsize=64)
def _resampler(rate: int, wanted: int) -> "Resample":
    import torchaudio

    return torchaudio.transforms.Resample(rate, wanted)


@contextmanager
def _source(recording: str, allow_pipes: bool, is_part: bool) -> Iterator[str | BinaryIO]:
    """A file's path, or the bytes of what a command prints, of what ``FILE.ark:OFFSET`` names in a Kaldi archive and
    ``FILE.tar:OFFSET+SIZE`` in a tar, or of a file in a store, all at once or the part that is read.
    """
    if is_command(recording):
        yield _run(recording, allow_pipes, is_part)
    elif member := _MEMBER.fullmatch(recording):
        yield _member(recording, member[1], int(member[2]), int(member[3]))
    elif archived := _ARCHIVED.fullmatch(recording):
        yield _in_archive(archived[1], int(archived[2]))
    elif stores.is_url(recording):
        with stores.opened(recording) if is_part else stores.whole(recording) as stream:
            _check(recording, stream)
            yield stream
    else:
        if not Path(recording).is_file():
            raise ValueError(f"no audio file {recording}. Correct the path, or see `disentangle data fix`.")
        with stores.opened(recording) as stream:
            _check(recording, stream)
        yield recording  # read by libsndfile itself, beside the interpreter


def _check(recording: str, stream: BinaryIO) -> None:
    if missing_bytes(stream):
        raise ValueError(f"truncated: its end is missing, {recording}. Fetch it again.")
    if named := contradiction(recording, stream):
        raise ValueError(f"{named}, {recording}. Rename it after what it holds, or replace it.")
    stream.seek(0)


def _in_archive(archive: str, offset: int) -> io.BytesIO:
    with stores.opened(archive) as stream:
        stream.seek(offset)
        head = stream.read(8)
        length = int.from_bytes(head[4:], "little") if head.startswith(b"RIFF") else -1
        return io.BytesIO(head + stream.read(length))


def _member(recording: str, tar: str, offset: int, size: int) -> io.BytesIO:
    content = stores.part(tar, offset, size)
    if len(content) < size:
        raise ValueError(f"truncated: its end is missing, {recording}. Fetch it again.")
    return io.BytesIO(content)


def _run(command: str, allow_pipes: bool, is_part: bool) -> io.BytesIO:
    if not allow_pipes:
        raise ValueError(f"a shell command in place of a file: {command}. Trust it with --allow-pipes.")
    if not is_part:
        return io.BytesIO(_printed(command))
    with _RUNNING:  # threads that want segments of one recording wait for its one run
        return io.BytesIO(_lately_printed(command))


def _printed(command: str) -> bytes:
    done = subprocess.run(command.rstrip()[:-1], shell=True, capture_output=True, check=False)
    if done.returncode:
        raise ValueError(f"exit status {done.returncode} of {command}. Try the command by hand.")
    return done.stdout


#: What the last two commands printed, whose segments are mostly read one after the other.
_lately_printed = lru_cache(maxsize=2)(_printed)


def _bounds(recording: str, frames: int, rate: int, start: float | None, end: float | None) -> tuple[int, int]:
    if start is None or end is None:
        return 0, frames
    if start * rate >= frames or end > frames / rate + OVERSHOOT:
        length = f"{frames / rate:.2f} s long"
        raise ValueError(
            f"a segment from {start} to {end} s outside its recording ({length}), {recording}. Correct it."
        )
    return round(start * rate), min(round(end * rate), frames)
