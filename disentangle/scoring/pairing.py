"""Who is converted into whom, and which real speech each judge may know: fixed rules, no utterance in two roles."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from disentangle.corpus.utterances import DataDirectory, Utterance

REFERENCES = 5  # utterances of the target that the model hears
CONVERSIONS = 300
PER_SOURCE = 4  # conversions of one utterance, at most

T = TypeVar("T")
Spoken = Mapping[str, tuple[Utterance, ...]]


@dataclass(frozen=True)
class Conversion:
    """An utterance and the speaker that it is converted to."""

    source: Utterance
    target: str


@dataclass(frozen=True)
class Roles:
    """Which utterance serves what.

    Args:
        references: of each target, what the model takes the speaker's vector from.
        voices: of each target, all that the model may hear, which one that matches frames looks among.
        training: what the judges learn from.
        enrolment: of each speaker, what the speaker judge knows the voice from.
        point: real speech that sets the speaker judge's threshold.
        sources: real speech to convert, and to judge as it is.
    """

    references: Spoken
    voices: Spoken
    training: tuple[Utterance, ...]
    enrolment: Spoken
    point: tuple[Utterance, ...]
    sources: tuple[Utterance, ...]


def cast(train: DataDirectory, test: DataDirectory, judge: DataDirectory) -> Roles:
    """Give every utterance one role.

    The model hears known speakers in the training speech, unseen ones in every third test utterance, at most five.
    The judge knows its own speakers from three quarters of its speech, and of the last quarter sets the threshold;
    others it knows from every third test utterance, and sets the threshold on the sources.

    Raises:
        ValueError: fewer than two test speakers have enough utterances for that.
    """
    heard, judged = train.speakers(), judge.speakers()
    references, voices, enrolment, sources = {}, {}, {}, []
    for name, spoken in test.speakers().items():
        thirds = [spoken[k::3] for k in range(3)]
        voice = heard[name] if name in heard else evenly(thirds[0], REFERENCES)
        reference = evenly(voice, REFERENCES)
        enrolled = _most(judged[name]) if name in judged else thirds[1]
        rest = [u for u in spoken if u not in set(reference) | set(enrolled)]
        if reference and enrolled and rest:
            references[name], voices[name], enrolment[name] = reference, voice, enrolled
            sources += rest
    if len(references) < 2:
        raise ValueError(f"{len(references)} test speakers with three utterances, {test.path}. Conversion needs two.")
    if references.keys() <= judged.keys():
        training = tuple(u for spoken in judged.values() for u in _most(spoken))
        point = tuple(u for name in references for u in judged[name] if u not in set(_most(judged[name])))
        return Roles(references, voices, training, enrolment, point or tuple(sources), tuple(sources))
    return Roles(references, voices, judge.utterances, enrolment, tuple(sources), tuple(sources))


def _most(spoken: tuple[Utterance, ...]) -> tuple[Utterance, ...]:
    """All but every fourth."""
    return tuple(u for i, u in enumerate(spoken) if i % 4 != 3)


def evenly(items: Sequence[T], count: int) -> tuple[T, ...]:
    """At most so many, spread over all.

    Example:
        >>> evenly("abcdefg", 3)
        ('a', 'd', 'g')
    """
    if len(items) <= count:
        return tuple(items)
    return tuple(items[i] for i in np.linspace(0, len(items) - 1, count).round().astype(int))


def pairs(sources: Sequence[Utterance], targets: Sequence[str], seed: int) -> list[Conversion]:
    """About 300 conversions in which every source speaker meets every other target alike often.

    Args:
        sources: what may be converted.
        targets: all speakers.
        seed: of the order in which a source speaker meets the targets.
    """
    spoken: dict[str, list[Utterance]] = {}
    for utterance in sources:
        spoken.setdefault(utterance.speaker, []).append(utterance)
    per_speaker = max(1, CONVERSIONS // len(spoken))
    chosen = {name: evenly(spoken[name], per_speaker) for name in sorted(spoken)}
    per_source = max(1, min(PER_SOURCE, len(targets) - 1, CONVERSIONS // sum(map(len, chosen.values()))))
    return [pair for name in chosen for pair in _met(name, chosen[name], targets, per_source, seed)]


def _met(
    name: str, spoken: Sequence[Utterance], targets: Sequence[str], per_source: int, seed: int
) -> Iterator[Conversion]:
    others = sorted(set(targets) - {name})
    order = np.random.default_rng([seed, sorted(targets).index(name)]).permutation(len(others))
    for i, utterance in enumerate(spoken):
        for k in range(per_source):
            yield Conversion(utterance, others[order[(i * per_source + k) % len(others)]])
