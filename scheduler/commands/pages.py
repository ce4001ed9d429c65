"""The pages of the running service: what they ask for, taken from the application as it is at that moment."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from scheduler.app import system_clock
from scheduler.commands.acting import acts
from scheduler.commands.naming import names_of
from scheduler.commands.sign_in_post import SignInPost
from scheduler.core.changed import Comparison
from scheduler.core.kept_figures import KeptFigures
from scheduler.core.ledger import Draft
from scheduler.core.occurrence import Occurrence
from scheduler.core.privacy import personal_figures
from scheduler.core.status import Status
from scheduler.errors import ScadenzarioError
from scheduler.service.comparisons import Comparisons
from scheduler.service.copies import Form, Printer, program
from scheduler.service.readiness import Readiness, readiness
from scheduler.service.reviewing import review_copy
from scheduler.service.tracing import Trace, trace
from scheduler.service.variables import Variable
from scheduler.web.access.beside import Beside
from scheduler.web.access.door import Door, Queue
from scheduler.web.access.journey import BACK
from scheduler.web.front import Front, django_pages
from scheduler.web.house import House, Site
from scheduler.web.probes import Probes

if TYPE_CHECKING:
    from scheduler.app import App, Clock
    from scheduler.service.standing import Standing

log = logging.getLogger(__name__)


def front(
    app: Callable[[], App],
    probes: Probes,
    later: Queue | None = None,
    clock: Clock = system_clock,
    lasting: Lasting | None = None,
    changed: Callable[[], None] = lambda: None,
) -> Front:
    """Return what answers requests; `app` is asked for anew at each, for its files may have been read again.

    `later` is where mails to sign in with go out, `clock` tells the real time, by which people sign in, `lasting` is
    what somebody else keeps in step as well, and `changed` is told of what people have done.
    """
    now = app()
    way_in = door(app, later or Beside(), clock)
    kept = lasting or Lasting()
    return Front(lambda: house(app(), way_in, kept, changed), site(now), now.lang, probes, django_pages())


def door(app: Callable[[], App], later: Queue, clock: Clock) -> Door:
    """Return by what people come in, as the settings have it."""
    entry, now = app().settings.entry, app()
    server = None
    if entry.provider:
        from scheduler.web.access.oidc import SignInServer

        server = SignInServer(entry.provider, f"{now.settings.base_url}/{BACK}", clock)
    post = SignInPost(app)
    return Door(clock, now.secret_key, post, later, entry.trusted_proxies, entry.user_header, server)


class Lasting:
    """What goes from one request to the next: how every deadline stands, and the one who makes PDFs."""

    def __init__(self) -> None:
        self._printer: Printer | None = None
        self._making = Lock()
        self._made: Standing | None = None

    def statuses(self, app: App) -> tuple[Status, ...]:
        """Return them all, by legal date."""
        with self._making:
            if self._made is None:
                from scheduler.service.standing import Standing

                self._made = Standing(app.store)
        return self._made.statuses(app.agenda, app.clock())

    def printer(self, app: App) -> Printer:
        """Return who makes copies of documents, always the same; LibreOffice stays set up from one to the next."""
        with self._making:
            if self._printer is None:
                self._printer = Printer(app.workspace, app.lang, profile=app.workspace.var / "office" / app.node)
        return self._printer

    def prepare(self, app: App) -> None:
        """Compute them now, so that nobody's page waits for it; where that fails, the next page tries again."""
        try:
            self.statuses(app)
        except ScadenzarioError as error:
            log.error("states not computed: %s", error)  # noqa: TRY400  (it says all itself)


@dataclass(frozen=True)
class Papers:
    """What pages ask of documents."""

    app: App
    printer: Printer

    @property
    def can_print(self) -> bool:
        """Tell whether LibreOffice is installed."""
        return program() is not None

    def copy(self, document: bytes, form: str) -> bytes:
        """Return a Word document in another form."""
        return self.printer.copy(document, Form[form])

    def readiness(self, occurrence: Occurrence) -> Readiness:
        """Return whether the documents could be made now, and of what."""
        return readiness(self.app.drafter, occurrence, self.app.clock())

    def names(self, obligation_id: str) -> list[Variable]:
        """Return the names that an obligation's templates may use."""
        return names_of(self.app, obligation_id)

    def compared(self, draft: Draft) -> Comparison:
        """Return what has changed in a draft's figures."""
        return Comparisons(self.app.workspace, self.app.store).of(draft)

    def trace(self, occurrence: Occurrence, name: str) -> Trace:
        """Return where a value comes from that the documents would have now."""
        return trace(self.app.drafter, occurrence, name, self.app.clock())

    def review(self, draft: Draft) -> bytes:
        """Return a draft with the sources of its figures."""
        found = self.app.agenda.occurrence(draft.occurrence_key)
        personal = personal_figures(found.obligation) if found else ()
        return review_copy(draft, self.figures(draft), personal, self.app.workspace)

    def figures(self, draft: Draft) -> KeptFigures | None:
        """Return the figures that a draft was made with, as far as they were kept."""
        return Comparisons(self.app.workspace, self.app.store).figures(draft)


def house(app: App, way_in: Door, lasting: Lasting, changed: Callable[[], None]) -> House:
    """Return the application as one request sees it."""
    return House(
        acts=acts(app),
        papers=Papers(app, lasting.printer(app)),
        register=app.register,
        agenda=app.agenda,
        store=app.store,
        files=app.workspace,
        site=site(app),
        lang=app.lang,
        now=app.clock(),
        statuses=lambda: lasting.statuses(app),
        door=way_in,
        changed=changed,
    )


def site(app: App) -> Site:
    """Return how the pages are reached."""
    settings = app.settings
    return Site(settings.listen, settings.base_url, bool(settings.smtp_host))
