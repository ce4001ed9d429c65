"""A browser of a few lines: it asks the whole application, from the door to the pages, in this process."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import unquote, urlencode

from scheduler.web.calendar import Application

HOST = "127.0.0.1:8080"
_FIELD = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    content: bytes

    @property
    def text(self) -> str:
        """The content as text."""
        return self.content.decode()

    def __getitem__(self, name: str) -> str:
        """Return a header, '' where there is none."""
        return next((value for known, value in self.headers if known == name.lower()), "")


@dataclass
class Visitor:
    """Somebody with a browser, who keeps cookies and sends forms as pages gave them."""

    application: Application
    host: str = HOST
    client: str = "127.0.0.1"
    headers: dict[str, str] = field(default_factory=dict)  # sent with every request
    cookies: dict[str, str] = field(default_factory=dict)
    csrf: str = ""

    def get(self, path: str, **headers: str) -> Answer:
        """Open an address."""
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form, with the token of the last page that had one."""
        body = urlencode({"csrfmiddlewaretoken": self.csrf, **fields}).encode()
        return self.ask("POST", path, body, {"content-type": "application/x-www-form-urlencoded"})

    def ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """Send a request."""
        answer = asyncio.run(_asked(self.application, self._scope(method, path, body, headers or {}), body))
        for name, value in answer.headers:
            if name == "set-cookie":
                self._keep(value)
        if found := _FIELD.search(answer.content.decode("utf-8", "replace")):
            self.csrf = found[1]
        return answer

    def _keep(self, said: str) -> None:
        for name, morsel in SimpleCookie(said).items():
            self.cookies[name] = morsel.value
            if morsel["max-age"] == 0 or morsel["max-age"] == "0":
                del self.cookies[name]

    def _scope(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> MutableMapping[str, Any]:
        way, _, query = path.partition("?")
        sent = {"host": self.host, "content-length": str(len(body)), **self.headers, **headers}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {
            "type": "http",
            "method": method,
            "path": unquote(way),
            "raw_path": way.encode(),
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
            "client": (self.client, 50000),
            "server": ("127.0.0.1", 8080),
            "scheme": "http",
            "root_path": "",
            "http_version": "1.1",
        }


async def _asked(application: Application, scope: MutableMapping[str, Any], body: bytes) -> Answer:
    waiting = [{"type": "http.request", "body": body, "more_body": False}]
    said: list[MutableMapping[str, Any]] = []
    left = asyncio.Event()

    async def receive() -> MutableMapping[str, Any]:
        if waiting:
            return waiting.pop()
        await left.wait()  # the browser stays until it has its answer
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        said.append(message)

    await application(scope, receive, send)
    headers = tuple((name.decode().lower(), value.decode("latin-1")) for name, value in said[0]["headers"])
    return Answer(said[0]["status"], headers, b"".join(item.get("body", b"") for item in said[1:]))
