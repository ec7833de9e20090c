"""Units: the same word of different speakers falls into one, whoever speaks and however fast; no label is seen."""

from pathlib import Path

import numpy as np
import pytest

from disentangle.corpus.utterances import DataDirectory, Utterance
from disentangle.speech import units
from disentangle.speech.units import clusters, discovered, distances, words


def spoken(speaker: int, word: int, take: int) -> np.ndarray:
    """A log-mel: the word is a path through vowels, the speaker a colour and a pace, silence before and after."""
    rng = np.random.default_rng((speaker, word, take))
    vowels = np.random.default_rng(7).normal(0, 1.5, (6, 64))
    colour = np.random.default_rng((8, speaker)).normal(0, 1.0, 64)
    pace = 5 + 2 * speaker + int(rng.integers(2))
    path = np.repeat(vowels[[word, (word + 1) % 3 + 3, word]], pace, 0)
    silence = np.full((int(rng.integers(1, 6)), 64), -12.0)
    return np.concatenate([silence, path + colour + rng.normal(0, 0.3, path.shape), silence]).astype(np.float32)


def test_words_are_found_again_across_speakers() -> None:
    said = [(s, w, t) for s in range(3) for w in range(3) for t in range(6)]
    speakers = [f"s{s}" for s, _, _ in said]
    features = words([spoken(*each) for each in said], speakers)
    for name in set(speakers):
        frames = np.concatenate([x for x, speaker in zip(features, speakers, strict=True) if speaker == name])
        assert np.abs(frames.mean(0)).max() < 1e-3 and np.abs(frames.std(0) - 1).max() < 1e-2
    found = clusters(distances(features), speakers, 3, seed=0)
    groups = {w: {unit for unit, (_, word, _) in zip(found, said, strict=True) if word == w} for w in range(3)}
    assert all(len(group) == 1 for group in groups.values()), groups
    assert len(set.union(*groups.values())) == 3


def test_distances_do_not_depend_on_company(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    features = [rng.normal(size=(n, 4)).astype(np.float32) for n in (5, 9, 2, 7)]
    apart = distances(features)
    assert np.isinf(np.diag(apart)).all() and np.array_equal(apart, apart.T)
    alone = distances([features[1], features[3]])
    assert apart[1, 3] == pytest.approx(alone[0, 1])
    monkeypatch.setattr(units, "TOGETHER", 1)
    assert np.allclose(distances(features), apart)


def test_what_has_no_units(tmp_path: Path) -> None:
    def data(speakers: int, each: int) -> DataDirectory:
        said = tuple(Utterance(f"u{s}-{k}", f"s{s}", "none.wav") for s in range(speakers) for k in range(each))
        return DataDirectory(tmp_path, said)

    with pytest.raises(ValueError, match="1 speaker"):
        discovered(data(1, 9), 2)
    with pytest.raises(ValueError, match="4 utterances for 5 units"):
        discovered(data(2, 2), 5)
