"""One quarter's occurrence, due on Monday 25 August 2025, under a service that was first started in March."""

from __future__ import annotations

from datetime import datetime, timedelta

from scheduler.core.ledger import Ledger
from scheduler.core.obligation import Obligation
from scheduler.core.plan import Action

from .duties import PLAIN, duty, rome, the
from .performing import Desk, last

KEY = "dovere/2025-Q2"
ALL = ("request-30d", "draft-20d", "reminder-7d", "reminder-2wd", "overdue+1d", "escalation+3wd")
START = rome(2025, 3, 1, 0)
STARTED = Ledger(started_at=START)
MOMENT = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


def desk_of(*duties: Obligation) -> Desk:
    """Return a desk with the quarter's occurrence of each duty."""
    return Desk([the(item, "2025-Q2") for item in duties], PLAIN)


def seen(actions: tuple[Action, ...]) -> list[tuple[str, str]]:
    """Return actions as (milestone, desk)."""
    return [(action.key.removeprefix(f"{KEY}/"), action.role.id if action.role else "") for action in actions]


def served(desk: Desk, until: datetime) -> Ledger:
    """Return the ledger after a service that never stood still."""
    return last(desk.sweeps(STARTED, START, until), STARTED)


DESK = desk_of(duty(milestones=ALL))
