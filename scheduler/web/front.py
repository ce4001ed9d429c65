"""The door of the pages: what needs no page is answered here, and only requests that may be go on to Django."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from scheduler.locale import text
from scheduler.web.api.problem import MEDIA_TYPE, problem_document
from scheduler.web.api.problem import PREFIX as API
from scheduler.web.calendar import Application, Headers, Receive, Scope, Send
from scheduler.web.house import House, Site
from scheduler.web.probes import METRICS_TYPE, Probes
from scheduler.web.static import PREFIX, StaticFile, static_file

LARGEST = 30_000_000  # bytes of a request: the largest evidence, and a form around it
_TEXT, _JSON = "text/plain; charset=utf-8", "application/json"
_SAFE = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_READING = ("GET", "HEAD")


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    content: bytes
    media_type: str = _TEXT
    headers: tuple[tuple[bytes, bytes], ...] = ()


_NOT_STORED = ((b"cache-control", b"no-store"),)
_ALIVE = Answer(200, b"ok\n")


class TooLargeError(Exception):
    """A request went on beyond what it may hold."""


@dataclass(frozen=True)
class Front:
    """The ASGI application in front of Django's."""

    house: Callable[[], House]
    site: Site
    lang: str
    probes: Probes
    pages: Application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        answer = await self._answer(scope)
        if answer is None:
            await self._go_on(scope, receive, send)
        else:
            await _send(scope, send, answer)

    async def _answer(self, scope: Scope) -> Answer | None:
        path, reads = scope["path"], scope["method"] in _READING
        if path == "/healthz" and reads:  # however busy the threads are
            return _ALIVE
        if path in ("/readyz", "/metrics") and reads:
            return await asyncio.to_thread(self._probe, path)
        if refusal := self._refusal(scope):
            return refusal
        if path.startswith(PREFIX):
            return _static(scope) if reads else Answer(405, b"405\n", headers=((b"allow", b"GET, HEAD"),))
        return None

    def _probe(self, path: str) -> Answer:
        if path == "/metrics":
            return Answer(200, self.probes.metrics(), METRICS_TYPE, _NOT_STORED)
        ready, content = self.probes.readiness()
        return Answer(200 if ready else 503, content, _JSON, _NOT_STORED)

    def _refusal(self, scope: Scope) -> Answer | None:
        """Return why a request may not go on: it is from elsewhere, under a name that is not ours, or too large."""
        if self.site.is_local and not _is_here(scope.get("client")):
            return self._say(scope, 403, "front.local")
        if host_of(scope) not in self._hosts:
            return self._say(scope, 400, "front.host")
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if not length.isdigit() or int(length) > LARGEST:
            return self._say(scope, 413, "front.large")
        return None

    @property
    def _hosts(self) -> set[str]:
        """The names that are ours; others are somebody's who lets a name of his point here."""
        ours = {urlsplit(self.site.address).netloc.lower()}
        port = self.site.listen.rpartition(":")[2]
        return ours | {f"{name}:{port}" for name in ("localhost", "127.0.0.1", "[::1]")} | {self.site.listen.lower()}

    async def _go_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request to Django, with the house; behind a proxy as the browser sees the address."""
        address = urlsplit(self.site.base_url)
        if address.netloc and host_of(scope) == address.netloc.lower():
            scope["scheme"] = address.scheme
        scope["house"] = self.house
        begun = False

        async def watched(message: Any) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.pages(scope, _limited(receive), watched)
        except TooLargeError:
            if not begun:
                await _send(scope, send, self._say(scope, 413, "front.large"))

    def _say(self, scope: Scope, status: int, code: str) -> Answer:
        said = text(self.lang, code, address=self.site.address, size=LARGEST // 1_000_000)
        if scope["path"].startswith(API):
            content = problem_document(self.lang, status, detail=said)
            return Answer(status, content, MEDIA_TYPE, _NOT_STORED)
        return Answer(status, f"{status} {said}\n".encode(), headers=_NOT_STORED)


def django_pages() -> Application:
    """Return Django as the application behind the front; it is set up already."""
    from django.core.handlers.asgi import ASGIHandler

    return cast("Application", ASGIHandler())


def host_of(scope: Scope) -> str:
    """Return the host that a request names; '' where it names none, or several."""
    named = [value for name, value in scope["headers"] if name == b"host"]
    return named[0].decode("latin-1").lower() if len(named) == 1 else ""


def _is_here(client: tuple[str, int] | None) -> bool:
    try:
        return client is None or ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False


def _static(scope: Scope) -> Answer:
    found = static_file(scope["path"].removeprefix(PREFIX))
    if found is None:
        return Answer(404, b"404\n")
    asked = dict(scope["headers"])
    kept = ((b"etag", found.etag.encode()), (b"cache-control", b"public, max-age=3600"), (b"vary", b"accept-encoding"))
    if asked.get(b"if-none-match") == found.etag.encode():
        return Answer(304, b"", found.media_type, kept)
    return _packed(found, kept, zipped=b"gzip" in asked.get(b"accept-encoding", b""))


def _packed(found: StaticFile, kept: tuple[tuple[bytes, bytes], ...], *, zipped: bool) -> Answer:
    if zipped and found.zipped:
        return Answer(200, found.zipped, found.media_type, (*kept, (b"content-encoding", b"gzip")))
    return Answer(200, found.content, found.media_type, kept)


def _limited(receive: Receive) -> Receive:
    taken = 0

    async def take() -> Any:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LARGEST:
            raise TooLargeError
        return message

    return take


async def _send(scope: Scope, send: Send, answer: Answer) -> None:
    length = (b"content-length", str(len(answer.content)).encode())
    headers: Headers = [length, (b"content-type", answer.media_type.encode()), *answer.headers, *_SAFE]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.content})
