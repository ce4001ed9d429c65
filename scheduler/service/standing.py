"""How every occurrence stands, kept in step with ledger and clock so that a page of thousands need not be computed."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from scheduler.core.agenda import Agenda
from scheduler.core.ledger import Ledger
from scheduler.core.occurrence import Occurrence, all_occurrences
from scheduler.core.plan import in_force
from scheduler.core.status import State, Status, state
from scheduler.core.turning import turns_at

if TYPE_CHECKING:  # Django must be set up before the tables are imported
    from scheduler.ledger.store import Store

_CLOSED = (State.SUBMITTED, State.SUBMITTED_LATE, State.WAIVED)


@dataclass(frozen=True)
class _Basis:
    """What all states rest on: where it is another one, all of them are computed anew."""

    agenda: Agenda
    started_at: datetime | None
    day: date | None  # of a workspace that was never swept, which starts whenever it is looked at


@dataclass(frozen=True)
class _Snapshot:
    """The states in a span of time; never changed, so that any thread may read it while another makes the next."""

    basis: _Basis
    since: datetime  # from here on they hold, until the first turn: a thread may ask with a clock that it read before
    acts: tuple[int, int]  # the ledger's mark
    statuses: Mapping[str, Status]  # by key, in the order of the file; without problems
    turns: Mapping[str, datetime]  # by key: when a state changes by itself
    turn_at: datetime | None  # the first of them
    all: tuple[Status, ...]


class Standing:
    """The states of one ledger's occurrences; several threads may ask at once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._last: _Snapshot | None = None

    def statuses(self, agenda: Agenda, now: datetime) -> tuple[Status, ...]:
        """Return every occurrence, with its extension, its state now and what went wrong with its open actions."""
        snapshot, failed = self._snapshot(agenda, now), self._failed()
        if not failed:
            return snapshot.all
        return tuple(_with(item, failed.get(item.occurrence.key, ())) for item in snapshot.all)

    def status(self, key: str, agenda: Agenda, now: datetime) -> Status | None:
        """Return one occurrence with its state now, or None."""
        found = self._snapshot(agenda, now).statuses.get(key)
        return found and _with(found, self._failed().get(key, ()))

    def _snapshot(self, agenda: Agenda, now: datetime) -> _Snapshot:
        with self._lock:
            self._last = self._in_step(self._last, agenda, now)
            return self._last

    def _in_step(self, last: _Snapshot | None, agenda: Agenda, now: datetime) -> _Snapshot:
        acts = self._store.acts_mark()  # before the acts themselves: what comes in between is looked at once more
        started_at = self._store.snapshot(()).started_at
        today = now.astimezone(agenda.workdays.zone).date()
        basis = _Basis(agenda, started_at, None if started_at else today)
        if last is None or last.basis != basis or now < last.since or acts < last.acts:
            return self._whole(basis, acts, now)
        if acts == last.acts and (last.turn_at is None or now < last.turn_at):
            return last
        turned = {key for key, at in last.turns.items() if at <= now}
        keys = set(turned)
        if acts != last.acts:
            keys |= self._store.concerned(last.acts[0])
        held = {key: at for key, at in last.turns.items() if key not in keys}
        left = replace(last, since=now if turned else last.since, acts=acts, turns=held)
        return self._renewed(left, keys, now)

    def _whole(self, basis: _Basis, acts: tuple[int, int], now: datetime) -> _Snapshot:
        obligations = [item.obligation for item in basis.agenda.timetables.values()]
        occurrences = all_occurrences(obligations, basis.agenda.workdays)
        empty = _Snapshot(basis, now, acts, {}, {}, None, ())
        return _with_computed(empty, _computed(occurrences, self._store.acted(), basis, now))

    def _renewed(self, last: _Snapshot, keys: Collection[str], now: datetime) -> _Snapshot:
        asked = (last.basis.agenda.occurrence(key) for key in keys if key in last.statuses)
        occurrences = [item for item in asked if item is not None]
        ledger = self._store.snapshot([item.key for item in occurrences])
        return _with_computed(last, _computed(occurrences, ledger, last.basis, now))

    def _failed(self) -> dict[str, tuple[str, ...]]:
        """Return the problems of the actions that are owed still, by occurrence; they come and go at any time."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for item in self._store.actions.open():
            found[item.occurrence_key] |= dict.fromkeys(item.problems)
        return {key: tuple(problems) for key, problems in found.items() if problems}


Computed = Iterator[tuple[Status, datetime | None]]


def _computed(occurrences: Iterable[Occurrence], ledger: Ledger, basis: _Basis, now: datetime) -> Computed:
    known, workdays = replace(ledger, started_at=basis.started_at or now), basis.agenda.workdays
    for item in in_force(occurrences, workdays, known):
        yield Status(item, state(item, workdays, known, now)), turns_at(item, workdays, known, now)


def _with_computed(last: _Snapshot, computed: Computed) -> _Snapshot:
    """Return another snapshot; the one before stays as it is."""
    statuses, turns = dict(last.statuses), dict(last.turns)
    for status, turn_at in computed:
        statuses[status.occurrence.key] = status
        if turn_at is not None:
            turns[status.occurrence.key] = turn_at
    first = min(turns.values(), default=None)
    return replace(last, statuses=statuses, turns=turns, turn_at=first, all=tuple(statuses.values()))


def _with(status: Status, problems: tuple[str, ...]) -> Status:
    return replace(status, problems=problems) if problems and status.state not in _CLOSED else status
