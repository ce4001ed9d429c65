"""The calendar's address, in front of the pages: a request costs a look into a table, and gets bytes as they are.

Calendar programs give up for good on a server error or a request to sign in; so there is no such answer here, no
redirect, no cookie, and nothing is compressed, whatever is asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Protocol

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

PREFIX, SUFFIX = "/calendario/", ".ics"
LONGEST = 100  # characters of a token
_TEXT = (b"content-type", b"text/plain; charset=utf-8")


class Published(Protocol):
    """A calendar's bytes with their fingerprint."""

    @property
    def content(self) -> bytes: ...
    @property
    def sha256(self) -> str: ...


@dataclass(frozen=True, slots=True)
class _Sheet:
    content: bytes
    etag: bytes
    headers: Headers
    unchanged: Headers  # of an answer without the bytes


class Board:
    """What is shown: the calendars by the SHA-256 of their token. Another thread may show anew at any time."""

    def __init__(self) -> None:
        self._sheets: Mapping[str, _Sheet] = {}

    def show(self, calendars: Mapping[str, Published]) -> None:
        """Show these calendars from now on, and no other."""
        made = {item.sha256: _sheet(item) for item in calendars.values()}
        self._sheets = {token: made[item.sha256] for token, item in calendars.items()}

    def find(self, path: str) -> _Sheet | None:
        """Return what is shown under a path, or None."""
        token = path.removeprefix(PREFIX).removesuffix(SUFFIX)
        if len(token) + len(PREFIX) + len(SUFFIX) != len(path) or not 0 < len(token) <= LONGEST:
            return None
        return self._sheets.get(hashlib.sha256(token.encode("utf-8", "replace")).hexdigest())


class Calendars:
    """The ASGI application: answers for calendars itself, and leaves the rest to the pages."""

    def __init__(self, board: Board, pages: Application) -> None:
        self._board = board
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._pages(scope, receive, send)
            return
        status, headers, content = self._answer(scope["method"], scope["path"], scope["headers"])
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})

    def _answer(self, method: str, path: str, asked: Iterable[tuple[bytes, bytes]]) -> tuple[int, Headers, bytes]:
        if method not in ("GET", "HEAD"):
            return 405, [_TEXT, (b"content-length", b"4"), (b"allow", b"GET, HEAD")], b"405\n"
        sheet = self._board.find(path)
        if sheet is None:
            return 404, [_TEXT, (b"content-length", b"4"), (b"cache-control", b"no-store")], b"404\n"
        if any(name == b"if-none-match" and _knows(value, sheet.etag) for name, value in asked):
            return 304, sheet.unchanged, b""
        return 200, sheet.headers, sheet.content


def _sheet(calendar: Published) -> _Sheet:
    etag = f'"{calendar.sha256[:32]}"'.encode("ascii")
    unchanged = [
        (b"etag", etag),
        (b"cache-control", b"private, no-cache"),  # kept, but never used without asking
        (b"x-content-type-options", b"nosniff"),
    ]
    headers = [
        (b"content-type", b"text/calendar; charset=utf-8"),
        (b"content-length", str(len(calendar.content)).encode("ascii")),
        (b"content-disposition", b'inline; filename="scadenze.ics"'),  # else a saved file is named after the token
        *unchanged,
    ]
    return _Sheet(calendar.content, etag, headers, unchanged)


def _knows(value: bytes, etag: bytes) -> bool:
    """Tell whether `If-None-Match` names the bytes; a proxy may have made the tag a weak one."""
    tags = [tag.strip().removeprefix(b"W/") for tag in value.split(b",")]
    return etag in tags or tags == [b"*"]
