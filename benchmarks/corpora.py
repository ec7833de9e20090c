"""`python -m benchmarks.corpora`: corpora of any size, by the wall clock on all cores; writes CORPORA.json.

Loading against a plain loop, how long training waits for data, two processes against one, memory over time, segments of
one long recording, a million utterances validated, ten million trials verified.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import torch
from torch import nn

from benchmarks import made, processes, results
from benchmarks.clock import Figure, figure
from benchmarks.speech import by_engine
from disentangle import builders, config
from disentangle.adversarial.export import export
from disentangle.corpus import audio, directory
from disentangle.speech.ahead import Ahead
from disentangle.speech.batches import SpeechSource, Unread
from disentangle.speech.model import SpeechModel
from disentangle.speech.options import SpeechConfig

TITLES = {
    "loading_over_loop": "flac read and heard by 2 threads, times a plain loop",
    "waiting_share": "training: share of its time waiting for data",
    "two_processes_over_one": "embed --nj 2, times --nj 1",
    "embedding": "embed --nj 2, times real time",
    "memory_growth": "embed: memory above its least, from minute 1 to the end",
    "segments_over_files": "segments of one long flac, times the same as files",
    "validate": "data validate, a million utterances",
    "validate_memory": "data validate, its memory",
    "verify": "verify, ten million trials",
    "verify_memory": "verify, its memory",
}
PLAIN = ("augmentation.speeds=[1.0]", "augmentation.warp=0", "augmentation.noise=0", "augmentation.mask=0")
SMALL = tuple(f"{part}.channels=8" for part in ("model.content", "model.speaker", "model.decoder", "critic"))


@dataclass(frozen=True)
class Size:
    """How much of everything: that of the promises, or so little that a test runs it."""

    batches: int = 60
    rounds: int = 30
    hours: float = 7.0
    segments: int = 2000
    seconds: float = 5.4
    utterances: int = 1_000_000
    trials: int = 10_000_000
    options: tuple[str, ...] = ()


QUICK = Size(2, 2, 0.01, 4, 0.5, 400, 200, (*SMALL, "batch.speakers=2"))


def main(words: Sequence[str] | None = None) -> None:
    """Run all, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpora", description=__doc__)
    parser.add_argument("--data", type=Path, metavar="DIR", help="AN4's train, as flac (default: made, of its size)")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("CORPORA.json"), metavar="FILE")
    parser.add_argument("--quick", action="store_true", help="little of everything: only to see that it runs")
    arguments = parser.parse_args(words)
    torch.set_num_threads(1)
    size = QUICK if arguments.quick else Size()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = arguments.data or made.flacs(folder / "made", *((4, 3) if arguments.quick else (74, 13)))
        figures = measure(data, folder, size)
    said = str(arguments.data or "generated recordings")
    results.save(arguments.out, figures, said, "wall clock, all cores", "benchmarks.corpora")
    results.show(figures, said, TITLES)


def measure(data: Path, folder: Path, size: Size) -> dict[str, Figure]:
    """All figures; what is written goes below the folder."""
    figures = loading(data, size) | waiting(data, size) | segments(data, folder / "segments", size)
    return figures | embedding(data, folder, size) | commands(folder, size)


def configured(data: Path, *words: str) -> SpeechConfig:
    """AN4's configuration on a data directory that is read batch by batch."""
    stretches = ("batch.held=0", "batch.total=null", "batch.seconds=2.4")
    chosen = (*stretches, "training.precision=float32", *words, f"train={data}")
    return config.read(config.find("an4/default"), SpeechConfig, list(chosen))


def loading(data: Path, size: Size) -> dict[str, Figure]:
    """The same batches of log-mels by our readers and by a loop that anybody would write, in turn."""
    chosen = configured(data, *PLAIN, *size.options)
    model, _, source = builders.speech(chosen, directory.read(data))
    ratios = []
    for part in range(3):
        steps = range(part * size.batches, (part + 1) * size.batches)
        ours, ahead = 0.0, Ahead(source, chosen.batch.readers)
        loop = _timed(lambda steps=steps: [_by_hand(model, source, step) for step in steps])  # type: ignore[misc]
        ours = _timed(lambda ahead=ahead, steps=steps: [ahead.batch(s, 0, 0, 1) for s in steps])  # type: ignore[misc]
        ratios.append(loop / ours)
    return {"loading_over_loop": figure(np.array(ratios), "x", least=1.5)}


def _by_hand(model: SpeechModel, source: SpeechSource, step: int) -> torch.Tensor:
    mels = []
    for index in source.sampler.indices(step):
        recording = source.recordings[index]
        assert isinstance(recording, Unread), "read batch by batch"
        wave, _ = soundfile.read(recording.sound.utterance.recording, dtype="float32")
        mels.append(model.standardised(wave))
    return nn.utils.rnn.pad_sequence(mels, batch_first=True)


def _timed(run: Callable[[], object]) -> float:
    begun = time.monotonic()
    run()
    return time.monotonic() - begun


def waiting(data: Path, size: Size) -> dict[str, Figure]:
    """Rounds of training as `train` plays them, and how much of each passes before its batches are there."""
    chosen = configured(data, *size.options)
    _, game, plain = builders.speech(chosen, directory.read(data))
    source, play, shares = Ahead(plain, chosen.batch.readers), by_engine(chosen, game), []
    for step in range(size.rounds + 3):
        begun = time.monotonic()
        batches = [source.batch(step, draw, 0, 1) for draw in range(1 + game.voices)]
        there = time.monotonic()
        play(batches)
        shares.append(100 * (there - begun) / (time.monotonic() - begun))
    return {"waiting_share": figure(np.array(shares[3:]), "%", bound=5.0)}


def segments(data: Path, folder: Path, size: Size) -> dict[str, Figure]:
    """Every segment of one long recording, and the same pieces as files, read in turn."""
    cut, files = made.one_recording(data, folder, size.segments, size.seconds)
    for utterances in (cut, files):  # from memory, not from the disk
        audio.load(utterances[0], made.RATE)
    ratios = []
    for _ in range(3):
        seconds = [_timed(lambda u=u: [audio.load(x, made.RATE) for x in u]) for u in (cut, files)]  # type: ignore[misc]
        ratios.append(seconds[0] / seconds[1])
    return {"segments_over_files": figure(np.array(ratios), "x", bound=1.3)}


def embedding(data: Path, folder: Path, size: Size) -> dict[str, Figure]:
    """`embed` by one process and by two, whose bytes must be the same."""
    chosen = configured(data, *size.options)
    torch.manual_seed(0)
    (folder / "exp").mkdir()
    config.write(chosen, folder / "exp" / "config.yaml")
    export(folder / "exp" / "model", SpeechModel(chosen.model).state_dict(), config.text(chosen), "untrained")
    many, ran = made.repeated(data, folder / "many", size.hours), {}
    for count in (1, 2):
        ran[count] = processes.run(["embed", folder / "exp", many, folder / f"by{count}", "--nj", str(count)])
    for name in ("speaker.ark", "content.ark", "spk_speaker.ark"):
        assert (folder / "by1" / name).read_bytes() == (folder / "by2" / name).read_bytes(), name
    one, two = ran[1], ran[2]
    return {
        "two_processes_over_one": figure(np.array([one.seconds / two.seconds]), "x", least=1.6),
        "embedding": figure(np.array([3600 * size.hours / two.seconds]), "x"),
        "memory_growth": figure(np.array([max(one.growth, two.growth)]), "%", bound=10.0),
    }


def commands(folder: Path, size: Size) -> dict[str, Figure]:
    """A data directory validated and a list of trials verified."""
    checked = processes.run(["data", "validate", made.tables(folder / "tables", size.utterances)])
    listed, vectors = made.trials(folder / "trials", size.trials)
    verified = processes.run(["verify", listed, vectors, folder / "verified"])
    return {
        "validate": figure(np.array([checked.seconds]), "s", bound=20.0),
        "validate_memory": figure(np.array([checked.peak]), "GB", bound=2.0),
        "verify": figure(np.array([verified.seconds]), "s", bound=10.0),
        "verify_memory": figure(np.array([verified.peak]), "GB", bound=2.0),
    }


if __name__ == "__main__":
    main()
