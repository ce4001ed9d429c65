"""What is due now and not yet performed, and when to look next: computed from the rules, the ledger and now."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.core.ledger import Ledger
from scheduler.core.obligation import Milestone, MilestoneKind, Role
from scheduler.core.occurrence import Occurrence, extended, milestone_at
from scheduler.core.workdays import WorkCalendar

# A milestone that is later than this was missed by an outage: its mail becomes a line of a digest. Longer than a
# day, so that an office that runs one sweep a day never meets it.
MISSED_AFTER = timedelta(hours=36)

DIGEST = "digest"


@dataclass(frozen=True)
class Due:
    """One milestone of one open occurrence whose instant has come."""

    occurrence: Occurrence
    milestone: Milestone
    at: datetime

    @property
    def key(self) -> str:
        """The action key: `costi-personale-trimestrale/2025-Q1/reminder-7d`."""
        return action_key(self.occurrence, self.milestone)


@dataclass(frozen=True)
class Action:
    """Something to do now. Performing it accounts for its own key and for all it supersedes."""

    key: str
    kind: str  # a MilestoneKind, or "digest"
    due_at: datetime
    items: tuple[Due, ...]  # one; for a digest, one for each occurrence it speaks of
    role: Role | None  # to whom
    supersedes: tuple[str, ...] = ()


def action_key(occurrence: Occurrence, milestone: Milestone) -> str:
    """Return the identity of a milestone of an occurrence; an extension gives it a new one."""
    moved = occurrence.legal_due_on != occurrence.shifted_due_on
    suffix = f"~{occurrence.legal_due_on}" if moved else ""
    return f"{occurrence.key}/{milestone.key}{suffix}"


def plan(
    occurrences: Iterable[Occurrence], workdays: WorkCalendar, ledger: Ledger, now: datetime
) -> tuple[Action, ...]:
    """Return the actions due at `now`, drafts first, each group in order of its instants.

    Several unsent mails to one desk about one occurrence become the latest of them; those that an outage made
    miss their time become one digest for each desk. What failed waits for its retry, and all it supersedes with it.
    """
    due = [item for occurrence in occurrences for item in _due(occurrence, workdays, ledger, now)]
    groups = [group for group in _groups(due) if not _waits(_latest(group), ledger, now)]
    punctual = [_latest(group) for group in groups if not _missed(group, ledger, now)]
    digests = _digests([group for group in groups if _missed(group, ledger, now)])
    return (*sorted(punctual, key=_order), *(item for item in digests if not _waits(item, ledger, now)))


def recipient(due: Due) -> Role | None:
    """Return the desk that a milestone speaks to."""
    obligation = due.occurrence.obligation
    match due.milestone.kind:
        case MilestoneKind.REQUEST:
            return obligation.supplier
        case MilestoneKind.ESCALATION:
            return obligation.escalation
        case _:
            return obligation.owner


def next_wake(
    occurrences: Iterable[Occurrence], workdays: WorkCalendar, ledger: Ledger, after: datetime
) -> datetime | None:
    """Return the first instant strictly after `after` at which something can become due, or None."""
    instants = (
        at
        for occurrence in occurrences
        for _, at in _instants(_as_extended(occurrence, workdays, ledger), workdays)
        if at > after
    )
    retries = (item.retry_at for item in ledger.performances.values() if item.retry_at and item.retry_at > after)
    return min((*instants, *retries), default=None)


def is_tracked(occurrence: Occurrence, workdays: WorkCalendar, ledger: Ledger) -> bool:
    """Tell whether the occurrence was still to come when the workspace was first started; the past is not ours."""
    if ledger.started_at is None:
        return True
    return occurrence.legal_due_on >= ledger.started_at.astimezone(workdays.zone).date()


def is_closed(occurrence: Occurrence, ledger: Ledger) -> bool:
    """Tell whether nothing is owed any more: filed, waived by a person, or waived by the file itself."""
    return occurrence.waived_by_declaration or ledger.closing(occurrence.key) is not None


def _as_extended(occurrence: Occurrence, workdays: WorkCalendar, ledger: Ledger) -> Occurrence:
    to = ledger.extended_to(occurrence.key)
    return occurrence if to is None else extended(occurrence, to, workdays)


def in_force(occurrences: Iterable[Occurrence], workdays: WorkCalendar, ledger: Ledger) -> tuple[Occurrence, ...]:
    """Return the same occurrences with the extensions of the ledger applied."""
    return tuple(_as_extended(occurrence, workdays, ledger) for occurrence in occurrences)


def _instants(occurrence: Occurrence, workdays: WorkCalendar) -> Iterator[tuple[Milestone, datetime]]:
    for milestone in occurrence.obligation.milestones:
        yield milestone, milestone_at(occurrence, milestone, workdays)


def _due(occurrence: Occurrence, workdays: WorkCalendar, ledger: Ledger, now: datetime) -> Iterator[Due]:
    occurrence = _as_extended(occurrence, workdays, ledger)
    if is_closed(occurrence, ledger) or not is_tracked(occurrence, workdays, ledger):
        return
    for milestone, at in _instants(occurrence, workdays):
        due = Due(occurrence, milestone, at)
        if at <= now and not _accounted(due.key, ledger) and _speaks_to_someone(due):
            yield due


def _speaks_to_someone(due: Due) -> bool:
    return recipient(due) is not None


def _accounted(key: str, ledger: Ledger) -> bool:
    performance = ledger.performances.get(key)
    return performance is not None and not performance.is_open


def _waits(action: Action, ledger: Ledger, now: datetime) -> bool:
    performance = ledger.performances.get(action.key)
    return performance is not None and performance.retry_at is not None and performance.retry_at > now


def _groups(due: Iterable[Due]) -> Iterable[Sequence[Due]]:
    """Group what the latest alone stands for: of one occurrence, drafts of the same documents, or mails to one desk."""
    groups: dict[tuple[str, Role | None, tuple[str, ...] | None], list[Due]] = defaultdict(list)
    for item in due:
        documents = item.milestone.documents if item.milestone.kind is MilestoneKind.DRAFT else None
        groups[item.occurrence.key, recipient(item), documents].append(item)
    return groups.values()


def _missed(group: Sequence[Due], ledger: Ledger, now: datetime) -> bool:
    """Tell whether an outage made a mail of the group miss its time; a draft never does.

    What an earlier look found missed stays so until it is told.
    """
    mails = [item for item in group if item.milestone.kind is not MilestoneKind.DRAFT]
    rows = (ledger.performances.get(item.key) for item in mails)
    if any(row is not None and row.superseded_by.startswith(f"{DIGEST}/") for row in rows):
        return True
    return any(now - _owed_since(item, ledger, now) > MISSED_AFTER or _lost(item, ledger) for item in mails)


def _lost(due: Due, ledger: Ledger) -> bool:
    """Tell whether it fell into the time of which a restored ledger knows nothing: it may have been said then."""
    return ledger.restored_at is not None and (ledger.swept_at or due.at) < due.at <= ledger.restored_at


def _owed_since(due: Due, ledger: Ledger, now: datetime) -> datetime:
    """Return its own instant, or what made it owed only later: the first start, a person's act, a file that changed.

    What the last sweep could have seen and did not was not owed then: a date of the file was moved since.
    """
    acts = ledger.acts.get(due.occurrence.key, ())
    started_at = ledger.started_at or now
    return max(due.at, started_at, ledger.swept_at or started_at, *(act.at for act in acts if act.decides))


def _latest(group: Sequence[Due]) -> Action:
    *earlier, last = sorted(group, key=lambda item: (item.at, item.key))
    superseded = tuple(item.key for item in earlier)
    return Action(last.key, last.milestone.kind, last.at, (last,), recipient(last), superseded)


def _digests(groups: Sequence[Sequence[Due]]) -> Iterator[Action]:
    """One digest for each desk, with the latest mail of each occurrence and all the keys it accounts for."""
    by_role: dict[str, list[Action]] = defaultdict(list)
    for group in groups:
        latest = _latest(group)
        by_role[latest.role.id if latest.role else ""].append(latest)
    for role_id in sorted(by_role):
        yield _digest(role_id, sorted(by_role[role_id], key=_order))


def _digest(role_id: str, actions: Sequence[Action]) -> Action:
    covered = tuple(sorted(key for action in actions for key in (action.key, *action.supersedes)))
    mark = hashlib.sha256("\n".join(covered).encode()).hexdigest()[:12]
    items = tuple(item for action in actions for item in action.items)
    return Action(f"{DIGEST}/{role_id}/{mark}", DIGEST, actions[0].due_at, items, actions[0].role, covered)


def _order(action: Action) -> tuple[bool, datetime, str]:
    return action.kind != MilestoneKind.DRAFT, action.due_at, action.key
