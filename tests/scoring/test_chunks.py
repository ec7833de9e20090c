"""Chunks are of like length, hold each utterance once, and are the same whatever cannot be used."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from disentangle.corpus import audio
from disentangle.corpus.lengths import alike
from disentangle.corpus.utterances import Utterance
from disentangle.scoring import chunks
from disentangle.scoring.chunks import windows


def spoken(count: int = 24) -> list[Utterance]:
    """Utterances of lengths without order."""
    lengths = np.random.default_rng(0).uniform(1, 9, count)
    return [Utterance(f"u{i:02}", "ann", f"/u{i:02}.wav", seconds=float(n)) for i, n in enumerate(lengths)]


def test_a_group_keeps_within_its_total_unless_one_item_alone_is_longer() -> None:
    lengths = [*np.random.default_rng(0).integers(1, 50, 200).tolist(), 400]
    groups = alike(lengths, 100)
    assert sorted(i for group in groups for i in group) == list(range(201))
    assert all(len(group) * max(lengths[i] for i in group) <= 100 for group in groups[:-1])
    assert groups[-1] == [200]
    ends = [(lengths[group[0]], lengths[group[-1]]) for group in groups]
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(ends)), "no longer one came before"
    assert alike([], 5) == []


def test_each_utterance_is_in_one_chunk_of_its_window_among_those_of_its_length(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chunks, "WINDOW", 3)
    listed = spoken()
    made = windows(listed, {u.id for u in listed}, 4)
    assert [sorted(u.id for chunk in window for u in chunk.utterances) for window in made] == [
        [u.id for u in listed[:12]],
        [u.id for u in listed[12:]],
    ]
    for window in made:
        lengths = [seconds for chunk in window for seconds in chunk.seconds]
        assert lengths == sorted(lengths) and all(len(chunk.utterances) == 4 for chunk in window[:-1])


def test_what_cannot_be_used_leaves_the_chunks_as_they_were(tmp_path: Path) -> None:
    listed = spoken()
    whole = windows(listed, {u.id for u in listed}, 4)
    without = windows(listed, {u.id for u in listed} - {"u05"}, 4)
    assert [[c.utterances for c in window] for window in whole] == [[c.utterances for c in w] for w in without]
    (chunk,) = [chunk for window in without for chunk in window if chunk.absent]
    assert chunk.absent == {"u05"} and len(chunk.present) == 3
    for u in chunk.utterances:
        if u.id != "u05":
            audio.save(tmp_path / f"{u.id}.wav", np.sin(np.arange(4000)), 8000)
    placed = [Utterance(u.id, u.speaker, str(tmp_path / f"{u.id}.wav")) for u in chunk.utterances]
    waves = chunks.Chunk(tuple(placed), chunk.seconds, chunk.absent).waves(8000, False)
    silent = {u.id: len(wave) for u, wave in zip(chunk.utterances, waves, strict=True) if not wave.any()}
    assert silent == {"u05": round(8000 * chunk.seconds[[u.id for u in chunk.utterances].index("u05")])}


def test_an_absent_one_of_no_known_length_is_passed_over_and_a_command_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "broken.wav").write_text("words")
    listed = [
        Utterance("a", "s", f"touch {tmp_path}/ran |"),
        Utterance("b", "s", str(tmp_path / "broken.wav")),
        Utterance("c", "s", "/c.wav", seconds=1.0),
    ]
    ((chunk,),) = windows(listed, {"a", "c"}, 4)
    assert [u.id for u in chunk.utterances] == ["a", "c"] and chunk.seconds == (0.0, 1.0)
    assert not (tmp_path / "ran").exists()


def test_segments_of_a_command_are_in_one_chunk_after_another() -> None:
    listed = [Utterance(f"u{i}", "s", f"cat {i % 2} |", 0.0, 9.0 - i, recording_id=str(i % 2)) for i in range(8)]
    made = [chunk for window in windows(listed, {u.id for u in listed}, 4) for chunk in window]
    assert [{u.recording for u in chunk.utterances} for chunk in made] == [{"cat 0 |"}, {"cat 1 |"}]
    assert all(list(chunk.seconds) == sorted(chunk.seconds) for chunk in made)
