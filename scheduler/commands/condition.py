"""`status`: what is wrong now, with the duties and with the service's own work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scheduler.app import App
from scheduler.commands.console import print_json, print_table, say
from scheduler.commands.reading import header, row
from scheduler.core.ledger import Delivery
from scheduler.core.status import State, Status
from scheduler.errors import Problem
from scheduler.locale import text
from scheduler.locale.facts import occurrence_facts
from scheduler.service.alert import FILE
from scheduler.service.health import LATE

WRONG = (State.OVERDUE, State.DUE_SOON)


@dataclass(frozen=True)
class Condition:
    """What is wrong now, and what a person should know of."""

    problems: tuple[Problem, ...]  # of `deadlines.yaml`, whose last good copy gives all the rest
    occurrences: tuple[Status, ...]  # late, nearly late, or with a draft that failed
    mails: tuple[Delivery, ...]  # failed, waiting after a fault, or refused by somebody's server
    failed: frozenset[str]  # the Message-IDs of those that are not tried any more
    alert: str  # what the service wrote for the operator, '' for nothing
    swept_at: datetime | None  # the end of the last sweep
    is_late: bool  # something is due, and the last sweep was long ago
    retired: Mapping[str, tuple[str, datetime]]  # title and day of each obligation taken out of the file, by id

    @property
    def is_wrong(self) -> bool:
        """True where somebody has something to mend; an obligation taken out of the file is none."""
        return bool(self.problems or self.occurrences or self.mails or self.alert or self.is_late)


def status(app: App, *, as_json: bool) -> int:
    """Print what is wrong now; 1 if anything is."""
    found = _found(app)
    if as_json:
        print_json(_facts(found))
    else:
        _print(app, found)
    return int(found.is_wrong)


def _found(app: App) -> Condition:
    ledger, deliveries = app.ledger(), app.store.deliveries
    statuses = [item for item in app.statuses(ledger) if item.state in WRONG or item.problems]
    is_old = ledger.swept_at is not None and app.clock() - ledger.swept_at > LATE
    return Condition(
        problems=app.adopted.problems if app.adopted else (),
        occurrences=tuple(statuses),
        mails=deliveries.troubled(),
        failed=frozenset(mail.message_id for mail in deliveries.failed()),
        alert=_alert(app),
        swept_at=ledger.swept_at,
        is_late=is_old and bool(app.sweeper.plan()),
        retired=app.store.duties.retired(),
    )


def _alert(app: App) -> str:
    try:
        return (app.workspace.var / FILE).read_text("utf-8", "replace").strip()
    except FileNotFoundError:
        return ""


def _facts(found: Condition) -> dict[str, Any]:
    return {
        "problems": [str(problem) for problem in found.problems],
        "occurrences": [{**occurrence_facts(item), "problems": item.problems} for item in found.occurrences],
        "mails": [
            {
                "message_id": mail.message_id,
                "action": mail.action_key,
                "state": mail.state,
                "reply": mail.reply,
                "failed": mail.message_id in found.failed,
            }
            for mail in found.mails
        ],
        "alert": found.alert or None,
        "swept_at": found.swept_at,
        "late": found.is_late,
        "retired": [{"obligation": key, "title": title, "at": at} for key, (title, at) in found.retired.items()],
    }


def _print(app: App, found: Condition) -> None:
    for problem in found.problems:
        say(str(problem))
    if found.problems:
        say(text(app.lang, "cli.last-good"))
    if found.occurrences:
        print_table(header(app.lang), [row(app.lang, item) for item in found.occurrences])
    for item in found.occurrences:
        for failure in item.problems:
            say(f"{item.occurrence.key}: {failure}")
    for line in _lines(app, found):
        say(line)
    if not found.is_wrong:
        say(text(app.lang, "cli.status-fine"))


def _lines(app: App, found: Condition) -> Iterator[str]:
    """Yield what there is to say of the service's own work."""
    lang, zone = app.lang, app.register.workdays.zone
    for mail in found.mails:
        yield text(lang, "cli.mail-trouble", key=mail.action_key, state=mail.state, reply=mail.reply)
    if found.failed:
        yield text(lang, "cli.resend-hint", count=len(found.failed))
    if found.is_late and found.swept_at:
        yield text(lang, "cli.late-sweep", at=found.swept_at.astimezone(zone))
    if found.alert:
        yield f"{app.workspace.var / FILE}:\n{found.alert}"
    for key, (title, at) in found.retired.items():
        yield text(lang, "cli.retired-duty", key=key, title=title, on=at.astimezone(zone).date())
