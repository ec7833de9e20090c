"""How long a conversion takes: an utterance of a voice is heard, another utterance is converted to it, on one core."""

import time
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from disentangle.corpus import audio
from disentangle.corpus.utterances import Utterance
from disentangle.evaluation.bootstrap import interval
from disentangle.evaluation.score import Score
from disentangle.scoring.material import Material
from disentangle.scoring.model import load
from disentangle.scoring.pairing import evenly
from disentangle.scoring.tasks import LeftOut, Outcome, Task

NAMES = ("conversion_real_time_factor",)
MOST = 30  # utterances that are converted
FIRST = 2  # of them that are converted once more before, when things are still being compiled


def tasks(material: Material, _: Collection[str]) -> Iterator[Task | LeftOut]:
    """The one that there is."""
    spoken = evenly(material.test_data.utterances, MOST)
    call = partial(measure, material.experiment, material.vocoder, spoken, material.allow_pipes)
    yield Task(NAMES, call, 20)


def measure(experiment: Path, vocoder: Path | None, spoken: Sequence[Utterance], allow_pipes: bool) -> Outcome:
    """Each utterance in the voice of the one before, the first in that of the last; reading the files costs nothing."""
    model = load(experiment, vocoder)
    waves = [audio.load(utterance, model.rate, allow_pipes) for utterance in spoken]
    factors = []
    for number in (*range(min(FIRST, len(waves))), *range(len(waves))):
        wave, other = waves[number], waves[number - 1]
        begun = time.perf_counter()
        among = model.matchable([other]) if model.matches else None
        model.convert(wave, model.speaker([other])[0], among=among)
        factors.append((time.perf_counter() - begun) * model.rate / len(wave))
    x = np.array(factors[-len(waves) :])
    return Outcome({NAMES[0]: Score(float(x.mean()), interval(x, [u.speaker for u in spoken]), len(x))})
