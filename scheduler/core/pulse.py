"""The weekly sign of life to the operator: when it is due."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from scheduler.core.ledger import Ledger
from scheduler.core.obligation import Role
from scheduler.core.occurrence import instant
from scheduler.core.plan import Action
from scheduler.core.workdays import WorkCalendar

ALIVE = "alive"
_AT = time(8)
_WEEK = timedelta(days=7)


def pulse(operator: Role, workdays: WorkCalendar, ledger: Ledger, now: datetime) -> Action | None:
    """Return this week's sign of life if it is due and not sent; the first is due on the Monday after the start.

    Those of weeks gone by are not made up for: a service that stood still was not alive.
    """
    monday = _monday(now, workdays)
    due_at = instant(monday, _AT, workdays.zone)
    key = pulse_key(now, workdays)
    done = ledger.performances.get(key)
    started_at = ledger.started_at or now
    if due_at > now or due_at <= started_at or (done is not None and not done.is_open):
        return None
    if done is not None and done.retry_at is not None and done.retry_at > now:
        return None
    return Action(key, ALIVE, due_at, (), operator)


def pulse_key(now: datetime, workdays: WorkCalendar) -> str:
    """Return the key of this week's sign of life: `alive/2025-W07`."""
    year, week, _ = _monday(now, workdays).isocalendar()
    return f"{ALIVE}/{year}-W{week:02}"


def next_pulse(workdays: WorkCalendar, after: datetime) -> datetime:
    """Return the first instant strictly after another at which a sign of life is due."""
    monday = _monday(after, workdays)
    at = instant(monday, _AT, workdays.zone)
    return at if at > after else instant(monday + _WEEK, _AT, workdays.zone)


def _monday(now: datetime, workdays: WorkCalendar) -> date:
    today = now.astimezone(workdays.zone).date()
    return today - timedelta(days=today.weekday())
