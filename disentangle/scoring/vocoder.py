"""How near a vocoder's sound comes to the recordings whose log-mels it is given, and how near Griffin-Lim's does."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import torch

from disentangle.corpus import audio
from disentangle.corpus.utterances import DataDirectory, Utterance
from disentangle.evaluation.bootstrap import interval
from disentangle.evaluation.resynthesis import SHORTEST, stft_error, stoi
from disentangle.evaluation.score import Score
from disentangle.nearest import did_you_mean
from disentangle.progress import progress
from disentangle.scoring.model import Floats
from disentangle.scoring.run import Found
from disentangle.scoring.tasks import LeftOut
from disentangle.scoring.workers import Workers
from disentangle.speech.vocoder import Vocoder
from disentangle.speech.vocoder import load as load_vocoder

ERRORS = ("vocoder_mel_error", "griffinlim_mel_error", "vocoder_stft_error", "griffinlim_stft_error")
HEARD = ("stoi", "griffinlim_stoi", "real_stoi")
TIMES = ("real_time_factor", "griffinlim_real_time_factor")
NAMES = (*ERRORS, *HEARD, *TIMES)

Maker = Callable[[Floats, int], Floats]


@dataclass(frozen=True)
class Measured:
    """What was measured of one speaker.

    Args:
        speaker: whose recordings these are.
        values: by name, one of each recording, of STOI one of each stretch.
    """

    speaker: str
    values: dict[str, list[float]]


def score(
    experiment: Path, data: DataDirectory, workers: Workers, only: Sequence[str] = (), allow_pipes: bool = False
) -> Found:
    """Measure a vocoder on every utterance of a data directory.

    Args:
        experiment: folder with a trained vocoder.
        data: recordings.
        workers: processes to share the work.
        only: names of scores; empty: all.
        allow_pipes: run the commands that stand in wav.scp.

    Raises:
        ValueError: no vocoder, an unknown name, audio that cannot be used.
    """
    for name in only:
        if name not in NAMES:
            raise ValueError(f"no score '{name}' of a vocoder, --only. {did_you_mean(name, NAMES)}")
    load_vocoder(experiment)
    speakers = data.speakers()
    calls = [partial(measure, experiment, name, tuple(spoken), allow_pipes) for name, spoken in speakers.items()]
    with progress(len(calls), "measure", "speaker") as bar:
        measured = list(workers.results(calls, lambda _: bar.advance()))
    found = Found()
    for name in only or NAMES:
        values = [(value, one.speaker) for one in measured for value in one.values[name]]
        if values:
            x = np.array([value for value, _ in values])
            found.scores[name] = Score(float(x.mean()), interval(x, [who for _, who in values]), len(x))
        else:
            found.left_out.append(LeftOut((name,), f"no speaker has {SHORTEST:g} s of recordings"))
    return found


def measure(experiment: Path, speaker: str, utterances: Sequence[Utterance], allow_pipes: bool) -> Measured:
    """Every recording of a speaker made anew from its log-mel, by the vocoder and by Griffin-Lim."""
    vocoder = _loaded(experiment)
    real = [audio.load(utterance, vocoder.rate, allow_pipes) for utterance in utterances]
    values: dict[str, list[float]] = {name: [] for name in NAMES}
    values["real_stoi"] = [stoi(x, x, vocoder.rate) for x, _ in stretches(real, real, vocoder.rate)]
    makers: dict[str, Maker] = {"vocoder": vocoder.wave, "griffinlim": partial(_griffin_lim, vocoder)}
    for row, make in makers.items():
        made = []
        for wave in real:
            mel = vocoder.log_mel(wave)
            begun = time.perf_counter()
            made.append(make(mel, len(wave)))
            elapsed = time.perf_counter() - begun
            values[_of(row, "real_time_factor")].append(elapsed * vocoder.rate / len(wave))
            values[f"{row}_mel_error"].append(float(np.abs(vocoder.log_mel(made[-1]) - mel).mean()))
            values[f"{row}_stft_error"].append(stft_error(made[-1], wave, vocoder.rate))
        for y, x in stretches(made, real, vocoder.rate):
            values[_of(row, "stoi")].append(stoi(y, x, vocoder.rate))
    return Measured(speaker, values)


def stretches(made: Sequence[Floats], real: Sequence[Floats], rate: int) -> Iterator[tuple[Floats, Floats]]:
    """Recordings joined until each stretch is long enough for STOI; what is left at the end is left out."""
    first, samples = 0, 0
    for number, wave in enumerate(real, 1):
        samples += len(wave)
        if samples >= SHORTEST * rate:
            yield np.concatenate(made[first:number]), np.concatenate(real[first:number])
            first, samples = number, 0


def _of(row: str, name: str) -> str:
    return name if row == "vocoder" else f"{row}_{name}"


def _griffin_lim(vocoder: Vocoder, mel: Floats, samples: int) -> Floats:
    wave: Floats = vocoder.front_end.griffin_lim(torch.from_numpy(mel), samples).numpy()
    return wave


@lru_cache(maxsize=1)
def _loaded(experiment: Path) -> Vocoder:
    return load_vocoder(experiment)
