"""Archives hold what the model says of each utterance, and are made anew when the model or the data change."""

import resource
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from disentangle.corpus import archives, audio
from disentangle.corpus.utterances import DataDirectory
from disentangle.scoring import embeddings
from disentangle.scoring.chunks import Chunk
from disentangle.scoring.embeddings import embed, is_current, mean_vector, vectors_and_content
from disentangle.scoring.workers import Workers

Corpus = Callable[..., DataDirectory]


@pytest.mark.usefixtures("model")
def test_vectors_of_utterances_and_of_speakers_and_content(corpus: Corpus, experiment: Path, tmp_path: Path) -> None:
    data = corpus("test", 2)
    embed(experiment, data, tmp_path / "out", Workers(1))
    speaker, content = vectors_and_content(tmp_path / "out", data)
    assert speaker.dtype == np.float32 and speaker.shape == (24, 4)
    assert [list("abcd")[k] for k in speaker.argmax(1)] == [u.speaker[0] for u in data.utterances]
    assert all(x.shape == (12, 7) for x in content)
    of_speakers = archives.read(tmp_path / "out" / "spk_speaker.scp")
    assert sorted(of_speakers) == ["ada", "bob", "cyd", "dan"]
    assert np.linalg.norm(of_speakers["bob"]) == pytest.approx(1)


@pytest.mark.usefixtures("model")
def test_the_bar_tells_how_many_times_faster_than_speech_it_is(
    corpus: Corpus, experiment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, data, now = list[float](), corpus("test", 1), iter(range(100))

    class Bar:
        def advance(self, count: int, values: dict[str, float]) -> None:
            assert count == len(data.utterances)
            told.append(values["times real time"])

    monkeypatch.setattr(embeddings, "progress", lambda *_: nullcontext(Bar()))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(now)))
    embed(experiment, data, tmp_path / "out", Workers(1))
    assert told == [pytest.approx(sum(audio.seconds(u) for u in data.utterances))], "after one second"


@pytest.mark.usefixtures("model")
def test_npz_and_one_kind_alone(corpus: Corpus, experiment: Path, tmp_path: Path) -> None:
    embed(experiment, corpus("test", 1), tmp_path / "out", Workers(1), ["speaker"], "npz")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["source.json", "speaker.npz", "spk_speaker.npz"]
    assert len(archives.read(tmp_path / "out" / "speaker.npz")) == 12


@pytest.mark.usefixtures("model")
def test_another_rate_is_resampled(corpus: Corpus, experiment: Path, tmp_path: Path) -> None:
    data = corpus("test", 1, rate=16000)
    embed(experiment, data, tmp_path / "out", Workers(1))
    speaker, _ = vectors_and_content(tmp_path / "out", data)
    assert [list("abcd")[k] for k in speaker.argmax(1)] == [u.speaker[0] for u in data.utterances]


@pytest.mark.usefixtures("model")
def test_a_changed_model_or_corpus_makes_archives_stale(corpus: Corpus, experiment: Path, tmp_path: Path) -> None:
    data, out = corpus("test", 1), tmp_path / "out"
    assert not is_current(experiment, data, out)
    embed(experiment, data, out, Workers(1))
    assert is_current(experiment, data, out)
    assert not is_current(experiment, DataDirectory(data.path, data.utterances[1:]), out)
    (experiment / "model" / "model.safetensors").write_bytes(b"2")
    assert not is_current(experiment, data, out)


@pytest.mark.usefixtures("model")
def test_what_was_embedded_before_the_command_died_is_not_embedded_again(
    corpus: Corpus, experiment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, made = corpus("test", 2), embeddings._embed_chunk
    monkeypatch.setattr(embeddings, "CHUNK", 5)
    embed(experiment, data, tmp_path / "whole", Workers(1))
    embedded: list[str] = []

    def dying(folder: Path, chunk: Chunk, *rest: Any) -> Any:
        if len(embedded) == 10:
            embedded.append("dead")
            raise KeyboardInterrupt
        embedded.extend(u.id for u in chunk.utterances)
        return made(folder, chunk, *rest)

    monkeypatch.setattr(embeddings, "_embed_chunk", dying)
    with pytest.raises(KeyboardInterrupt):
        embed(experiment, data, tmp_path / "out", Workers(1))
    assert not (tmp_path / "out" / "content.scp").exists()
    embed(experiment, data, tmp_path / "out", Workers(1))
    embedded.remove("dead")
    assert embedded == [u.id for u in data.utterances], "each once"
    files = [sorted(p.name for p in (tmp_path / name).iterdir()) for name in ("whole", "out")]
    assert files[0] == files[1] and ".parts" not in files[0]
    for name in ("speaker.ark", "content.ark", "spk_speaker.ark"):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "out" / name).read_bytes()


@pytest.mark.usefixtures("model")
def test_parts_of_another_model_are_thrown_away(
    corpus: Corpus, experiment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise ValueError("no speech")

    data, out = corpus("test", 1), tmp_path / "out"
    monkeypatch.setattr(embeddings, "CHUNK", 5)
    monkeypatch.setattr(archives, "write", failing)
    with pytest.raises(ValueError, match="no speech"):
        embed(experiment, data, out, Workers(1), ["speaker"])
    (old,) = (out / ".parts").iterdir()
    (experiment / "model" / "model.safetensors").write_bytes(b"2")
    with pytest.raises(ValueError, match="no speech"):
        embed(experiment, data, out, Workers(1), ["speaker"])
    (new,) = (out / ".parts").iterdir()
    assert new != old and len(list(new.iterdir())) == 3
    (new / "000001").write_bytes(b"half")
    monkeypatch.setattr(archives, "write", lambda *words: list(words[2]))
    with pytest.raises(ValueError, match=f"a damaged part .*, {new}/000001. Remove it"):
        embed(experiment, data, out, Workers(1), ["speaker"])


@pytest.mark.usefixtures("model")
def test_an_archive_that_lacks_an_utterance_is_refused(corpus: Corpus, experiment: Path, tmp_path: Path) -> None:
    data = corpus("test", 1)
    embed(experiment, DataDirectory(data.path, data.utterances[1:]), tmp_path / "out", Workers(1))
    with pytest.raises(ValueError, match=f"no embedding of {data.utterances[0].id}"):
        vectors_and_content(tmp_path / "out", data)


@pytest.mark.usefixtures("model")
def test_a_full_disk_leaves_what_was_there_and_the_next_run_goes_on(
    corpus: Corpus, experiment: Path, tmp_path: Path
) -> None:
    """A limit on the size of files takes the place of a disk: the system refuses to write beyond it in the same way."""
    out, before = tmp_path / "out", resource.getrlimit(resource.RLIMIT_FSIZE)
    embed(experiment, corpus("test", 1), out, Workers(1))
    old = {file.name: file.read_bytes() for file in out.iterdir() if file.name != "source.json"}
    data = corpus("test", 2)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (6000, before[1]))
        with pytest.raises(OSError, match="File too large"):
            embed(experiment, data, out, Workers(1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert {file.name: file.read_bytes() for file in out.iterdir() if file.is_file()} == old
    assert not is_current(experiment, data, out)
    embed(experiment, data, out, Workers(1))
    assert len(archives.read(out / "content.scp")) == 24 and not (out / ".parts").exists()


def test_the_mean_of_unit_vectors_is_a_unit_vector() -> None:
    vectors = [np.array([1.0, 0.0], np.float32), np.array([0.0, 1.0], np.float32)]
    assert mean_vector(vectors) == pytest.approx([0.5**0.5] * 2)
