"""The commands by which a person declares something: submit, extend, waive, reopen. Each is a row with who and when."""

from __future__ import annotations

import getpass
import re
from datetime import date, timedelta
from pathlib import Path

from scheduler.app import App
from scheduler.commands import clock
from scheduler.commands.console import say
from scheduler.core.ledger import Act, ActKind
from scheduler.core.occurrence import Occurrence
from scheduler.core.plan import is_closed
from scheduler.errors import Problem, SourceError, UserError
from scheduler.locale import text

WRONG = 1
LONGEST_EXTENSION = timedelta(days=366)
MAX_EVIDENCE = 50_000_000  # bytes
_PROTOCOL = re.compile(r"\d{1,10}(/\d{4})?")


def submit(app: App, key: str, on: str, protocol: str, evidence: Path | None, who: str) -> None:
    """Declare an occurrence filed on a day; its protocol number and a file that proves it are optional."""
    occurrence, filed_on = clock.occurrence(app, key), clock.day(app, on)
    _refuse_closed(app, occurrence)
    if filed_on > _today(app):
        _refuse(app, "act.future", on=filed_on)
    if filed_on < occurrence.period.start:
        _refuse(app, "act.too-early", on=filed_on, start=occurrence.period.start)
    if protocol and not _PROTOCOL.fullmatch(protocol):
        _refuse(app, "act.protocol", value=protocol)
    kept, sha256 = _keep_evidence(app, occurrence, evidence) if evidence else ("", "")
    act = _act(app, ActKind.SUBMISSION, occurrence, who, on=filed_on, protocol=protocol, evidence=kept)
    app.store.record_act(act, sha256)
    say(text(app.lang, "act.submitted", key=key, on=filed_on))


def extend(app: App, key: str, to: str, reason: str, who: str) -> None:
    """Move an occurrence's legal date to a later day that the other side has granted."""
    occurrence, day = clock.occurrence(app, key), clock.day(app, to)
    _refuse_closed(app, occurrence)
    first, last = occurrence.shifted_due_on, occurrence.shifted_due_on + LONGEST_EXTENSION
    if not first < day <= last:  # against the act's own date, so that a new extension corrects a mistaken one
        _refuse(app, "act.not-later", on=day, legal=first, last=last)
    _require_reason(app, reason)
    app.store.record_act(_act(app, ActKind.EXTENSION, occurrence, who, on=day, reason=reason))
    say(text(app.lang, "act.extended", key=key, on=day))


def waive(app: App, key: str, reason: str, who: str) -> None:
    """Declare that an occurrence is not owed."""
    occurrence = clock.occurrence(app, key)
    _refuse_closed(app, occurrence)
    _require_reason(app, reason)
    app.store.record_act(_act(app, ActKind.WAIVER, occurrence, who, reason=reason))
    say(text(app.lang, "act.waived", key=key))


def reopen(app: App, key: str, reason: str, who: str) -> None:
    """Take back a submission or a waiver."""
    occurrence = clock.occurrence(app, key)
    if app.store.snapshot().closing(occurrence.key) is None:
        _refuse(app, "act.not-closed", value=key)
    _require_reason(app, reason)
    app.store.record_act(_act(app, ActKind.REOPENING, occurrence, who, reason=reason))
    say(text(app.lang, "act.reopened", key=key))


def _act(
    app: App,
    kind: ActKind,
    occurrence: Occurrence,
    who: str,
    *,
    on: date | None = None,
    protocol: str = "",
    evidence: str = "",
    reason: str = "",
) -> Act:
    person = who or getpass.getuser()
    return Act(kind, occurrence.key, app.clock(), person, on, protocol, evidence, reason.strip())


def _keep_evidence(app: App, occurrence: Occurrence, evidence: Path) -> tuple[str, str]:
    try:
        content = evidence.read_bytes()
    except OSError as error:
        what = text(app.lang, "act.evidence-unreadable", reason=error.strerror or "")
        raise SourceError((Problem(str(evidence), what, text(app.lang, "act.evidence.remedy")),)) from error
    if not content or len(content) > MAX_EVIDENCE:
        what = text(app.lang, "act.evidence-size", size=len(content))
        raise SourceError((Problem(str(evidence), what, text(app.lang, "act.evidence.remedy")),))
    stamp = f"{app.clock():%Y%m%dT%H%M%S}"
    path = f"evidence/{occurrence.key}/{stamp}-{re.sub(r'[^A-Za-z0-9._-]', '_', evidence.name)}"
    return path, app.workspace.keep(path, content)


def _refuse_closed(app: App, occurrence: Occurrence) -> None:
    ledger = app.store.snapshot()
    if not is_closed(occurrence, ledger):
        return
    closing = ledger.closing(occurrence.key)
    if closing is None:
        _refuse(app, "act.waived-by-file", value=occurrence.key)
    else:
        at = closing.at.astimezone(app.register.workdays.zone)
        _refuse(app, "act.closed", value=occurrence.key, kind=f"@act.{closing.kind}", who=closing.who, at=at)


def _require_reason(app: App, reason: str) -> None:
    if not reason.strip():
        _refuse(app, "act.reason")


def _refuse(app: App, code: str, **facts: object) -> None:
    problem = Problem("", text(app.lang, code, **facts), text(app.lang, f"{code}.remedy", **facts))
    raise UserError((problem,), exit_code=WRONG)


def _today(app: App) -> date:
    return app.clock().astimezone(app.register.workdays.zone).date()
