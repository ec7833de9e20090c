"""Keeps visitors apart: each sees the files and the answers that the server told this visitor of, and no others."""

import json
import os
import re
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

COOKIE = "disentangle_visitor"
MOST_BODY = 2_000_000  # bytes of a request that is no upload
REMEMBERED = 20_000  # names of files and sessions, the oldest forgotten first
LONGEST_PATH = 4096
API = "/gradio_api"
FILE = f"{API}/file="
READ = (
    *("/assets/", "/static/", "/svelte/", f"{API}/heartbeat/", FILE, f"{API}/queue/data"),
    *(f"{API}/upload_progress", f"{API}/startup-events"),
)
PAGES = ("/", "/config", "/theme.css", f"{API}/theme.css", "/favicon.ico", "/manifest.json", "/robots.txt")
WRITE = (f"{API}/queue/join", f"{API}/upload", f"{API}/reset", f"{API}/cancel")
TELLING = ("application/json", "text/event-stream", "text/html")
HEADERS = {
    "content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self' data: blob:; worker-src 'self' blob:; frame-ancestors 'self'; "
    "form-action 'self'; base-uri 'self'; object-src 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


class Visitors:
    """An ASGI layer around Gradio's application.

    A visitor is a cookie. A request that names a file of the cache, or a session, is answered only if this visitor has
    been told of the file, or was the first to use the session. What the page does not use is not served at all.

    Args:
        app: what is behind it.
        cache: folder of uploads and of files that are made.
    """

    def __init__(self, app: App, cache: Path) -> None:
        self.app, self._cache = app, os.path.realpath(cache)
        self._folders = re.compile(re.escape(self._cache) + r"/([\w-]+)")
        self._owners: OrderedDict[str, set[str]] = OrderedDict()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        visitor = _visitor(scope) or secrets.token_urlsafe(24)
        if not _is_used(scope["method"], scope["path"]):
            await _refuse(send, 404)
            return
        body = b""
        if scope["method"] == "POST" and scope["path"] != f"{API}/upload":
            read = await _body(receive)
            if read is None:
                await _refuse(send, 413)
                return
            body, receive = read, _again(read, receive)
        if not self._may(visitor, scope, body):
            await _refuse(send, 403)
            return
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        await self.app(scope, receive, self._listening(visitor, scope, send))

    def _may(self, visitor: str, scope: Message, body: bytes) -> bool:
        """Whether the visitor owns whatever the request names."""
        path, query = scope["path"], scope["query_string"].decode("latin-1")
        if path.startswith(FILE) and not self._folder(path.removeprefix(FILE)):
            return False
        said = _json(body)
        named = {self._folder(text) for text in [path.removeprefix(FILE), *_strings(said)]} - {""}
        named |= {folder for text in [unquote(query), *_strings(said)] for folder in self._folders.findall(text)}
        owned = all(visitor in self._owners.get(folder, ()) for folder in named)
        return owned and all(self._claim(visitor, session) for session in _sessions(path, query, said))

    def _folder(self, name: str) -> str:
        """The folder of the cache that a path leads into, however it is spelt; nothing where it leads elsewhere.

        The cache has a folder for each content, by a hash with a secret.
        """
        if "/" not in name or len(name) > LONGEST_PATH or "\0" in name:
            return ""
        real = os.path.realpath(name)
        return real[len(self._cache) + 1 :].partition("/")[0] if real.startswith(f"{self._cache}/") else ""

    def _claim(self, visitor: str, session: str) -> bool:
        """The first to use a session has it."""
        return visitor in self._own(f"session {session}", visitor, only_first=True)

    def _own(self, name: str, visitor: str, only_first: bool = False) -> set[str]:
        owners = self._owners.setdefault(name, set())
        if not (owners and only_first):
            owners.add(visitor)
        self._owners.move_to_end(name)
        while len(self._owners) > REMEMBERED:
            self._owners.popitem(last=False)
        return owners

    def _listening(self, visitor: str, scope: Message, send: Send) -> Send:
        """Sends what is sent, marked as ours, and remembers which files the visitor is told of."""
        telling, tail = False, ""

        async def told(message: Message) -> None:
            nonlocal telling, tail
            if message["type"] == "http.response.start":
                message["headers"] = [*_headers(message["headers"], scope["path"], visitor)]
                telling = _kind(message["headers"]).startswith(TELLING) and not scope["path"].startswith(FILE)
            elif telling:
                text = tail + message.get("body", b"").decode("utf-8", "replace")
                for folder in self._folders.findall(text):
                    self._own(folder, visitor)
                tail = text[-LONGEST_PATH:]
            await send(message)

        return told


def _is_used(method: str, path: str) -> bool:
    if method in ("GET", "HEAD"):
        return path in PAGES or path.startswith(READ)
    return method == "POST" and path.rstrip("/") in WRITE


def _visitor(scope: Message) -> str:
    for name, value in scope["headers"]:
        if name == b"cookie":
            try:
                cookie = SimpleCookie(value.decode("latin-1")).get(COOKIE)
            except CookieError:
                return ""
            return cookie.value if cookie is not None and len(cookie.value) >= 32 else ""
    return ""


def _headers(headers: Iterable[tuple[bytes, bytes]], path: str, visitor: str) -> Iterable[tuple[bytes, bytes]]:
    lasting = path.startswith(("/assets/", "/static/", "/svelte/"))
    ours = {name: value for name, value in HEADERS.items() if not (lasting and name == "cache-control")}
    yield from (pair for pair in headers if pair[0].decode("latin-1").lower() not in ours)
    yield from ((name.encode(), value.encode()) for name, value in ours.items())
    if path == "/":
        yield b"set-cookie", f"{COOKIE}={visitor}; Path=/; HttpOnly; SameSite=Strict".encode()


def _kind(headers: Iterable[tuple[bytes, bytes]]) -> str:
    return next((value.decode("latin-1") for name, value in headers if name.lower() == b"content-type"), "")


def _sessions(path: str, query: str, said: object) -> list[str]:
    """The sessions that a request names."""
    found = parse_qs(query).get("session_hash", [])
    if path.startswith(f"{API}/heartbeat/"):
        found.append(path.rpartition("/")[2])
    if isinstance(said, dict) and isinstance(said.get("session_hash"), str):
        found.append(said["session_hash"])
    return found


def _json(body: bytes) -> object:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body.decode("utf-8", "replace")


def _strings(said: object) -> Iterator[str]:
    """All strings in what JSON says."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict):
        for value in said.values():
            yield from _strings(value)
    elif isinstance(said, list):
        for value in said:
            yield from _strings(value)


async def _body(receive: Receive) -> bytes | None:
    """The whole body of a request, or None where it is too large."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return body
        body, more = body + message.get("body", b""), message.get("more_body", False)
        if len(body) > MOST_BODY:
            return None
    return body


def _again(body: bytes, receive: Receive) -> Receive:
    """Receives a body that has been read, then what comes after it."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def _refuse(send: Send, status: int) -> None:
    said = {404: b"not here", 403: b"another visitor's", 413: b"too much"}[status]
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(said)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": said})
