"""The composition root: wires everything, and is the only place that reads the clock."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.settings import Settings

if TYPE_CHECKING:  # the rest is imported by the part that needs it, so that every command starts at once
    from scheduler.core.ledger import Ledger
    from scheduler.core.obligation import Register
    from scheduler.core.occurrence import Occurrence
    from scheduler.core.status import Status
    from scheduler.ledger.store import Store
    from scheduler.mail.transport import Transport
    from scheduler.service.drafting import Drafter
    from scheduler.service.letters import Letters
    from scheduler.service.simulate import Simulation
    from scheduler.service.sweep import Sweeper
    from scheduler.service.workspace import Workspace

Clock = Callable[[], datetime]


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

    @property
    def lang(self) -> str:
        """The language of everything that a person reads: the setting, or the office's own."""
        return self.settings.language or self.register.office.language

    @cached_property
    def workspace(self) -> Workspace:
        """The folder."""
        from scheduler.service.workspace import Workspace

        return Workspace(self.settings.workspace, self.lang)

    @cached_property
    def register(self) -> Register:
        """What `deadlines.yaml` declares."""
        from scheduler.deadlines import read_register

        return read_register(self.settings.workspace / "deadlines.yaml", self.settings.language or "it")

    @cached_property
    def occurrences(self) -> tuple[Occurrence, ...]:
        """Every occurrence, as the file alone gives it."""
        from scheduler.core.occurrence import all_occurrences

        return all_occurrences(self.register.obligations, self.register.workdays)

    @cached_property
    def store(self) -> Store:
        """The ledger."""
        return _open_store(self.settings.database_url, self.workspace.root, self.lang)

    @cached_property
    def transport(self) -> Transport:
        """An SMTP server, or the Maildir where no server is set."""
        from scheduler.mail.maildir import MaildirTransport
        from scheduler.mail.transport import SmtpSettings, SmtpTransport

        settings = self.settings
        if not settings.smtp_host:
            return MaildirTransport(self.workspace.outbox, self.lang)
        smtp = SmtpSettings(
            host=settings.smtp_host,
            port=settings.smtp_port,
            security=settings.smtp_security,  # type: ignore[arg-type]  # read_settings admits only these three
            user=settings.smtp_user or None,
            password=settings.smtp_password or None,
            ca_file=Path(settings.smtp_ca_file) if settings.smtp_ca_file else None,
        )
        return SmtpTransport(smtp, self.lang)

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
        """Makes passes."""
        identity = self.store.identity() or str(uuid.uuid4())
        return self._sweeper(self.workspace, self.store, self.transport, self.clock, identity)

    def ledger(self) -> Ledger:
        """Return the ledger; a workspace that was never swept counts as started now."""
        from dataclasses import replace

        ledger = self.store.snapshot()
        return ledger if ledger.started_at else replace(ledger, started_at=self.clock())

    def statuses(self, ledger: Ledger | None = None) -> tuple[Status, ...]:
        """Return every occurrence, with its extension, and its state now."""
        from scheduler.core.plan import in_force
        from scheduler.core.status import status

        known = ledger or self.ledger()
        workdays, now = self.register.workdays, self.clock()
        return tuple(status(item, workdays, known, now) for item in in_force(self.occurrences, workdays, known))

    def feed(self) -> bytes:
        """Return the calendar of all occurrences that are the workspace's to follow."""
        from scheduler.core.status import State
        from scheduler.feed.ics import FeedFacts, ics

        ledger = self.ledger()
        facts = FeedFacts("Scadenzario", self.register.workdays.zone.key, self.lang, self.settings.base_url)
        return ics([item for item in self.statuses(ledger) if item.state is not State.UNTRACKED], ledger, facts)

    def feed_token(self) -> str:
        """Return the secret part of the calendar's address, made at the first call and kept in `var/`."""
        path = self.workspace.var / "feed-token"
        if not path.exists():
            self.workspace.keep("feed-token", secrets.token_urlsafe(24).encode())
            path.chmod(0o600)
        return path.read_text("ascii").strip()

    def simulation(self, start: datetime, out: Path, database: Path, *, filed_on_target: bool) -> Simulation:
        """Return the service on a false clock, with its state under `out` and a ledger of its own."""
        from scheduler.mail.maildir import MaildirTransport
        from scheduler.service.simulate import FalseClock, Simulation
        from scheduler.service.workspace import Workspace

        clock = FalseClock(start)
        workspace = Workspace(self.workspace.root, self.lang, state=out)
        store = _open_store(f"sqlite:///{database}", Path("/"), self.lang)
        transport = MaildirTransport(workspace.outbox, self.lang)
        sweeper = self._sweeper(workspace, store, transport, clock, "simulation")
        return Simulation(sweeper, clock, filed_on_target)

    def _drafter(self, workspace: Workspace, store: Store) -> Drafter:
        from scheduler.intake.sheet import SheetCache
        from scheduler.service.drafting import Drafter

        return Drafter(workspace, store, self.register.office, self.register.workdays, SheetCache())

    def _sweeper(
        self, workspace: Workspace, store: Store, transport: Transport, clock: Clock, identity: str
    ) -> Sweeper:
        from scheduler.service.delivery import Postman
        from scheduler.service.perform import Performer
        from scheduler.service.sweep import Sweeper

        workdays = self.register.workdays
        drafter = self._drafter(workspace, store)
        performer = Performer(
            workspace, store, drafter, self.letters, self.occurrences, workdays, self.sender, identity
        )
        claim = identity if identity == "simulation" else secrets.token_hex(8)
        postman = Postman(workspace, store.deliveries, transport, clock, claim)
        return Sweeper(self.occurrences, workdays, store, performer, postman, clock, self.trust_clock)


def outside_terms(terms: Sequence[tuple[datetime, datetime]], now: datetime) -> bool:
    """Tell whether an instant lies in none of the terms."""
    return not any(since <= now < until for since, until in terms)


def _open_store(url: str, root: Path, lang: str) -> Store:
    from scheduler import framework

    framework.configure()
    from scheduler.ledger.database import connect
    from scheduler.ledger.store import Store

    return Store(connect(url, root, lang), lang)
