"""Voice conversion among the test speakers, judged by independent judges."""

from collections.abc import Iterator
from functools import partial

from disentangle.corpus.utterances import DataDirectory
from disentangle.scoring.content import TEXTS
from disentangle.scoring.converted import Converted
from disentangle.scoring.judging import READ, VOICES, judge_labels, judge_texts, judge_voices, labelled_names
from disentangle.scoring.labels import factor_of
from disentangle.scoring.material import Material
from disentangle.scoring.melody import KEPT, kept
from disentangle.scoring.parallel import DISTANCES, MELODY, distances, melody, references
from disentangle.scoring.tasks import LeftOut, Task

FACTORS = ("digit", "word")  # what a judge recognises as one of a few
NAMES = tuple(
    dict.fromkeys((*VOICES, *(n for f in FACTORS for n in labelled_names(f)), *READ, *KEPT, *DISTANCES, *MELODY))
)


def possible(material: Material) -> DataDirectory | LeftOut:
    """The judges' speech, or why there can be no judge."""
    judge = material.judge_data
    if judge is None:
        return LeftOut(NAMES, "no speech for judges to learn from; name it by --judge DIR")
    if len(material.test_data.speakers()) < 2 or len(judge.speakers()) < 2:
        return LeftOut(NAMES, "conversion and its judges need two speakers in the test and in the judges' speech")
    used = {u.id for u in material.train_data.utterances} & {u.id for u in judge.utterances}
    if used:
        raise ValueError(f"{sorted(used)[0]} is in training too, {judge.path}. Judges need speech of their own.")
    return judge


def tasks(material: Material, made: Converted) -> Iterator[Task | LeftOut]:
    """What the judges are asked about the conversions."""
    yield Task(VOICES, partial(judge_voices, made), 10)
    test = material.test_data.utterances
    factor = factor_of(test)
    if factor in FACTORS and {u.labels[factor] for u in test} <= {u.labels.get(factor) for u in made.learned}:
        yield Task(labelled_names(factor), partial(judge_labels, made, factor), 60)
    elif all(u.text for u in (*test, *made.learned)) and len({u.text for u in made.learned}) >= TEXTS:
        yield Task(READ, partial(judge_texts, made), 90)
    else:
        yield LeftOut(READ, f"a judge of words learns from {TEXTS} different texts, or from the test's digits or words")
    yield Task(KEPT, partial(kept, made), 60)
    parallel = references(made, test)
    if parallel:
        yield Task(DISTANCES, partial(distances, made, parallel), 30)
        yield Task(MELODY, partial(melody, made, parallel), 60)
    else:
        yield LeftOut((*DISTANCES, *MELODY), "no target says a source's sentence too (label 'sentence')")
