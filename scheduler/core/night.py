"""The nightly rehearsal: from when it is due."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from scheduler.core.occurrence import instant
from scheduler.core.workdays import WorkCalendar

_AT = time(3)  # office time
_DAY = timedelta(days=1)


def next_night(workdays: WorkCalendar, after: datetime) -> datetime:
    """Return the first instant strictly after another at which a rehearsal is due."""
    today = after.astimezone(workdays.zone).date()
    at = instant(today, _AT, workdays.zone)
    return at if at > after else instant(today + _DAY, _AT, workdays.zone)
