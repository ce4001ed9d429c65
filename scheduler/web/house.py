"""What the pages ask of the rest of the program: the files in force, the ledger, and what is made on request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, cast

from django.db import connections
from django.http import HttpRequest, HttpResponseBase

from scheduler.core.access import Person
from scheduler.core.agenda import Agenda
from scheduler.core.changed import Comparison
from scheduler.core.entrance import Session
from scheduler.core.kept_figures import KeptFigures
from scheduler.core.ledger import Act, Draft
from scheduler.core.obligation import Register
from scheduler.core.occurrence import Occurrence
from scheduler.core.status import Status
from scheduler.core.upload import Upload
from scheduler.errors import Problem
from scheduler.web.access.door import Door

if TYPE_CHECKING:  # Django must be set up before the tables are imported
    from scheduler.intake.provenance import Provenance
    from scheduler.ledger.store import Store


class Files(Protocol):
    """What is kept under `var/`."""

    def read(self, relative: str) -> bytes: ...


class Made(Protocol):
    """A document that was made on request."""

    @property
    def draft(self) -> Draft: ...


class Acts(Protocol):
    """What people do to an occurrence; `seen` is how many of its acts they had in front of them.

    Each raises a UserError with a problem for each field that is wrong, and a StaleError where somebody was faster.
    """

    def submit(
        self,
        key: str,
        on: date | None,
        protocol: str,
        proof: Upload | None,
        reason: str,
        who: str,
        seen: int | None,
        now: datetime,
    ) -> Act: ...
    def extend(self, key: str, to: date | None, reason: str, who: str, seen: int | None, now: datetime) -> Act: ...
    def waive(self, key: str, reason: str, who: str, seen: int | None, now: datetime) -> Act: ...
    def reopen(self, key: str, reason: str, who: str, seen: int | None, now: datetime) -> Act: ...
    def give_back(
        self, key: str, edited: Upload | None, reason: str, who: str, seen: int | None, now: datetime
    ) -> Made: ...
    def draft(self, key: str, reason: str, who: str, seen: int | None, now: datetime) -> tuple[Made, ...]: ...
    def release(self, key: str, reason: str, who: str, seen: int | None, now: datetime, wrong: str = "") -> Act: ...


class Workbook(Protocol):
    """One sheet that documents are made of."""

    @property
    def path(self) -> str: ...  # relative to the workspace
    @property
    def sheet(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def is_missing(self) -> bool: ...


class Readiness(Protocol):
    """Whether documents could be made now, and of what."""

    @property
    def problems(self) -> Sequence[Problem]: ...
    @property
    def warnings(self) -> Sequence[Problem]: ...
    @property
    def sources(self) -> Sequence[Workbook]: ...
    @property
    def is_ready(self) -> bool: ...
    @property
    def is_releasable(self) -> bool: ...  # a person may answer for all that is wrong
    @property
    def digest(self) -> str: ...  # of the problems


class Named(Protocol):
    """One name that templates may use, in words."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def example(self) -> str: ...
    @property
    def origin(self) -> str: ...


class Trace(Protocol):
    """Where a value comes from, and those that it was made of."""

    @property
    def name(self) -> str: ...
    @property
    def found(self) -> Provenance: ...
    @property
    def operands(self) -> Sequence[Trace]: ...
    @property
    def is_confirmed(self) -> bool: ...


class Papers(Protocol):
    """What can be done with documents."""

    @property
    def can_print(self) -> bool: ...  # LibreOffice is installed
    def copy(self, document: bytes, form: str) -> bytes: ...  # PDF, ARCHIVE (PDF/A-2) or ODT
    def readiness(self, occurrence: Occurrence) -> Readiness: ...
    def names(self, obligation_id: str) -> Sequence[Named]: ...  # that its templates may use
    def compared(self, draft: Draft) -> Comparison: ...
    def trace(self, occurrence: Occurrence, name: str) -> Trace: ...
    def review(self, draft: Draft) -> bytes: ...  # with its sources in comments and an annex
    def figures(self, draft: Draft) -> KeptFigures | None: ...


@dataclass(frozen=True)
class Site:
    """How the pages are reached."""

    listen: str  # host:port
    base_url: str = ""  # as people reach them; '' where they are for this machine alone
    has_mail: bool = False  # False: mails stay in the Maildir

    @property
    def is_local(self) -> bool:
        """Tell whether the pages are for this machine alone: nobody could be mailed a way in, or find it."""
        return not (self.base_url and self.has_mail)

    @property
    def address(self) -> str:
        """The address that the pages have in mails and on screens."""
        return self.base_url or f"http://{self.listen}"


@dataclass(frozen=True)
class House:
    """The program as one request sees it: the files that are in force now, at one instant."""

    register: Register
    agenda: Agenda
    store: Store
    files: Files
    acts: Acts
    papers: Papers
    site: Site
    lang: str
    now: datetime
    statuses: Callable[[], Sequence[Status]]  # of every occurrence, by legal date
    door: Door
    changed: Callable[
        [], None
    ]  # tells the service that somebody has done something: it looks now, not at its next tick

    @cached_property
    def today(self) -> date:
        """The local day."""
        return self.now.astimezone(self.register.workdays.zone).date()


class Request(HttpRequest):
    """A request as the views get it."""

    house: House
    person: Person | None  # who is signed in
    signed_in: Session | None  # by which; None where a proxy says so


def housed(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Return the middleware that gives each request the house as it is at that moment."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        scope: dict[str, Any] = cast("Any", request).scope
        cast("Request", request).house = scope["house"]()
        try:
            return get_response(request)
        finally:  # a request has a thread of its own: a connection kept for the next one would be kept for nobody
            connections.close_all()

    return answer
