"""Which attacks a code calls for, given what is known of its utterances: each one independent of the others."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from disentangle.evaluation.abx import abx
from disentangle.evaluation.classifiers import ATTACKERS, OF_VECTORS, Kind, pooled
from disentangle.evaluation.floors import FLOOR_KINDS, floors
from disentangle.evaluation.known import SAID, Known
from disentangle.evaluation.neighbour_vote import neighbour_vote
from disentangle.evaluation.online_code import code_length
from disentangle.evaluation.pair_verifier import pair_eer
from disentangle.evaluation.probes import ProbeResult, classify, cross_validated
from disentangle.evaluation.regression import REGRESSORS, regress
from disentangle.evaluation.sequences import Features

Results = dict[str, ProbeResult]
FOLDS = 5
HALF = 3  # speakers, at least, in each half where the verifier has to learn from some of the test's
CODED: tuple[Kind, Kind] = ("linear", "sequence")  # attackers behind code lengths
COSTS: dict[str, float] = {"mlp": 15, "forest": 10, "sequence": 100, "ecapa": 150, "shuffled": 100}
COSTS |= {"linear_mean": 5, "linear": 5}


@dataclass(frozen=True)
class Attack:
    """One measurement.

    Args:
        names: of what it finds, as in scores.json.
        call: picklable, so that it may run anywhere.
        cost: in rough seconds.
    """

    names: tuple[str, ...]
    call: Callable[[], Results]
    cost: float


@dataclass(frozen=True)
class Impossible:
    """What the utterances do not allow, and why."""

    names: tuple[str, ...]
    why: str


Planned = Iterator[Attack | Impossible]


def kinds_of(factor: str) -> tuple[Kind, ...]:
    """The attackers of a factor: all on the speaker, a recogniser on what was said, two on anything else."""
    if factor in SAID:
        return ("sequence",)
    return {"speaker": ATTACKERS, "content": ("linear", "mlp")}.get(factor, ("linear", "sequence"))


def name_of(code: str, factor: str, kind: Kind) -> str:
    """The name of an accuracy; that of the one attacker that every scoring runs on what was said is short.

    Example:
        >>> name_of("content", "speaker", "mlp"), name_of("content", "digit", "sequence")
        ('content_speaker_accuracy_mlp', 'content_digit_accuracy')
    """
    short = (factor in SAID and kind == "sequence") or (factor == "content" and kind == "linear")
    return f"{code}_{factor}_accuracy" + ("" if short else f"_{kind}")


def attacks(
    code: str, train: Known | None, test: Known, names: Collection[str] | None = None, seed: int = 0
) -> Planned:
    """All attacks on a code that its utterances allow, or those that yield one of the names.

    The speaker is attacked in a closed set: attackers learn from ``train`` where it has all speakers of ``test``, else
    from the other folds of ``test``. A pair verifier learns from the speakers of ``train`` that ``test`` has not, or
    without ``train`` from half of the speakers. A trait, which is a factor that is the same in all utterances of a
    speaker, is attacked on speakers of whom nothing was learned.

    Args:
        code: the first word of all names.
        train: utterances to learn from, of the same code; None: there are no others.
        test: utterances to answer.
        names: of scores; None: all.
        seed: of everything random.
    """
    planned = [_speaker(code, train, test, seed), _unseen(code, train, test, seed), _coded(code, train, test, seed)]
    factors = [factor for factor in test.labels if factor != "speaker"]
    planned += [_factor(code, factor, train, test, seed) for factor in factors]
    planned += [_value(code, value, train, test, seed) for value in test.values]
    for factor in [factor for factor in factors if factor in SAID][:1]:
        planned += [_abx(code, factor, test, seed), _neighbours(code, factor, train, test, seed)]
    for attack in (attack for plan in planned for attack in plan):
        if names is None or set(attack.names) & set(names):
            yield attack


def beneath(train: Known | None, test: Known, names: Collection[str] | None = None, seed: int = 0) -> Planned:
    """The attacks on the speaker that show how low those on a code of frames can be: none of a vector.

    Args:
        train, test, names, seed: as of ``attacks``, of the code in question.
    """
    for code, learned, asked in () if _is_vector(test) else floors(_learned(train, test), test):
        every = [name_of(code, "speaker", kind) for kind in FLOOR_KINDS]
        yield from attacks(code, learned, asked, [n for n in every if names is None or n in names], seed)


def _one(name: str, call: Callable[..., ProbeResult], *arguments: object) -> Results:
    return {name: call(*arguments)}


def _is_vector(known: Known) -> bool:
    return all(len(x) == 1 for x in known.features)


def _learned(train: Known | None, test: Known) -> Known | None:
    """Where the test's speakers can be learned."""
    return train if train and set(test.speakers) <= set(train.speakers) else None


def _speaker(code: str, train: Known | None, test: Known, seed: int) -> Planned:
    kinds = OF_VECTORS if _is_vector(test) else ATTACKERS
    names, speakers = tuple(name_of(code, "speaker", kind) for kind in kinds), test.speakers
    if len(set(speakers)) < 2 or min(map(speakers.count, speakers)) < 2:
        yield Impossible(names, "attackers need two speakers with two utterances each")
        return
    learned = _learned(train, test)
    for name, kind in zip(names, kinds, strict=True):
        if learned:
            places, labels = learned.labelled("speaker", set(speakers))
            call = partial(_one, name, classify, learned.take(places), labels, test.features, speakers, kind, seed)
        else:
            call = partial(_one, name, cross_validated, test.features, speakers, kind, FOLDS, seed)
        yield Attack((name,), call, COSTS[kind])


def _unseen(code: str, train: Known | None, test: Known, seed: int) -> Planned:
    name, unseen = f"{code}_speaker_eer", set(test.speakers)
    if _is_vector(test):
        return
    if train is None and len(unseen) >= 2 * HALF:
        half = set(sorted(unseen)[::2])
        train, test = test.of_speakers(half), test.of_speakers(unseen - half)
        unseen -= half
    others = [i for i, s in enumerate(train.speakers) if s not in unseen] if train else []
    if (
        train is None
        or len({train.speakers[i] for i in others}) < 2
        or unseen <= set(train.speakers)
        or len(unseen) < 2
    ):
        yield Impossible((name,), "the verifier needs two test speakers, unseen, and two other training speakers")
        return
    speakers = [train.speakers[i] for i in others]
    yield Attack((name,), partial(_verified, name, train.take(others), speakers, test, seed), 120)


def _verified(name: str, features: Features, speakers: Sequence[str], test: Known, seed: int) -> Results:
    return {name: pair_eer(features, speakers, test.features, test.speakers, seed)}


def _coded(code: str, train: Known | None, test: Known, seed: int) -> Planned:
    known = _learned(train, test) or test
    kinds = [k for k in CODED if not _is_vector(test) or k == "linear"]
    names = tuple(f"{code}_speaker_bits_{kind}" for kind in kinds)
    if len(set(known.speakers)) < 2:
        yield Impossible(names, "a code for the speaker needs two speakers")
        return
    for name, kind in zip(names, kinds, strict=True):
        yield Attack(
            (name,), partial(_one, name, code_length, known.features, known.speakers, kind, seed), 2 * COSTS[kind]
        )


def _factor(code: str, factor: str, train: Known | None, test: Known, seed: int) -> Planned:
    kinds = [k for k in kinds_of(factor) if not _is_vector(test) or k in ("linear", "mlp")]
    names = tuple(name_of(code, factor, kind) for kind in kinds)
    call = _call(factor, train, test)
    if isinstance(call, str):
        yield Impossible(names, call)
        return
    for name, kind in zip(names, kinds, strict=True):
        yield Attack((name,), partial(_one, name, call, kind, seed), COSTS[kind])


def _call(factor: str, train: Known | None, test: Known) -> Callable[..., ProbeResult] | str:
    """Attacker and seed -> result; or why there is none."""
    places, labels = test.labelled(factor)
    speakers = [test.speakers[i] for i in places]
    trait = len(set(zip(speakers, labels, strict=True))) == len(set(speakers))
    strangers = train is not None and not set(test.speakers) & set(train.speakers)
    if train and (strangers or not trait):
        known = {label for label, count in Counter(train.labelled(factor)[1]).items() if count > 1}
        asked, truth = test.labelled(factor, known)
        if len(set(truth)) > 1:
            learned, taught = train.labelled(factor, set(truth))
            by = [test.speakers[i] for i in asked]
            return partial(_classified, train.take(learned), taught, test.take(asked), truth, by)
    counts = Counter(trait_of[1] for trait_of in set(zip(speakers, labels, strict=True))) if trait else Counter(labels)
    kept = [k for k, label in enumerate(labels) if counts[label] > 1]
    if len({labels[k] for k in kept}) < 2:
        return f"no two labels '{factor}' of {'two speakers' if trait else 'two utterances'} each"
    features = test.take([places[k] for k in kept])
    return partial(_in_folds, features, [labels[k] for k in kept], [speakers[k] for k in kept], trait)


def _classified(
    train: Features,
    labels: Sequence[str],
    test: Features,
    truth: Sequence[str],
    speakers: Sequence[str],
    kind: Kind,
    seed: int,
) -> ProbeResult:
    return classify(train, labels, test, truth, kind, seed, speakers)


def _in_folds(
    features: Features, labels: Sequence[str], speakers: Sequence[str], trait: bool, kind: Kind, seed: int
) -> ProbeResult:
    return cross_validated(features, labels, kind, FOLDS, seed, speakers, apart=trait)


def _value(code: str, value: str, train: Known | None, test: Known, seed: int) -> Planned:
    names = tuple(f"{code}_{value}_r2_{kind}" for kind in REGRESSORS)
    asked = [i for i, track in enumerate(test.values[value]) if track is not None]
    source = train if train and any(track is not None for track in train.values.get(value, ())) else None
    if source:
        learned = [i for i, track in enumerate(source.values[value]) if track is not None]
    else:  # the first speakers teach, the others are tested
        source, names_in_order = test, sorted({test.speakers[i] for i in asked})
        teachers = set(names_in_order[: (len(names_in_order) + 1) // 2])
        learned = [i for i in asked if test.speakers[i] in teachers]
        asked = [i for i in asked if test.speakers[i] not in teachers]
    if len(learned) < 4 or not asked:
        yield Impossible(names, f"too few utterances have '{value}'")
        return
    tracks = [np.asarray(source.values[value][i]) for i in learned], [np.asarray(test.values[value][i]) for i in asked]
    features = [source.take(learned), test.take(asked)]
    if all(len(track) == 1 for track in tracks[0]):  # one value for the whole utterance
        features = [[x[None] for x in pooled(codes)] for codes in features]
    by = [test.speakers[i] for i in asked]
    for name, kind in zip(names, REGRESSORS, strict=True):
        call = partial(_one, name, regress, features[0], tracks[0], features[1], tracks[1], kind, by, seed)
        yield Attack((name,), call, 30)


def _neighbours(code: str, factor: str, train: Known | None, test: Known, seed: int) -> Planned:
    """Each test utterance by what other people say, in training where there is any, else in the test."""
    names, among = (f"{code}_neighbour_accuracy",), train or test
    if _is_vector(test):
        return
    places, labels = among.labelled(factor)
    asked, truth = test.labelled(factor, set(labels))
    speakers, by = [among.speakers[i] for i in places], [test.speakers[i] for i in asked]
    if len(set(truth)) < 2 or any(not set(speakers) - {name} for name in by):
        yield Impossible(names, "neighbours' votes need two words and two speakers")
        return
    arguments = (among.take(places), labels, speakers, test.take(asked), truth, by, seed)
    yield Attack(names, partial(_one, names[0], neighbour_vote, *arguments), 10)


def _abx(code: str, factor: str, test: Known, seed: int) -> Planned:
    places, words = test.labelled(factor)
    names = f"{code}_abx_across", f"{code}_abx_within"
    if _is_vector(test):
        return
    if len(set(words)) < 2 or len({test.speakers[i] for i in places}) < 2:
        yield Impossible(names, "ABX needs two words of two speakers")
        return
    by = [test.speakers[i] for i in places]
    yield Attack(names, partial(_compared, code, test.take(places), words, by, seed), 30)


def _compared(code: str, features: Features, words: Sequence[str], speakers: Sequence[str], seed: int) -> Results:
    found = abx(features, words, speakers, seed=seed)
    return {f"{code}_abx_{whom}": ProbeResult(score, None, [], ()) for whom, score in found.items()}
