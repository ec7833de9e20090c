"""What was said, recognised from the frozen content by recognisers that start afresh; log-mel beside it."""

from collections.abc import Collection, Iterator, Sequence
from functools import partial

from disentangle.evaluation.recognition import ctc_error
from disentangle.evaluation.sequences import Features
from disentangle.scoring.labels import FACTORS, factor_of, spoken
from disentangle.scoring.leakage import CODES, features_of, named
from disentangle.scoring.material import Material
from disentangle.scoring.tasks import LeftOut, Outcome, Task

ACCURACY = tuple(f"{code}_{factor}_accuracy" for code in CODES for factor in FACTORS)
ERRORS = tuple(f"{code}_{error}" for code in CODES for error in ("cer", "wer"))
NAMES = (*ACCURACY, *ERRORS)
STEPS = 1000  # of a recogniser of letters, of 16 utterances each
TEXTS = 100  # different texts below which letters cannot be learned


def tasks(material: Material, names: Collection[str]) -> Iterator[Task | LeftOut]:
    """Labels where the data directory has any, letters where there is free text."""
    train, test = material.train_data.utterances, material.test_data.utterances
    if factor_of(test):
        labelled = spoken(train, test)
        if labelled is None:
            yield LeftOut(ACCURACY, f"the test speech repeats too few labels '{factor_of(test)}'")
            return
        for code in CODES:
            name = f"{code}_{labelled.factor}_accuracy"
            if name in names:
                yield Task((name,), named(name, labelled, *features_of(material, code), material, "sequence"), 100)
        return
    texts, truth = [u.text for u in train], [u.text for u in test]
    if None in texts or None in truth or len(set(texts)) < TEXTS:
        yield LeftOut(ERRORS, f"letters are learned from {TEXTS} different texts, the training data has fewer")
        return
    for code in CODES:
        if not {f"{code}_cer", f"{code}_wer"} & set(names):
            continue
        learned, asked = features_of(material, code)
        spoken_by = material.test.speakers
        call = partial(_read, code, learned, list(map(str, texts)), asked, list(map(str, truth)), spoken_by)
        yield Task((f"{code}_cer", f"{code}_wer"), partial(call, material.seed), 200)


def _read(
    code: str,
    train: Features,
    texts: Sequence[str],
    test: Features,
    truth: Sequence[str],
    speakers: Sequence[str],
    seed: int,
) -> Outcome:
    cer, wer = ctc_error(train, texts, test, truth, seed, STEPS, speakers)
    return Outcome({f"{code}_cer": cer, f"{code}_wer": wer})
