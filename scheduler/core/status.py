"""The state of each occurrence on a day: what a person sees in lists, on the page and in the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scheduler.core.ledger import ActKind, Ledger
from scheduler.core.occurrence import Occurrence, milestone_at
from scheduler.core.plan import is_closed, is_tracked
from scheduler.core.workdays import WorkCalendar


class State(StrEnum):
    """What state an occurrence is in."""

    UNTRACKED = "untracked"  # was due before the workspace was first started
    SCHEDULED = "scheduled"  # nothing to do yet
    OPEN = "open"  # work has begun
    DUE_SOON = "due-soon"  # the internal target has come
    OVERDUE = "overdue"  # the legal date has passed
    SUBMITTED = "submitted"
    SUBMITTED_LATE = "submitted-late"
    WAIVED = "waived"


@dataclass(frozen=True)
class Status:
    """An occurrence with its state and, where its draft failed, the reasons."""

    occurrence: Occurrence
    state: State
    problems: tuple[str, ...] = ()


def state(occurrence: Occurrence, workdays: WorkCalendar, ledger: Ledger, now: datetime) -> State:
    """Return the state of one occurrence (with its extension applied) at an instant."""
    if is_closed(occurrence, ledger):
        return _closed_state(occurrence, ledger)
    if not is_tracked(occurrence, workdays, ledger):
        return State.UNTRACKED
    today = now.astimezone(workdays.zone).date()
    if today > occurrence.legal_due_on:
        return State.OVERDUE
    if today >= occurrence.target_on:
        return State.DUE_SOON
    first = min((milestone_at(occurrence, item, workdays) for item in occurrence.obligation.milestones), default=now)
    return State.OPEN if first <= now else State.SCHEDULED


def status(occurrence: Occurrence, workdays: WorkCalendar, ledger: Ledger, now: datetime) -> Status:
    """Return the state of one occurrence together with what went wrong with its drafts while it is open."""
    mine = [item for item in ledger.performances.values() if item.occurrence_key == occurrence.key]
    failed = [] if is_closed(occurrence, ledger) else [item for item in mine if item.is_open]
    problems = [problem for item in failed for problem in item.problems]
    return Status(occurrence, state(occurrence, workdays, ledger, now), tuple(dict.fromkeys(problems)))


def _closed_state(occurrence: Occurrence, ledger: Ledger) -> State:
    closing = ledger.closing(occurrence.key)
    if closing is None or closing.kind is ActKind.WAIVER:
        return State.WAIVED
    late = closing.on is not None and closing.on > occurrence.legal_due_on
    return State.SUBMITTED_LATE if late else State.SUBMITTED
