"""What the parts are good for: recognisers of content by few labels and on other speakers, verification by PLDA."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import product

import numpy as np

from disentangle.corpus.utterances import Utterance
from disentangle.evaluation.backends import PLDA
from disentangle.evaluation.classifiers import SequenceClassifier, utterance_vectors
from disentangle.evaluation.groups import Said, few, named, read
from disentangle.evaluation.score import Score
from disentangle.evaluation.sequences import Features
from disentangle.evaluation.time_delay import TimeDelayNetwork
from disentangle.evaluation.verification import as_norm, cosine_trials, speaker_eer
from disentangle.scoring.codes import Codes
from disentangle.scoring.content import STEPS, TEXTS
from disentangle.scoring.labels import factor_of
from disentangle.scoring.material import Material
from disentangle.scoring.model import Floats
from disentangle.scoring.tasks import LeftOut, Outcome, Task
from disentangle.scoring.verification import COHORT, speaker_means

CODES = ("content", "mel", "normed")
SHARES = (5, 20, 100)  # percent of the labels
HELD = 5  # every fifth utterance of the training speakers is asked about where the test has none of them
PER_DIM = 4  # utterances for each dim that PLDA works in
DUST = 1e-4  # of the largest deviation: rounding
MEASURES = ("seen_accuracy", "unseen_accuracy", "accuracy_gap", "seen_cer", "unseen_cer", "cer_gap")
RECOGNISED = tuple(f"{code}_{m}_{share}" for code, m, share in product(CODES, MEASURES, SHARES))
VERIFIED = ("speaker_eer_plda", "ecapa_speaker_eer", "ecapa_speaker_eer_asnorm", "ecapa_speaker_eer_plda")
NAMES = (*RECOGNISED, *VERIFIED)

Places = tuple[list[int], list[int]]  # of training and of test utterances


def tasks(material: Material, names: Collection[str]) -> Iterator[Task | LeftOut]:
    """Those that are asked for."""
    if set(RECOGNISED) & set(names):
        yield from _recognised(material, names)
    if set(VERIFIED) & set(names):
        yield from _verified(material, names)


def _recognised(material: Material, names: Collection[str]) -> Iterator[Task | LeftOut]:
    train, test = material.train_data.utterances, material.test_data.utterances
    factor = factor_of(test) if factor_of(test) == factor_of(train) else None
    words = [[u.labels[factor] if factor else u.text or "" for u in data] for data in (train, test)]
    if not all(words[0] + words[1]) or (not factor and len(set(words[0])) < TEXTS):
        yield LeftOut(RECOGNISED, f"recognition needs a label of each utterance, or {TEXTS} different texts")
        return
    learned, seen, unseen = groups(train, test)
    if not (learned[0] and (seen[0] or seen[1]) and unseen[1]):
        yield LeftOut(RECOGNISED, "recognition needs speakers to learn from and others to be asked about")
        return
    measure, codes = "accuracy" if factor else "cer", Codes(material)
    for code in CODES:
        features = codes.frames(code)
        own, by, others = (_said(features, words, (train, test), places) for places in (learned, seen, unseen))
        for share in SHARES:
            asked = (
                f"{code}_seen_{measure}_{share}",
                f"{code}_unseen_{measure}_{share}",
                f"{code}_{measure}_gap_{share}",
            )
            if set(asked) & set(names):
                yield Task(asked, partial(_compared, asked, own, by, others, share, bool(factor), material.seed), 150)


def groups(train: Sequence[Utterance], test: Sequence[Utterance]) -> tuple[Places, Places, Places]:
    """Utterances to learn from, and to be asked about by those speakers and by others.

    Where the test has other speakers than the training data, those are the unseen, and every fifth training utterance
    is kept to ask about. Where it has the same, recognisers learn from two thirds of the speakers.
    """
    known, asked = {u.speaker for u in train}, sorted({u.speaker for u in test})
    if known.isdisjoint(asked):
        held = [i for i in range(len(train)) if i % HELD == HELD - 1]
        return ([i for i in range(len(train)) if i % HELD != HELD - 1], []), (held, []), ([], list(range(len(test))))
    group = set(asked[: -(-2 * len(asked) // 3)])
    of_group, of_others = (
        [i for i, u in enumerate(test) if (u.speaker in group) == inside] for inside in (True, False)
    )
    return ([i for i, u in enumerate(train) if u.speaker in group], []), ([], of_group), ([], of_others)


def _said(
    features: tuple[Features, Features],
    words: Sequence[Sequence[str]],
    utterances: tuple[Sequence[Utterance], Sequence[Utterance]],
    places: Places,
) -> Said:
    parts = [(side, i) for side in (0, 1) for i in places[side]]
    return Said(
        [features[side][i] for side, i in parts],
        [words[side][i] for side, i in parts],
        [utterances[side][i].speaker for side, i in parts],
    )


def _compared(
    names: tuple[str, str, str], learned: Said, seen: Said, unseen: Said, share: int, labels: bool, seed: int
) -> Outcome:
    taught = few(learned, share / 100, seed, labels)
    if labels:
        known = set(taught.words)
        seen, unseen = (x.take([i for i, word in enumerate(x.words) if word in known]) for x in (seen, unseen))
    own, other = named(taught, seen, unseen, seed) if labels else read(taught, seen, unseen, seed, STEPS)
    gap = Score(own.value - other.value if labels else other.value - own.value, None, other.n)
    return Outcome(dict(zip(names, (own, other, gap), strict=True)))


def _verified(material: Material, names: Collection[str]) -> Iterator[Task | LeftOut]:
    """Unseen speakers by the speaker vector, and by the same from ECAPA that was trained for classification alone."""
    train, test = material.train, material.test
    several = len(set(test.speakers)) > 1 and len(set(test.speakers)) < len(test.speakers)
    if set(train.speakers) & set(test.speakers) or len(set(train.speakers)) < 2 or not several:
        yield LeftOut(VERIFIED, "verification of unseen speakers needs two in the test, and two others in training")
        return
    if "speaker_eer_plda" in names:
        call = partial(_plda, train.vectors, train.speakers, test.vectors, test.speakers, material.seed)
        yield Task(VERIFIED[:1], call, 10)
    if set(VERIFIED[1:]) & set(names):
        mels = material.train_mels, material.test_mels
        call = partial(_classified, mels, train.speakers, test.speakers, material.seed)
        yield Task(VERIFIED[1:], call, 300)


def _plda(
    train: Floats, speakers: Sequence[str], test: Floats, truth: Sequence[str], seed: int, name: str = VERIFIED[0]
) -> Outcome:
    train, test = _condensed(train, test)
    scores = PLDA(train, speakers)(test, test)
    trials = cosine_trials(test, truth)
    one, other = trials.first, trials.second
    ratios = replace(trials, scores=np.asarray((scores[one, other] + scores[other, one]) / 2, np.float64))
    return Outcome({name: speaker_eer(ratios, truth, seed)})


def _condensed(train: Floats, test: Floats) -> tuple[Floats, Floats]:
    """Both in the principal directions of the first that so many utterances can tell the covariance of."""
    centre = train.mean(0)
    _, deviations, axes = np.linalg.svd(train - centre, full_matrices=False)
    kept = axes[: max(1, min(len(train) // PER_DIM, int((deviations > DUST * deviations[0]).sum())))]
    return (train - centre) @ kept.T, (test - centre) @ kept.T


def _classified(mels: tuple[Features, Features], speakers: Sequence[str], truth: Sequence[str], seed: int) -> Outcome:
    model = SequenceClassifier(seed, build=TimeDelayNetwork).fit(mels[0], speakers)
    train, test = (utterance_vectors(model, x) for x in mels)
    trials, cohort = cosine_trials(test, truth), speaker_means(train, speakers)
    scores = {"ecapa_speaker_eer": speaker_eer(trials, truth, seed)}
    if len(cohort) >= COHORT:
        normed = as_norm(trials, test, cohort, top=len(cohort) // 2)
        scores["ecapa_speaker_eer_asnorm"] = speaker_eer(normed, truth, seed)
    return Outcome(scores | dict(_plda(train, speakers, test, truth, seed, "ecapa_speaker_eer_plda").scores))
