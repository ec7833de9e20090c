"""Audio in a store is heard as from disk, by parts where a part is asked for; what cannot be had is one line."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import fsspec
import numpy as np
import pytest

from disentangle.corpus import audio, stores
from disentangle.corpus.directory import read
from disentangle.corpus.manifests import from_lhotse, to_lhotse
from disentangle.corpus.utterances import Utterance
from disentangle.corpus.validation import validate


class Server(BaseHTTPRequestHandler):
    """Gives files, or the part that Range names; each path that begins with /flaky fails once."""

    files: ClassVar[dict[str, bytes]] = {}
    heeds_range = True
    failed: ClassVar[set[str]] = set()

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        content = self.files.get(self.path)
        if self.path.startswith("/flaky") and self.path not in self.failed:
            self.failed.add(self.path)
            return self.send_error(503)
        if content is None:
            return self.send_error(404)
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if asked and self.heeds_range:
            first, last = int(asked[1]), min(int(asked[2]), len(content) - 1)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
            content = content[first : last + 1]
        else:
            self.send_response(200)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)
        return None

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a server without files."""
    monkeypatch.setattr(Server, "files", {})
    monkeypatch.setattr(Server, "failed", set())
    monkeypatch.setattr(stores, "WAIT", 0.0)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def remote(data: Path) -> Path:
    """The data directory, its audio in a store."""
    store, lines = fsspec.filesystem("memory"), (data / "wav.scp").read_text().splitlines()
    for line in lines:
        store.pipe_file(f"memory://{line.split()[1]}", Path(line.split()[1]).read_bytes())
    (data / "wav.scp").write_text("".join(f"{line.replace(' /', ' memory:///')}\n" for line in lines))
    return data


def test_a_data_directory_whose_audio_lies_in_a_store_is_a_data_directory(remote: Path, tmp_path: Path) -> None:
    assert validate(remote) == []
    assert audio.duration(read(remote).utterances[0].recording) == (0.3, 8000)
    local = tmp_path / "audio" / "ann0.wav"
    assert np.array_equal(audio.load(read(remote).utterances[0], 8000), audio.load(local, 8000))
    pytest.importorskip("lhotse")
    to_lhotse(remote, tmp_path / "lhotse")
    from_lhotse(tmp_path / "lhotse", tmp_path / "back")
    assert (tmp_path / "back" / "wav.scp").read_bytes() == (remote / "wav.scp").read_bytes()


def test_audio_is_heard_over_http_as_from_disk_and_asked_for_again_after_a_failure(served: str, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 16000)
    audio.save(tmp_path / "a.wav", noise, 8000)
    content = (tmp_path / "a.wav").read_bytes()
    Server.files |= {"/a.wav": content, "/flaky.tar": b"0" * 512 + content, "/cut.wav": content[:9000]}
    whole = audio.load(tmp_path / "a.wav", 8000)
    assert np.array_equal(audio.load(f"{served}/a.wav", 8000), whole)
    assert np.array_equal(audio.load(Utterance("a", "s", f"{served}/a.wav", 0.5, 1.0), 8000), whole[4000:8000])
    assert np.array_equal(audio.load(f"{served}/flaky.tar:512+{len(content)}", 8000), whole)
    with pytest.raises(ValueError, match="truncated: its end is missing, http"):
        audio.load(f"{served}/cut.wav", 8000)


def test_what_cannot_be_had_is_one_line(served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Server.files["/a.tar"] = bytes(100)
    monkeypatch.setattr(Server, "heeds_range", False)
    for place, said in (
        (f"{served}/a.tar:10+20", "a server that gives whole files only"),
        (f"{served}/none.wav", f"no file {served}/none.wav"),
        ("http://127.0.0.1:9/a.wav", "not to be had"),
        ("nix://a.wav", "no way to nix://a.wav"),
    ):
        with pytest.raises(ValueError, match=said) as refusal:
            audio.load(place, 8000)
        assert "\n" not in str(refusal.value)


def test_a_path_that_was_made_of_a_url_is_that_url() -> None:
    for address in ("s3://bucket/a b", "https://host/x"):
        assert stores.url(Path(address)) == address and stores.is_url(Path(address))
    assert stores.url("file:///corpus/x") == "file:///corpus/x"
    assert not stores.is_url(Path("/corpus/x")) and not stores.is_url("x.ark:12")
