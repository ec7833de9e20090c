"""A Shar folder is read as the data directory that it was made of: who, what, and the same samples by seeking."""

import gzip
import json
import shutil
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import fsspec
import numpy as np
import pytest

from disentangle.cli import main
from disentangle.corpus import audio, directory, manifests, stores
from disentangle.corpus.utterances import Utterance

pytest.importorskip("lhotse")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A data directory of four utterances, one of them a segment's neighbour, with factors and gender."""
    utterances = []
    for speaker, gender in (("ann", "f"), ("bob", "m")):
        for take in range(2):
            wav = tmp_path / "wav" / f"{speaker}{take}.wav"
            audio.save(wav, np.random.default_rng(take).normal(0, 0.1, 4000 + 400 * take), 8000)
            labels = {"gender": gender, "digit": str(take)}
            utterances.append(Utterance(f"{speaker}-{take}", speaker, str(wav), text=f"take {take}", labels=labels))
    directory.write(tmp_path / "data", utterances)
    return tmp_path / "data"


@pytest.fixture
def shar(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(manifests, "SHARD", 3)
    manifests.to_shar(made, tmp_path / "shar")
    assert len(list((tmp_path / "shar").glob("recording.*.tar"))) == 2
    return tmp_path / "shar"


def test_utterances_and_samples_are_those_of_the_data_directory(made: Path, shar: Path) -> None:
    ours, theirs = directory.read(made), directory.read(shar)
    assert [replace(u, recording="", seconds=None) for u in theirs.utterances] == [
        replace(u, recording="") for u in ours.utterances
    ]
    assert [u.labels for u in theirs.utterances] == [u.labels for u in ours.utterances]
    assert [u.seconds for u in theirs.utterances] == [0.5, 0.55, 0.5, 0.55]
    for one, other in zip(ours.utterances, theirs.utterances, strict=True):
        assert np.array_equal(audio.load(one, 8000), audio.load(other, 8000))
        assert audio.duration(other.recording) == (other.seconds, 8000)


CONFIG = """
model:
  front_end: {rate: 8000, mels: 16}
  content: {channels: 8, layers: 1, dims: 4, codes: 6}
  speaker: {channels: 8, dims: 6, second_order: 3}
  decoder: {channels: 8, layers: 1}
critic: {channels: 8}
batch: {speakers: 2, utterances: 2, seconds: 0.5}
training: {steps: 2, tensorboard: false}
"""


def test_it_trains_and_embeds_as_the_data_directory_does(made: Path, shar: Path, tmp_path: Path) -> None:
    """In memory, from disk, and batch by batch from a store."""
    (tmp_path / "tiny.yaml").write_text(CONFIG)
    for name, data, held in (("one", made, 10), ("two", shar, 10), ("three", uploaded(shar), 0)):
        words = ["--data", str(data), "--out", str(tmp_path / name), f"batch.held={held}"]
        assert main(["train", str(tmp_path / "tiny.yaml"), *words]) == 0
    one, two, three = ((tmp_path / n / "model" / "model.safetensors").read_bytes() for n in ("one", "two", "three"))
    assert one == two == three
    for name, data in (("a", made), ("b", shar)):
        assert main(["embed", str(tmp_path / "one"), str(data), str(tmp_path / name), "--nj", "1"]) == 0
    assert (tmp_path / "a" / "content.ark").read_bytes() == (tmp_path / "b" / "content.ark").read_bytes()


def uploaded(folder: Path) -> str:
    """The folder's URL in a store, which here is memory."""
    store, address = fsspec.filesystem("memory"), f"memory://{folder.parent.name}/shar"
    for file in folder.iterdir():
        store.pipe_file(f"{address}/{file.name}", file.read_bytes())
    return address


def test_a_store_gives_the_same_utterances_and_samples_part_by_part(
    shar: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = uploaded(shar)
    here, there = directory.read(shar), directory.read(Path(address))
    assert [replace(u, recording="") for u in there.utterances] == [replace(u, recording="") for u in here.utterances]
    assert all(u.recording.startswith(f"{address}/recording.00000") for u in there.utterances)
    monkeypatch.setattr(fsspec.filesystem("memory"), "open", None)  # what follows needs the part of one utterance alone
    for one, other in zip(here.utterances, there.utterances, strict=True):
        assert np.array_equal(audio.load(one, 8000), audio.load(other, 8000))


def test_a_folder_of_a_store_that_is_none_is_one_line() -> None:
    fsspec.filesystem("memory").pipe_file("memory://tables/utt2spk", b"a b")
    with pytest.raises(ValueError, match=r"no cuts\.\*\.jsonl\* in memory://tables, so it is no Shar folder"):
        directory.read(Path("memory://tables"))
    with pytest.raises(ValueError, match=r"no file memory://nowhere\. Correct the URL"):
        directory.read(Path("memory://nowhere"))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Lhotse leaves the tar files open
def test_to_a_store_and_back_by_url_is_the_data_directory(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(manifests, "SHARD", 3)
    address, back = f"memory://{tmp_path.name}/sent", tmp_path / "back"
    assert main(["data", "to-shar", str(made), address]) == 0
    assert main(["data", "from-shar", address, str(back)]) == 0
    assert capsys.readouterr().out == f"{address}: 4 utterances\n{back}: 4 utterances\n"
    for name in ("utt2spk", "text", "spk2gender", "utt2digit"):
        assert (back / name).read_bytes() == (made / name).read_bytes()
    for one, other in zip(directory.read(made).utterances, directory.read(back).utterances, strict=True):
        assert np.array_equal(audio.load(one, 8000), audio.load(other, 8000))
    assert main(["data", "to-shar", str(made), address]) == 2
    assert f"there is Shar already, {address}." in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_folder_that_a_web_server_lists_becomes_a_data_directory(made: Path, shar: Path, tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(shar.parent))) as server:
        Thread(target=server.serve_forever, args=(0.01,)).start()
        address = f"http://127.0.0.1:{server.server_port}/shar"
        assert main(["data", "from-shar", address, str(tmp_path / "back")]) == 0
        server.shutdown()
    assert (tmp_path / "back" / "utt2spk").read_bytes() == (made / "utt2spk").read_bytes()


class Silent(SimpleHTTPRequestHandler):
    """Gives files and lists folders."""

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def test_a_store_that_fails_half_way_is_left_as_it_was(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store, address = fsspec.filesystem("memory"), f"memory://{tmp_path.name}/half"
    put_file = store.put_file

    def full(file: str, path: str) -> None:
        if "cuts" in path:
            raise OSError("no space")
        put_file(file, path)

    monkeypatch.setattr(store, "put_file", full)
    monkeypatch.setattr(stores, "WAIT", 0.0)
    assert main(["data", "to-shar", str(made), address]) == 2
    assert "(no space)" in capsys.readouterr().err
    assert store.find(address) == []


def test_a_url_that_cannot_be_used_is_one_line(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stores, "WAIT", 0.0)
    fsspec.filesystem("memory").pipe_file("memory://bare/utt2spk", b"a b")
    out = str(tmp_path / "out")
    for words, told in (
        (["to-shar", str(made), "nix://bucket/shar"], "no way to nix://bucket/shar"),
        (["from-shar", "nix://bucket/shar", out], "no way to nix://bucket/shar"),
        (["from-shar", "memory://nowhere", out], "no file memory://nowhere"),
        (["from-shar", "memory://bare", out], "it is no Shar folder"),
        (["from-shar", "http://127.0.0.1:9/shar", out], "not to be had"),
        (["to-shar", str(made), "http://127.0.0.1:9/shar"], "http://127.0.0.1:9/shar/"),
        (["from-shar", "memory://bare", "memory://out"], "OUT in a store, memory://out."),
        (["from-shar", "memory://bare", out, "--audio", "memory://out"], "AUDIO in a store, memory://out."),
        (["subset", str(made), "memory://out"], "OUT in a store, memory://out."),
    ):
        assert main(["data", *words]) == 2, words
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == 1 and lines[0].startswith("error: ") and told in lines[0]
    assert not Path(out).exists()


def spoil(shar: Path, change: str) -> None:
    cuts, tar = sorted(shar.glob("cuts.*"))[0], sorted(shar.glob("recording.*"))[0]
    lines = [json.loads(line) for line in gzip.decompress(cuts.read_bytes()).splitlines()]
    match change:
        case "no speaker":
            lines[1]["supervisions"][0].pop("speaker")
        case "two supervisions":
            lines[1]["supervisions"] *= 2
        case "twice":
            lines[1] = lines[0]
        case "no audio of":
            lines[1]["id"] = "elsewhere"
        case "no file":
            tar.unlink()
        case "not readable as tar":
            tar.write_bytes(gzip.compress(tar.read_bytes()))
    if change == "not readable as cuts":
        cuts.write_bytes(cuts.read_bytes()[:-20])
    else:
        cuts.write_bytes(gzip.compress("".join(json.dumps(line) + "\n" for line in lines).encode()))


SAID = {"no speaker": "is not one utterance of one speaker", "two supervisions": "is not one utterance of one speaker"}


@pytest.mark.parametrize(
    "change",
    ["no speaker", "two supervisions", "twice", "no audio of", "no file", "not readable as tar",
     "not readable as cuts"],
)  # fmt: skip
def test_a_folder_that_cannot_be_used_is_refused_by_name(shar: Path, change: str) -> None:
    spoil(shar, change)
    with pytest.raises(ValueError, match=SAID.get(change, change)) as failure:
        directory.read(shar)
    assert str(shar) in str(failure.value)


def test_a_shard_cut_short_is_called_truncated(shar: Path) -> None:
    utterances = directory.read(shar).utterances
    tar = sorted(shar.glob("recording.*"))[1]
    tar.write_bytes(tar.read_bytes()[:1000])
    with pytest.raises(ValueError, match=f"truncated: its end is missing, {tar}"):
        audio.load(utterances[-1], 8000)
    shutil.rmtree(shar)
    with pytest.raises(ValueError, match="no file"):
        audio.load(utterances[-1], 8000)
