"""How well speaker vectors verify: error rate and detection cost over all pairs of test utterances or over a list."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from disentangle.corpus import audio
from disentangle.evaluation.verification import Trials, as_norm, cosine_trials, speaker_eer, speaker_min_dcf
from disentangle.scoring import trials as trial_list
from disentangle.scoring.embeddings import mean_vector
from disentangle.scoring.material import Material
from disentangle.scoring.tasks import LeftOut, Outcome, Task

MAIN = ("speaker_eer", "speaker_mindcf", "speaker_mindcf_05")
NORMED = ("speaker_eer_asnorm", "speaker_eer_2s_asnorm")
NAMES = (*MAIN, "speaker_eer_2s", *NORMED)
LONG = 2.0  # seconds
COHORT = 20  # speakers below which their scores say little about a normal score


def tasks(material: Material, names: Collection[str]) -> Iterator[Task | LeftOut]:
    """Verification of the test speech: those scores that are asked for."""
    pairs = trial_list.read(material.trials, material.test_data.utterances) if material.trials else None
    speech, speakers = material.test, material.test.speakers
    if len(set(speakers)) < 2 or len(set(speakers)) == len(speakers):
        yield LeftOut(NAMES, "verification needs two test speakers, one of them with two utterances")
        return
    trials = cosine_trials(speech.vectors, speakers, pairs)
    yield Task(MAIN, partial(_main, trials, speakers, material.seed), 5)
    is_long = np.array([audio.seconds(u, material.allow_pipes) >= LONG for u in speech.utterances])
    both_long = _between(trials, is_long)
    compared = both_long.is_target.any() and not both_long.is_target.all()
    if compared:
        yield Task(("speaker_eer_2s",), partial(_error, "speaker_eer_2s", both_long, speakers, material.seed), 2)
    else:
        yield LeftOut(("speaker_eer_2s", "speaker_eer_2s_asnorm"), f"too few test utterances last {LONG:g} s")
    if not set(NORMED) & set(names):
        return
    cohort = _cohort(material)
    if len(cohort) < COHORT:
        why = f"a cohort takes {COHORT} training speakers that are not in the test, there are {len(cohort)}"
        yield LeftOut(NORMED if compared else NORMED[:1], why)
        return
    normed = as_norm(trials, speech.vectors, cohort, top=len(cohort) // 2)
    for name, asked in zip(NORMED, (normed, _between(normed, is_long)) if compared else (normed,), strict=False):
        yield Task((name,), partial(_error, name, asked, speakers, material.seed), 2)


def _main(trials: Trials, speakers: Sequence[str], seed: int) -> Outcome:
    return Outcome(
        {
            "speaker_eer": speaker_eer(trials, speakers, seed),
            "speaker_mindcf": speaker_min_dcf(trials, speakers, 0.01, seed),
            "speaker_mindcf_05": speaker_min_dcf(trials, speakers, 0.05, seed),
        }
    )


def _error(name: str, trials: Trials, speakers: Sequence[str], seed: int) -> Outcome:
    return Outcome({name: speaker_eer(trials, speakers, seed)})


def _between(trials: Trials, chosen: NDArray[np.bool_]) -> Trials:
    """Those of two utterances that are both chosen."""
    kept = chosen[trials.first] & chosen[trials.second]
    return replace(
        trials,
        scores=trials.scores[kept],
        is_target=trials.is_target[kept],
        first=trials.first[kept],
        second=trials.second[kept],
    )


def _cohort(material: Material) -> NDArray[np.floating]:
    """The mean vector of each training speaker that is not in the test, (speakers, dims)."""
    others = set(material.train_data.speakers()) - set(material.test.speakers)
    if len(others) < COHORT:
        return np.zeros((len(others), 1))
    train = material.train
    kept = [i for i, name in enumerate(train.speakers) if name in others]
    return speaker_means(train.vectors[kept], [train.speakers[i] for i in kept])


def speaker_means(vectors: NDArray[np.floating], speakers: Sequence[str]) -> NDArray[np.floating]:
    """The mean vector of each speaker, in order of their names, (speakers, dims)."""
    own = {name: [v for v, s in zip(vectors, speakers, strict=True) if s == name] for name in sorted(set(speakers))}
    return np.stack([mean_vector(spoken) for spoken in own.values()])
