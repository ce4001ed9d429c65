"""The checks of `doctor` that ask the ledger, the engine's file, the mail servers and a running service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scheduler import parts
from scheduler.app import App
from scheduler.commands.finding import LATE_WORK, Findings, Voice
from scheduler.commands.presence import is_served
from scheduler.service.health import LATE
from scheduler.service.sweep import MOST_AHEAD, MOST_BACK
from scheduler.service.workspace import Workspace


@dataclass(frozen=True)
class Past:
    """What the ledger says of the service's past."""

    swept_at: datetime | None = None
    retired: tuple[str, ...] = ()


class Ledger:
    """The ledger as `doctor` finds it; `past` is None where it cannot be asked."""

    def __init__(self, app: App, lang: str) -> None:
        self._settings = app.settings
        self._lang = lang
        self.past: Past | None = None

    def check(self, voice: Voice) -> Findings:
        """It answers, is whole, and of this version.

        Raises:
            UserError: it does not, is damaged, or a newer version's.
        """
        alias = parts.ledger_alias(self._settings, self._lang)
        from scheduler.ledger.soundness import Standing, check_reachable, check_whole, name_of, standing

        found = standing(alias, self._lang)
        if found is Standing.ABSENT:
            self.past = Past()
            yield voice.fine("no-ledger", name=name_of(alias))
            return
        check_reachable(alias, self._lang)
        check_whole(alias, self._lang)
        if found is Standing.OLDER:
            yield voice.attention("old-ledger", name=name_of(alias))
            return
        self.past = self._read(alias)
        yield voice.fine("ledger", name=name_of(alias))

    def _read(self, alias: str) -> Past:
        from scheduler.ledger.store import Store

        store = Store(alias, self._lang)
        return Past(store.snapshot(()).swept_at, tuple(store.duties.retired()))


def engine(voice: Voice, app: App, workspace: Workspace) -> Findings:
    """The engine's file, where it has one."""
    from scheduler.ledger.soundness import fault_of

    file = workspace.var / "engine.sqlite3"
    if not app.is_embedded:
        yield voice.fine("engine-in-ledger")
    elif not file.exists():
        yield voice.fine("no-engine")
    elif fault := fault_of(file):
        yield voice.attention("broken-engine", file=file, reason=fault)
    else:
        yield voice.fine("engine", file=file)


def mail(voice: Voice, app: App, workspace: Workspace) -> Findings:
    """The mail server, or the folder that takes its place.

    Raises:
        DeliveryError: mails cannot be handed over.
    """
    if app.settings.smtp_host or workspace.outbox.exists():  # a look makes no folder
        parts.transport(app.settings, workspace, voice.lang).check()
    if app.settings.smtp_host:
        yield voice.fine("mail", host=app.settings.smtp_host, port=app.settings.smtp_port)
    else:
        yield voice.fine("maildir", folder=workspace.outbox)


def archive(voice: Voice, app: App) -> Findings:
    """The mailbox that keeps what was sent.

    Raises:
        DeliveryError: it cannot be asked.
    """
    found = parts.archive(app.settings, voice.lang)
    if found is None:
        yield voice.fine("no-archive")
        return
    found.check()
    yield voice.fine("archive", host=app.settings.imap_host, port=app.settings.imap_port)


def clock(voice: Voice, app: App, past: Past | None) -> Findings:
    """The clock, against the last sweep: the service holds under the same conditions."""
    now = app.clock()
    if past is None:
        yield voice.unknown("ledger")
    elif past.swept_at is None:
        yield voice.fine("clock", now=_local(app, now))
    else:
        is_right = past.swept_at - MOST_BACK <= now <= past.swept_at + MOST_AHEAD
        facts = {"now": _local(app, now), "before": _local(app, past.swept_at)}
        yield voice.fine("clock-after", **facts) if is_right else voice.wrong("bad-clock", **facts)


def service(voice: Voice, app: App, workspace: Workspace, past: Past | None) -> Findings:
    """Whether the service runs here, and sweeps.

    Raises:
        SourceError: its lock cannot be read.
    """
    if past is None:
        yield voice.unknown("ledger")
        return
    now, swept_at = app.clock(), past.swept_at
    before = _local(app, swept_at) if swept_at else "@doctor.says.never"
    if not is_served(app.settings, workspace, swept_at, now):
        yield voice.attention("idle", before=before)
    elif swept_at is None or abs(now - swept_at) > LATE:
        yield Voice(voice.check, LATE_WORK, voice.lang).wrong("stuck", before=before)
    else:
        yield voice.fine("served", before=before)


def retired(voice: Voice, past: Past | None) -> Findings:
    """The obligations that were taken out of the file."""
    if past is None:
        yield voice.unknown("ledger")
    elif past.retired:
        yield voice.attention("retired", names=", ".join(past.retired))
    else:
        yield voice.fine("no-retired")


def _local(app: App, at: datetime) -> datetime:
    """Return an instant in the office's zone, or in the machine's while no file tells it."""
    return at.astimezone(app.register.workdays.zone if app.adopted else None)
