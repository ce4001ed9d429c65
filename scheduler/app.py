"""The composition root: wires everything, and is the only place that reads the clock."""

from __future__ import annotations

import secrets
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from scheduler.settings import Settings

if TYPE_CHECKING:  # the rest is imported by the part that needs it, so that every command starts at once
    from scheduler.core.agenda import Agenda
    from scheduler.core.ledger import Ledger
    from scheduler.core.obligation import Register
    from scheduler.core.occurrence import Occurrence
    from scheduler.core.status import Status
    from scheduler.ledger.node import Node
    from scheduler.ledger.store import Store
    from scheduler.mail.archive import Archive
    from scheduler.mail.transport import Transport
    from scheduler.service.delivery import Postman
    from scheduler.service.drafting import Drafter
    from scheduler.service.durable import DurableEngine
    from scheduler.service.engine import Engine
    from scheduler.service.health import Checkup
    from scheduler.service.letters import Letters
    from scheduler.service.press import Press
    from scheduler.service.retention import Retention, Tidied
    from scheduler.service.shelf import Adopted, Shelf
    from scheduler.service.sweep import Sweeper
    from scheduler.service.workspace import Workspace

Clock = Callable[[], datetime]
LOCAL = "local"
MOST_NODES = 64  # on one machine


def system_clock() -> datetime:
    """Return the real instant."""
    return datetime.now(UTC)


def clock_from(start: datetime) -> Clock:
    """Return a clock that shows `start` now and runs on from there."""
    ahead = start - system_clock()
    return lambda: system_clock() + ahead


@dataclass(frozen=True)
class App:
    """One workspace with its settings and its clock; each part is made when it is first asked for."""

    settings: Settings
    clock: Clock = system_clock
    trust_clock: bool = False  # a person vouches for it
    node: str = LOCAL  # the name under which this process claims work; nobody else's while it runs
    adopted: Adopted | None = None  # what the service works with; None: the files as they are

    @property
    def lang(self) -> str:
        """The language of everything that a person reads: the setting, or the office's own."""
        return self.settings.language or self.register.office.language

    @cached_property
    def workspace(self) -> Workspace:
        """The folder."""
        from scheduler.service.workspace import Workspace

        return Workspace(self.settings.workspace, self.lang, shelf=self.shelf.templates if self.adopted else None)

    @cached_property
    def shelf(self) -> Shelf:
        """The last good copies of what people declare."""
        from scheduler.service.shelf import Shelf
        from scheduler.service.workspace import Workspace

        lang = self.settings.language or "it"
        return Shelf(Workspace(self.settings.workspace, lang), self.press, lang)

    @cached_property
    def press(self) -> Press:
        """The process that reads and fills templates."""
        from scheduler.service.press import Press

        return Press()

    def adopt(self) -> App:
        """Return the application with its files read afresh, each in its last good state; ledger and mail go on.

        Raises:
            UserError: `deadlines.yaml` cannot be used, and there is no good copy of it.
        """
        anew = replace(self, adopted=self.shelf.adopt(self.clock()))
        kept = ("shelf", "press", "store", "transport", "archive", "postman")
        anew.__dict__.update({name: self.__dict__[name] for name in kept if name in self.__dict__})
        return anew

    @cached_property
    def register(self) -> Register:
        """What `deadlines.yaml` declares."""
        return self.adopted.register if self.adopted is not None else self.shelf.declared()

    @cached_property
    def occurrences(self) -> tuple[Occurrence, ...]:
        """Every occurrence, as the file alone gives it."""
        from scheduler.core.occurrence import all_occurrences

        return all_occurrences(self.register.obligations, self.register.workdays)

    @cached_property
    def store(self) -> Store:
        """The ledger."""
        from scheduler.parts import store

        return store(self.settings.database_url, self.workspace.root, self.lang)

    @cached_property
    def transport(self) -> Transport:
        """An SMTP server, or the Maildir where no server is set."""
        from scheduler.parts import transport

        return transport(self.settings, self.workspace, self.lang)

    @property
    def sender(self) -> str:
        """Who the mails come from: the setting, or the operator's own address while mail stays in the Maildir."""
        return self.settings.mail_from or f"Scadenzario <{self.register.operator.addresses[0]}>"

    @cached_property
    def drafter(self) -> Drafter:
        """Makes documents."""
        return self._drafter(self.workspace, self.store)

    @cached_property
    def letters(self) -> Letters:
        """Writes mails."""
        from scheduler.service.letters import Letters

        register = self.register
        return Letters(register.office, register.workdays, register.sources, self.lang, self.settings.base_url)

    @cached_property
    def sweeper(self) -> Sweeper:
        """Makes passes, with an engine that does everything at once."""
        from scheduler.service.engine import InlineEngine

        engine = InlineEngine()
        sweeper = self.sweeper_with(engine)
        engine.start(sweeper.handlers)
        return sweeper

    def sweeper_with(self, engine: Engine) -> Sweeper:
        """Return what makes passes and hands its errands to an engine."""
        identity = self.store.identity() or str(uuid.uuid4())
        return self.sweeper_over(self.workspace, self.store, self.postman, engine, identity)

    @cached_property
    def postman(self) -> Postman:
        """Sends mails."""
        from scheduler.service.delivery import Postman

        claim = f"{self.node}/{secrets.token_hex(4)}"
        parts = (self.workspace, self.store.deliveries, self.transport, self.clock, claim)
        return Postman(*parts, self.archive, self.settings.archive_address)

    @cached_property
    def archive(self) -> Archive | None:
        """The mailbox that gets a copy of every mail, where one is set."""
        from scheduler.parts import archive

        return archive(self.settings, self.lang)

    @cached_property
    def agenda(self) -> Agenda:
        """The occurrences in time."""
        from scheduler.core.agenda import Agenda

        return Agenda(self.register.obligations, self.register.workdays)

    @cached_property
    def checkup(self) -> Checkup:
        """Tells how the service is."""
        from scheduler.service.health import Checkup

        return Checkup(self.agenda, self.store, self.adopted.problems if self.adopted else (), self.lang)

    def tidy(self) -> Tidied:
        """Forget who came in long ago, and free disk space as far as the retention setting allows."""
        from scheduler.core.plan import is_closed
        from scheduler.service.retention import Tidied

        self.store.tidy(system_clock())  # sign-in goes by the real clock
        if not self.settings.keep_months:
            return Tidied()
        ledger = self.store.acted()

        def closed(key: str) -> bool:
            occurrence = self.agenda.occurrence(key)
            return occurrence is None or is_closed(occurrence, ledger)

        return self.retention.tidy(self.clock(), closed)

    @cached_property
    def retention(self) -> Retention:
        """Removes what is kept no longer."""
        from scheduler.parts import retention

        return retention(self.settings, self.workspace, self.store.alias, self.lang)

    def ledger(self) -> Ledger:
        """Return the ledger; a workspace that was never swept counts as started now."""
        ledger = self.store.snapshot()
        return ledger if ledger.started_at else replace(ledger, started_at=self.clock())

    def statuses(self, ledger: Ledger | None = None) -> tuple[Status, ...]:
        """Return every occurrence, with its extension, and its state now."""
        from scheduler.core.plan import in_force
        from scheduler.core.status import status

        known, workdays, now = ledger or self.ledger(), self.register.workdays, self.clock()
        return tuple(status(item, workdays, known, now) for item in in_force(self.occurrences, workdays, known))

    def feed_token(self) -> str:
        """Return the secret part of the calendar's own address, made at the first call and kept in `var/`."""
        return self.workspace.secret("feed-token", 24)

    def secret_key(self) -> str:
        """Return the key that signs what browsers carry: the setting, or the workspace's own."""
        return self.settings.entry.secret_key or self.workspace.secret("secret-key", 48)

    def new_feed_token(self) -> str:
        """Return another secret part, which takes the place of the one before."""
        token = secrets.token_urlsafe(24)
        self.workspace.keep("feed-token", token.encode())
        (self.workspace.var / "feed-token").chmod(0o600)
        return token

    @property
    def is_embedded(self) -> bool:
        """Tell whether the ledger is a file, which one process at a time may work on."""
        return self.settings.database_url.startswith("sqlite:")

    @contextmanager
    def working(self) -> Iterator[tuple[App, Node | None]]:
        """Hold the right to work on this workspace: give the application under a name of its own.

        On a file it is the workspace's lock; on PostgreSQL the name's, and then the node that holds it is given too.

        Raises:
            UserError: another process holds it.
        """
        if self.is_embedded:
            with self.workspace.locked():
                yield self, None
            return
        from scheduler.ledger.node import held

        host = socket.gethostname()
        names = [self.settings.node] if self.settings.node else [f"{host}-{n}" for n in range(1, MOST_NODES + 1)]
        alias = self.store.alias
        with held(alias, names, self.lang) as node:
            yield replace(self, node=node.name), node

    def engine(self) -> DurableEngine:
        """Return the engine of the service: its own file beside a ledger that is one, else in the same database."""
        from scheduler.parts import engine

        file = self.workspace.var / "engine.sqlite3" if self.is_embedded else None
        return engine(self.settings, file, self.node, self.lang)

    def _drafter(self, workspace: Workspace, store: Store) -> Drafter:
        from scheduler.intake.database import Databases
        from scheduler.intake.sheet import SheetCache
        from scheduler.service.drafting import Drafter

        databases = Databases(self.settings.source_urls, workspace.root)
        return Drafter(workspace, store, self.register, SheetCache(databases), self.press)

    def sweeper_over(
        self, workspace: Workspace, store: Store, postman: Postman, engine: Engine, identity: str
    ) -> Sweeper:
        """Return what makes passes over a workspace and a ledger that need not be this application's own."""
        from scheduler.service.acts import Acts
        from scheduler.service.look import Lookout
        from scheduler.service.perform import Performer
        from scheduler.service.returns import Returns
        from scheduler.service.sweep import Sweeper

        operator, drafter = self.register.operator, self._drafter(workspace, store)
        own = (self.letters, self.agenda, operator, self.sender, identity, postman.claim)
        performer = Performer(workspace, store, drafter, *own)
        lookout, clock = Lookout(self.agenda, store, operator), postman.clock
        returns = Returns(Acts(workspace, store, self.agenda, drafter, self.lang))
        return Sweeper(lookout, store, performer, postman, engine, clock, self.trust_clock, returns)
