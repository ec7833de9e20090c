"""Converted speech against the target's own recording of the same sentence: distance in dB, melody."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from disentangle.corpus.utterances import Utterance
from disentangle.evaluation.bootstrap import mean_score
from disentangle.evaluation.conversion import contour_correlation, mcd
from disentangle.pitch import pitch
from disentangle.scoring.converted import Converted
from disentangle.scoring.melody import MELODIES
from disentangle.scoring.tasks import Outcome

DISTANCES = ("conversion_mcd", "source_mcd", "resynthesis_mcd")
MELODY = ("conversion_f0_corr", "source_f0_corr")


def references(made: Converted, test: Sequence[Utterance]) -> dict[int, str]:
    """For each conversion (by number) the target's recording of the same sentence, where there is one."""
    said = {(u.speaker, u.labels["sentence"]): u.id for u in test if "sentence" in u.labels}
    found = {}
    for number, pair in enumerate(made.conversions):
        recording = said.get((pair.target, pair.source.labels.get("sentence", "")))
        if recording:
            found[number] = recording
    return found


def distances(made: Converted, parallel: dict[int, str]) -> Outcome:
    """Mel-cepstral distortion of conversions and of their sources to the target's recording, and of the recording
    to its own resynthesis.
    """
    converted, source = [], []
    for number, recording in parallel.items():
        target = made.real[recording].heard
        converted.append(mcd(made.sounds[number].heard, target))
        source.append(mcd(made.real[made.conversions[number].source.id].heard, target))
    speakers = [made.conversions[number].source.speaker for number in parallel]
    scores = {"conversion_mcd": mean_score(converted, speakers), "source_mcd": mean_score(source, speakers)}
    again = [u for u in made.roles.sources if u.id in made.resynthesis]
    floor = [mcd(made.resynthesis[u.id].heard, made.real[u.id].heard) for u in again]
    scores["resynthesis_mcd"] = mean_score(floor, [u.speaker for u in again])
    return Outcome(scores)


def melody(made: Converted, parallel: dict[int, str]) -> Outcome:
    """Correlation of the pitch of conversions, and of their sources, with that of the target's recording."""
    numbers = list(parallel)[:: max(1, len(parallel) // MELODIES)]
    contours = {}  # a real recording is source and target of several conversions

    def contour(recording: str) -> NDArray[np.float64]:
        if recording not in contours:
            contours[recording] = pitch(made.real[recording].wave, made.rate)
        return contours[recording]

    values: dict[str, list[float]] = {name: [] for name in MELODY}
    for number in numbers:
        recording, source = parallel[number], made.conversions[number].source.id
        target, converted = made.real[recording].wave, made.sounds[number].wave
        pairs = ((converted, pitch(converted, made.rate)), (made.real[source].wave, contour(source)))
        for name, (wave, f0) in zip(MELODY, pairs, strict=True):
            values[name].append(contour_correlation(wave, target, f0, contour(recording), made.rate))
    speakers = [made.conversions[number].source.speaker for number in numbers]
    return Outcome({name: mean_score(x, speakers) for name, x in values.items() if np.isfinite(x).any()})
