"""When the state of an occurrence turns into another by itself, as time goes by."""

from __future__ import annotations

from datetime import datetime, time

from scheduler.core.ledger import Ledger
from scheduler.core.occurrence import Occurrence, instant, milestone_at
from scheduler.core.plan import is_closed, is_tracked
from scheduler.core.workdays import DAY, WorkCalendar


def turns_at(occurrence: Occurrence, workdays: WorkCalendar, ledger: Ledger, after: datetime) -> datetime | None:
    """Return the first instant strictly after another at which the state can change without anybody's act, or None.

    It depends on the first milestone, and on the days of the internal target and after the legal date.
    """
    if is_closed(occurrence, ledger) or not is_tracked(occurrence, workdays, ledger):
        return None
    days = (occurrence.target_on, occurrence.legal_due_on + DAY)
    milestones = [milestone_at(occurrence, item, workdays) for item in occurrence.obligation.milestones]
    instants = [*milestones, *(instant(day, time(), workdays.zone) for day in days)]
    return min((at for at in instants if at > after), default=None)
