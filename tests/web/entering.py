"""An office whose people come in: its pages on a clock that the test moves, and the mails that it sends."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from functools import cache
from pathlib import Path

from scheduler.app import App
from scheduler.commands.clock import app_at
from scheduler.commands.pages import front
from scheduler.service.durations import Durations
from scheduler.service.health import Health
from scheduler.service.press import Press
from scheduler.settings import read_settings
from scheduler.web.access.door import Queue
from scheduler.web.front import Front
from scheduler.web.probes import Probes
from tests.web.asking import Answer, Visitor

READER, EDITOR, ADMINISTRATOR = "livia.esempio@cmm.example", "tullio.prova@cmm.example", "ottavia.campione@cmm.example"
_LINK = re.compile(r"https?://[^/\s]+(/accesso/[\w-]{43})")


def at_once(work: Callable[[], None]) -> None:
    """Do now what the pages leave for later."""
    work()


@dataclass
class Clock:
    """The real time, as the test has it."""

    now: datetime = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: int) -> None:
        """Let time go by."""
        self.now += timedelta(**span)


@dataclass
class Entry:
    """The pages of one office."""

    app: App
    clock: Clock
    application: Front

    def visitor(self, **options: str) -> Visitor:
        """Return somebody with a browser of their own."""
        return Visitor(self.application, **options)

    def mails(self) -> list[str]:
        """Return what was mailed, as text, oldest first."""
        files = sorted((self.app.workspace.outbox / "new").glob("*"), key=lambda path: path.stat().st_mtime_ns)
        found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]
        return [f"{mail['To']}\n{mail['Subject']}\n{mail.get_body(('plain',)).get_content()}" for mail in found]  # type: ignore[union-attr]

    def asked(self, visitor: Visitor, address: str, onward: str = "") -> Answer:
        """Fill the form in as a browser does."""
        visitor.get("/accesso")
        return visitor.post("/accesso", address=address, next=onward)

    def link(self, visitor: Visitor, address: str = EDITOR, onward: str = "") -> str:
        """Ask for a link and return its path, as the mail has it."""
        assert self.asked(visitor, address, onward).status == 200
        return link_in(self.mails()[-1])

    def sign_in(self, visitor: Visitor, address: str = EDITOR, onward: str = "") -> Answer:
        """Ask for a link, open it, and press its button."""
        return use(visitor, self.link(visitor, address, onward))


@cache
def press() -> Press:
    """The one process in which the templates of all these offices are read: its start takes a second."""
    return Press()


def use(visitor: Visitor, path: str) -> Answer:
    """Open a link and press its button."""
    assert visitor.get(path).status == 200
    return visitor.post("/accesso/entra", token=path.rpartition("/")[2])


def link_in(mail: str) -> str:
    """Return the path of the one link of a mail."""
    [path] = set(_LINK.findall(mail))
    return str(path)


def entry_of(office: Path, later: Queue = at_once, **settings: str) -> Entry:
    """Return an office with some settings; nothing was ever swept in it."""
    environ = {f"SCADENZARIO_{name}": value for name, value in settings.items()}
    app, clock = replace(app_at(office, "2025-02-27T09:00"), settings=read_settings(environ, office)), Clock()
    app.__dict__["press"] = press()
    probes = Probes(lambda: Health(clock.now, {}), Durations().read)
    return Entry(app, clock, front(lambda: app, probes, later, clock))
