"""Nobody sees what another visitor brought or was answered, however the request is spelt."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from disentangle.demo.visitors import API, COOKIE, MOST_BODY, Message, Receive, Send, Visitors

ANN, BOB = "a" * 32, "b" * 32


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Behind:
    """Stands for Gradio: an upload is told its path, files are served, everything else is said back."""

    def __init__(self, cache: Path) -> None:
        self.cache, self.asked = cache, list[str]()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        self.asked.append(scope["path"])
        body = (await receive()).get("body", b"")
        kind, said = "application/json", json.dumps({"body": body.decode()}).encode()
        if scope["path"] == f"{API}/upload":
            said = json.dumps([str(self.cache / body.decode() / "sound one.wav")]).encode()
        elif scope["path"].startswith(f"{API}/file="):
            kind, said = "audio/wav", b"sound"
        elif scope["path"] == f"{API}/queue/data":
            kind, said = "text/event-stream", f'data: {{"path": "{self.cache}/made/b.png"}}\n\n'.encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind.encode())]})
        half = len(said) // 2
        await send({"type": "http.response.body", "body": said[:half], "more_body": True})
        await send({"type": "http.response.body", "body": said[half:]})


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def visitors(cache: Path) -> Visitors:
    return Visitors(Behind(cache), cache)


def ask(visitors: Visitors, visitor: str, method: str, path: str, body: bytes = b"") -> Answer:
    """What a visitor is answered; one without a name sends no cookie."""
    where, _, query = path.partition("?")
    cookie = [(b"cookie", f"other=1; {COOKIE}={visitor}".encode())] if visitor else []
    scope = {"type": "http", "method": method, "path": where, "query_string": query.encode(), "headers": cookie}
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(visitors(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], headers, b"".join(message["body"] for message in sent[1:]))


def uploaded(visitors: Visitors, visitor: str, content: str = "hash1") -> str:
    """The path that a visitor is told of an upload."""
    (path,) = json.loads(ask(visitors, visitor, "POST", f"{API}/upload", content.encode()).body)
    assert isinstance(path, str)
    return path


def joined(*data: Any, session: str = "s1") -> bytes:
    return json.dumps({"data": list(data), "session_hash": session, "fn_index": 0}).encode()


def test_a_visitor_reads_what_this_visitor_brought_and_nobody_else_does(visitors: Visitors) -> None:
    path = uploaded(visitors, ANN)
    assert ask(visitors, ANN, "GET", f"{API}/file={path}").body == b"sound"
    assert ask(visitors, BOB, "GET", f"{API}/file={path}").status == 403
    assert ask(visitors, "", "GET", f"{API}/file={path}").status == 403
    assert uploaded(visitors, BOB) == path  # who has the same file may read it
    assert ask(visitors, BOB, "GET", f"{API}/file={path}").status == 200


def test_no_spelling_of_a_path_leads_to_it(visitors: Visitors, cache: Path) -> None:
    path = uploaded(visitors, ANN)
    cache.mkdir()
    (cache.parent / "link").symlink_to(cache)
    spelt = [
        path.replace("/cache/", "//cache/./"),
        path.replace("/cache/", "/cache/x/../"),
        path.replace("/cache/", "/link/"),
        "../../../../../../../../.." + path,
        "http://127.0.0.1" + path,
        "/etc/passwd",
        "",
    ]
    for name in spelt:
        assert ask(visitors, BOB, "GET", f"{API}/file={name}").status == 403, name
        if "cache" in name or "link" in name:
            asked = ask(visitors, BOB, "POST", f"{API}/queue/join", joined({"path": name}, session="b"))
            assert asked.status == 403, name


def test_nobody_has_another_visitors_file_computed_on(visitors: Visitors) -> None:
    path = uploaded(visitors, ANN)
    nested = {"path": path, "meta": {"_type": "gradio.FileData"}}
    assert ask(visitors, ANN, "POST", f"{API}/queue/join", joined("x", nested)).status == 200
    for data in (nested, [[{"deep": path}]], f"{API}/file={path}"):
        assert ask(visitors, BOB, "POST", f"{API}/queue/join", joined(data, session="s2")).status == 403
    escaped = joined(nested, session="s2").replace(b"/", b"\\/")
    assert ask(visitors, BOB, "POST", f"{API}/queue/join", escaped).status == 403


def test_what_is_made_for_a_visitor_is_for_this_visitor(visitors: Visitors, cache: Path) -> None:
    assert ask(visitors, ANN, "GET", f"{API}/queue/data?session_hash=s1").status == 200
    assert ask(visitors, ANN, "GET", f"{API}/file={cache}/made/b.png").status == 200
    assert ask(visitors, BOB, "GET", f"{API}/file={cache}/made/b.png").status == 403


def test_a_session_is_that_of_its_first_visitor(visitors: Visitors) -> None:
    assert ask(visitors, ANN, "POST", f"{API}/queue/join", joined("x")).status == 200
    for visitor, status in ((ANN, 200), (BOB, 403), ("", 403)):
        assert ask(visitors, visitor, "GET", f"{API}/queue/data?session_hash=s1").status == status
        assert ask(visitors, visitor, "GET", f"{API}/heartbeat/s1").status == status
        assert ask(visitors, visitor, "POST", f"{API}/queue/join", joined("y")).status == status


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{API}/proxy=http://example.com"),
        ("GET", f"{API}/run-history/records"),
        ("POST", f"{API}/vibe-edit"),
        ("POST", f"{API}/api/predict"),
        ("POST", f"{API}/call/convert"),
        ("POST", "/login"),
        ("GET", "/monitoring"),
        ("PUT", "/"),
    ],
)
def test_what_the_page_does_not_use_is_not_served(visitors: Visitors, method: str, path: str) -> None:
    assert ask(visitors, ANN, method, path).status == 404


def test_a_body_beyond_all_measure_is_refused(visitors: Visitors) -> None:
    assert ask(visitors, ANN, "POST", f"{API}/queue/join", b"x" * (MOST_BODY + 1)).status == 413


def test_the_page_sets_a_cookie_that_no_script_reads_and_forbids_other_hosts(visitors: Visitors) -> None:
    answer = ask(visitors, "", "GET", "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and len(cookie.split("=")[1]) > 32
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    assert "http" not in answer.headers["content-security-policy"]
    assert f"{COOKIE}={ANN};" in ask(visitors, ANN, "GET", "/").headers["set-cookie"]
