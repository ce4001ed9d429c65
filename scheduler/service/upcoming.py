"""What is due next: the open occurrences that mails speak of, with their extensions, by query and never all of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.core.agenda import Agenda
from scheduler.core.obligation import Role
from scheduler.core.occurrence import Occurrence
from scheduler.core.plan import in_force, is_closed

if TYPE_CHECKING:  # Django must be set up before the tables are imported
    from scheduler.ledger.store import Store

SOON = timedelta(days=30)
SHOWN = 5


def coming(agenda: Agenda, store: Store, reader: Role | None, now: datetime) -> list[Occurrence]:
    """Return the open occurrences of a digest's reader that are due in the next weeks."""
    today = now.astimezone(agenda.workdays.zone).date()
    return [
        item
        for item in open_between(agenda, store, today, today + SOON)
        if reader in (item.obligation.owner, item.obligation.supplier, item.obligation.escalation)
    ]


def next_due(agenda: Agenda, store: Store, now: datetime) -> list[Occurrence]:
    """Return the next open occurrences, however far they are, up to a year."""
    today, found = now.astimezone(agenda.workdays.zone).date(), list[Occurrence]()
    for days in (31, 93, 366):
        found = open_between(agenda, store, today, today + timedelta(days=days))
        if len(found) >= SHOWN:
            break
    return found[:SHOWN]


def open_between(agenda: Agenda, store: Store, first: date, last: date) -> list[Occurrence]:
    """Return the open occurrences that are due between two days, with their extensions, in order of their dates."""
    near = {item.key: item for item in agenda.due_between(first, last)}
    others = (agenda.occurrence(key) for key in store.extended() - near.keys())
    known = [*near.values(), *(item for item in others if item)]
    ledger = store.snapshot([item.key for item in known])
    found = [
        item
        for item in in_force(known, agenda.workdays, ledger)
        if first <= item.legal_due_on <= last and not is_closed(item, ledger)
    ]
    return sorted(found, key=lambda item: (item.legal_due_on, item.key))
