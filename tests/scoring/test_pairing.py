"""Roles overlap nowhere, and conversions cover all pairs of speakers alike."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from disentangle.corpus.utterances import DataDirectory, Utterance
from disentangle.scoring.pairing import CONVERSIONS, PER_SOURCE, REFERENCES, Roles, cast, evenly, pairs


def directory(name: str, speakers: Iterable[str], each: int) -> DataDirectory:
    made = [Utterance(f"{s}-{name}{k:02d}", s, "x.wav") for s in sorted(speakers) for k in range(each)]
    return DataDirectory(Path(name), tuple(made))


def assert_disjoint(roles: Roles) -> None:
    references = {u for spoken in roles.references.values() for u in spoken}
    enrolment = {u for spoken in roles.enrolment.values() for u in spoken}
    judged = set(roles.training) | enrolment
    assert not references & judged
    assert not set(roles.sources) & (references | judged)
    assert not set(roles.point) & judged


def test_known_speakers_are_heard_in_training_and_judged_from_the_judges_speech() -> None:
    roles = cast(directory("train", "abc", 9), directory("test", "abc", 4), directory("judge", "abc", 8))
    assert_disjoint(roles)
    assert {u.id.split("-")[1][:5] for u in roles.references["a"]} == {"train"}
    assert len(roles.references["a"]) == REFERENCES and len(roles.voices["a"]) == 9
    assert len(roles.sources) == 12 and len(roles.point) == 6 and len(roles.training) == 18


def test_unseen_speakers_share_their_test_speech_among_model_judge_and_sources() -> None:
    roles = cast(directory("train", "abc", 9), directory("test", "xyz", 13), directory("judge", "abc", 3))
    assert_disjoint(roles)
    assert {len(spoken) for spoken in roles.references.values()} == {5}
    assert roles.voices == roles.references
    assert {len(spoken) for spoken in roles.enrolment.values()} == {4}
    assert roles.point == roles.sources and len(roles.sources) == 12
    assert len(roles.training) == 9


def test_speakers_whom_the_judge_alone_knows_are_judged_from_its_speech() -> None:
    roles = cast(directory("train", "abc", 9), directory("test", "xy", 30), directory("judge", "abcxy", 8))
    assert_disjoint(roles)
    assert len(roles.sources) == 2 * (30 - REFERENCES)
    assert {u.speaker for u in roles.point} == {"x", "y"}


def test_too_few_utterances_are_refused() -> None:
    with pytest.raises(ValueError, match="three utterances, test"):
        cast(directory("train", "abc", 9), directory("test", "xy", 2), directory("judge", "abc", 3))


@pytest.mark.parametrize(("speakers", "each"), [(6, 50), (10, 5), (12, 6), (3, 500)])
def test_every_pair_of_speakers_is_covered_alike(speakers: int, each: int) -> None:
    names = [f"s{k:02d}" for k in range(speakers)]
    sources = directory("test", names, each).utterances
    made = pairs(sources, names, seed=1)
    assert all(pair.source.speaker != pair.target for pair in made)
    assert len(made) <= CONVERSIONS
    assert max(Counter(pair.source.id for pair in made).values()) <= PER_SOURCE
    met = Counter((pair.source.speaker, pair.target) for pair in made)
    assert len(met) == speakers * (speakers - 1)
    assert max(met.values()) - min(met.values()) <= 1
    assert made == pairs(sources, names, seed=1)


def test_evenly_reaches_from_the_first_to_the_last() -> None:
    assert evenly(range(10), 4) == (0, 3, 6, 9)
    assert evenly("ab", 4) == ("a", "b")
