"""The first part of a pass: what can be owed now, by the agenda and by query; never the whole history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from scheduler.core.agenda import Agenda
from scheduler.core.ledger import Ledger, Outcome, Performance
from scheduler.core.obligation import MilestoneKind, Role
from scheduler.core.occurrence import Occurrence, milestone_at
from scheduler.core.plan import Action, in_force, is_closed, plan
from scheduler.core.pulse import ALIVE, next_pulse, pulse, pulse_key

if TYPE_CHECKING:  # Django must be set up before the tables are imported
    from scheduler.ledger.store import Mark, Store


@dataclass(frozen=True)
class View:
    """What one look has found: the occurrences that can owe something, and all the ledger knows of them."""

    at: datetime
    occurrences: tuple[Occurrence, ...]
    ledger: Ledger
    open: tuple[Performance, ...]  # the actions that were owed already
    mark: Mark


@dataclass(frozen=True)
class Lookout:
    """Looks at one ledger with one set of obligations."""

    agenda: Agenda
    store: Store
    operator: Role

    def look(self, now: datetime) -> View:
        """Return what can be owed now: what has come due since the last look, what is owed still, what acts concern."""
        before, acts_seen = self.store.mark(), self.store.last_act()
        known = self.store.actions.open()
        found = {item.key: item for item in self._come_due(before, now)}
        keys = self.store.concerned(before.acts_seen) | {item.occurrence_key for item in known if item.occurrence_key}
        for key in sorted(keys - found.keys()):
            if occurrence := self.agenda.occurrence(key):
                found[key] = occurrence
        actions = [item.action_key for item in known]
        ledger = self.store.snapshot(found, [*actions, pulse_key(now, self.agenda.workdays)])
        ledger = replace(ledger, started_at=ledger.started_at or now)  # a workspace that was never swept starts now
        settled_at = max(now, before.settled_at or now) if found else before.settled_at or now
        mark = type(before)(settled_at, self.agenda.digest, acts_seen)
        return View(now, tuple(found.values()), ledger, known, mark)

    def actions(self, view: View) -> tuple[Action, ...]:
        """Return what is to be done."""
        workdays = self.agenda.workdays
        sign = pulse(self.operator, workdays, view.ledger, view.at)
        return (*plan(view.occurrences, workdays, view.ledger, view.at), *([sign] if sign else []))

    def action(self, key: str, now: datetime) -> tuple[Action | None, Ledger]:
        """Return an action if it is (still) to be done, and what the ledger knows of what it concerns."""
        occurrence = self._occurrence(key)
        if occurrence is None:  # of the whole office: a digest, a sign of life
            view = self.look(now)
            return next((item for item in self.actions(view) if item.key == key), None), view.ledger
        ledger = self.store.snapshot([occurrence.key])
        owed = plan([occurrence], self.agenda.workdays, ledger, now)
        return next((item for item in owed if item.key == key), None), ledger

    def drafts_before(self, key: str, now: datetime) -> list[str]:
        """Return the keys of the drafts that are owed for the same occurrence, if the action is not one itself."""
        occurrence = self._occurrence(key)
        if occurrence is None:
            return []
        ledger = self.store.snapshot([occurrence.key])
        owed = plan([occurrence], self.agenda.workdays, ledger, now)
        drafts = [item.key for item in owed if item.kind == MilestoneKind.DRAFT]
        return [] if key in drafts else drafts

    def _occurrence(self, key: str) -> Occurrence | None:
        return self.agenda.occurrence("/".join(key.split("/")[:2]))

    def next_wake(self, after: datetime) -> datetime:
        """Return the first instant strictly after another at which anything can become due, be tried again or begin."""
        return min(at for at in self._wakes(after) if at is not None and at > after)

    def _come_due(self, before: Mark, now: datetime) -> Iterator[Occurrence]:
        if before.settled_at is not None and before.settled_at <= now:
            yield from self.agenda.touched(before.settled_at, now)
        if before.settled_at is not None and before.register == self.agenda.digest:
            return
        known = self.store.duties.digests() if before.settled_at is not None else {}
        changed = [key for key, digest in self.agenda.digests.items() if known.get(key) != digest]
        started_at = self.store.snapshot(()).started_at or now
        since = started_at.astimezone(self.agenda.workdays.zone).date()
        yield from self.agenda.owed(changed, since, now)

    def _wakes(self, after: datetime) -> Iterator[datetime | None]:
        yield self.agenda.following(after)
        yield self.store.deliveries.next_try(after)
        yield next_pulse(self.agenda.workdays, after)
        for item in self.store.actions.open():
            yield item.retry_at
            yield item.lease_until if item.outcome is Outcome.CLAIMED else None
        yield from self._extended(after)

    def _extended(self, after: datetime) -> Iterator[datetime]:
        keys = self.store.extended()
        if not keys:
            return
        workdays, ledger = self.agenda.workdays, self.store.snapshot(keys)
        known = [item for key in keys if (item := self.agenda.occurrence(key))]
        for item in in_force(known, workdays, ledger):
            if not is_closed(item, ledger):
                yield from (milestone_at(item, milestone, workdays) for milestone in item.obligation.milestones)


def owed(actions: tuple[Action, ...], at: datetime) -> list[Performance]:
    """Return the rows of what is to be done: each action, and what it speaks for."""
    rows: dict[str, Performance] = {}
    for action in actions:
        for key in action.supersedes:
            if key != action.key:
                subject = "/".join(key.split("/")[:2])
                rows[key] = Performance(key, subject, Outcome.PLANNED, at, superseded_by=action.key)
        rows[action.key] = Performance(action.key, _subject(action), Outcome.PLANNED, at)
    return list(rows.values())


def _subject(action: Action) -> str:
    return "/".join(action.key.split("/")[:2]) if len(action.items) == 1 and action.kind not in _OF_ALL else ""


_OF_ALL = ("digest", ALIVE)
