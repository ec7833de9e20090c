"""Verification of any vectors by any list of trials: compared, normalised, calibrated, judged."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from disentangle.evaluation.backends import PLDA, Compare, Floats, moments, normalised
from disentangle.evaluation.calibration import Calibration, best_cllr, calibrate, cllr, dcf
from disentangle.evaluation.score import Score
from disentangle.evaluation.verification import Curve, Ranked, cost, crossing
from disentangle.progress import progress
from disentangle.scoring.trial_lists import TrialList, score_list, vectors_of

Archive = Mapping[str, ArrayLike]
LINES = 500_000  # spelled by a thread before they are written
ROWS = 10_000  # spelled at once


@dataclass(frozen=True)
class Backend:
    """How trials are scored.

    Args:
        compare: all pairs of two sets of vectors.
        cohort: (speakers, dims) vectors of others, for adaptive s-norm; None: scores stay as they are.
        top: closest ones of the cohort that count.
    """

    compare: Compare
    cohort: Floats | None = None
    top: int = 300

    def scores(self, trials: TrialList, enrolled: Archive, tested: Archive, where: tuple[Path, Path]) -> Floats:
        """The score of every trial, (trials,).

        Args:
            trials: what is compared.
            enrolled, tested: vectors by name.
            where: what to call the two in an error.

        Raises:
            ValueError: a name without a vector.
        """
        one, other = vectors_of(trials.enrolled, enrolled, where[0]), vectors_of(trials.tested, tested, where[1])
        with progress(len(trials.first), "score", "trial") as bar:
            found = score_list(trials, one, other, self.compare, bar.advance)
        if self.cohort is None:
            return found
        both = (moments(x, self.cohort, self.compare, self.top) for x in (one, other))
        return normalised(found, trials.first, trials.second, *both)


def plda(archive: Archive, speakers: Mapping[str, str], where: Path, rank: int | None = None) -> PLDA:
    """PLDA learned from an archive's vectors whose speakers are known.

    Raises:
        ValueError: an utterance without a vector, or too few speakers.
    """
    names = sorted(speakers)
    vectors = vectors_of(names, archive, where)
    try:
        return PLDA(vectors, [speakers[name] for name in names], rank)
    except ValueError as error:
        raise ValueError(f"{error}, {where}. Learn from more speech, or use cosine.") from None


def calibration(trials: TrialList, scores: Floats) -> Calibration:
    """What makes the scores of a list that tells the truth log-likelihood ratios."""
    assert trials.is_target is not None, "a list that tells"
    return calibrate(scores[trials.is_target], scores[~trials.is_target])


def judge(trials: TrialList, scores: Floats, calibrated: bool) -> tuple[dict[str, Score], Curve]:
    """What scores are worth, and their curve of errors; those that need likelihood ratios only if there are any."""
    assert trials.is_target is not None, "a list that tells"
    ranked = Ranked.of(scores, trials.is_target)
    curve = ranked.curve()
    found = {
        "speaker_eer": (crossing(curve)[0], 0.5),
        "speaker_mindcf": (cost(curve, 0.01), 1.0),
        "speaker_mindcf_05": (cost(curve, 0.05), 1.0),
        "speaker_min_cllr": (best_cllr(ranked), 1.0),
    }
    if calibrated:
        target, nontarget = scores[trials.is_target], scores[~trials.is_target]
        found |= {
            "speaker_dcf": (dcf(target, nontarget), 1.0),
            "speaker_dcf_05": (dcf(target, nontarget, 0.05), 1.0),
            "speaker_cllr": (cllr(target, nontarget), 1.0),
        }
    return {name: Score(value, None, len(scores), chance) for name, (value, chance) in found.items()}, curve


def write_scores(path: Path, trials: TrialList, scores: Floats) -> None:
    """Write ``ENROLLED TESTED SCORE`` lines, as Kaldi does, under a temporary name that is then renamed."""
    temporary, lines = path.with_name(f".{path.name}.part"), _Lines(trials, scores)
    begins = range(0, len(scores), LINES)
    cores = len(os.sched_getaffinity(0))
    try:
        with temporary.open("wb") as file, ThreadPoolExecutor(cores) as pool:
            for some in (begins[i : i + cores] for i in range(0, len(begins), cores)):
                file.writelines(pool.map(lines, some))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


class _Lines:
    """The lines of trials from a place on, as bytes; spelled without the interpreter, so threads do it side by side."""

    def __init__(self, trials: TrialList, scores: Floats) -> None:
        import pyarrow as pa

        self.sides = ((trials.first, pa.array(list(trials.enrolled))), (trials.second, pa.array(list(trials.tested))))
        self.scores = scores

    def __call__(self, begin: int) -> memoryview:
        import pyarrow as pa
        from pyarrow import csv

        part = slice(begin, begin + LINES)
        names = [pa.DictionaryArray.from_arrays(pa.array(places[part]), words) for places, words in self.sides]
        scores = pa.array(np.round(self.scores[part].astype(np.float64), 6))
        options = csv.WriteOptions(include_header=False, delimiter=" ", quoting_style="none", batch_size=ROWS)
        stream = pa.BufferOutputStream()
        csv.write_csv(pa.table([*names, scores], "abc"), stream, options)
        return memoryview(stream.getvalue())
