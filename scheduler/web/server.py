"""A small ASGI application for the page and the probes, and the thread that serves it behind the calendar's address."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import uvicorn

from scheduler.core.status import Status
from scheduler.errors import Problem, ScadenzarioError, UserError
from scheduler.locale import text
from scheduler.web.calendar import Board, Calendars
from scheduler.web.page import STYLE, page
from scheduler.web.probes import METRICS_TYPE, Probes

log = logging.getLogger(__name__)

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_HTML, _TEXT = "text/html; charset=utf-8", "text/plain; charset=utf-8"
_JSON = "application/json"
_SECURITY = [
    (b"content-security-policy", b"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
]


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    content: bytes
    media_type: str
    headers: tuple[tuple[bytes, bytes], ...] = ()


_ALIVE = Answer(200, b"ok\n", _TEXT)
_NOT_STORED = ((b"cache-control", b"no-store"),)


@dataclass
class Pages:
    """The ASGI application: given functions that read, it never writes."""

    statuses: Callable[[], Sequence[Status]]
    lang: str
    clock: Callable[[], datetime]
    probes: Probes

    async def __call__(self, scope: MutableMapping[str, Any], receive: Callable[..., Any], send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        import asyncio

        if scope["path"] == "/healthz" and scope["method"] in ("GET", "HEAD"):  # however busy the threads are
            answer = _ALIVE
        else:
            answer = await asyncio.to_thread(self.answer, scope["method"], scope["path"])
        await send({"type": "http.response.start", "status": answer.status, "headers": _headers(answer)})
        body = b"" if scope["method"] == "HEAD" else answer.content
        await send({"type": "http.response.body", "body": body})

    def answer(self, method: str, path: str) -> Answer:
        """Return the answer to one request."""
        if method not in ("GET", "HEAD"):
            return Answer(405, b"405\n", _TEXT, ((b"allow", b"GET, HEAD"),))
        if path == "/":
            return self._page()
        if path == "/healthz":
            return _ALIVE
        if path == "/readyz":
            ready, content = self.probes.readiness()
            return Answer(200 if ready else 503, content, _JSON, _NOT_STORED)
        if path == "/metrics":
            return Answer(200, self.probes.metrics(), METRICS_TYPE, _NOT_STORED)
        if path == "/stile.css":
            return Answer(200, STYLE.encode(), "text/css; charset=utf-8")
        return Answer(404, b"404\n", _TEXT)

    def _page(self) -> Answer:
        try:
            return Answer(200, page(self.statuses(), self.lang, self.clock()).encode(), _HTML)
        except ScadenzarioError as error:  # `/readyz` says it to whoever asks
            log.error("page not built: %s", error)  # noqa: TRY400  (it says all itself)
            return Answer(503, b"503\n", _TEXT)


def _headers(answer: Answer) -> list[tuple[bytes, bytes]]:
    length = (b"content-length", str(len(answer.content)).encode())
    kind = (b"content-type", answer.media_type.encode())
    return [kind, length, *answer.headers, *_SECURITY]


class PageServer:
    """Serves pages and calendars from a thread of its own; the address is taken at once: whoever is told can call."""

    def __init__(self, listen: str, pages: Pages, board: Board) -> None:
        """Take the address `host:port`.

        Raises:
            UserError: it is in use, or is not this machine's.
        """
        self._socket = _bound(listen, pages.lang)
        # No access log: the feed's address holds its token.
        options: dict[str, Any] = {"access_log": False, "log_level": "warning", "lifespan": "off"}
        options |= {"server_header": False, "ws": "none"}
        application = Calendars(board, pages)
        config = uvicorn.Config(application, log_config=None, **options)  # its lines go where the service's go
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="pages", daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """End the requests in hand and stop."""
        self._server.should_exit = True
        self._thread.join(timeout=5)
        self._socket.close()


def _bound(listen: str, lang: str) -> socket.socket:
    host, _, port = listen.rpartition(":")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)[0]
        taken = socket.socket(family, kind, protocol)  # by which a small answer goes out without waiting for more
    except OSError as error:
        raise UserError((_problem(listen, lang, error),)) from error
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
        taken.listen(128)
    except OSError as error:
        taken.close()
        raise UserError((_problem(listen, lang, error),)) from error
    return taken


def _problem(listen: str, lang: str, error: OSError) -> Problem:
    what = text(lang, "run.no-address", value=listen, reason=error.strerror or "")
    return Problem("SCADENZARIO_LISTEN", what, text(lang, "run.no-address.remedy"))
