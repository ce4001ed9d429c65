"""The service's sweep without the service: what is planned is recorded as the ledger's tables record it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from scheduler.core.ledger import Ledger, Outcome, Performance
from scheduler.core.occurrence import Occurrence
from scheduler.core.plan import DIGEST, Action, next_wake, plan
from scheduler.core.workdays import WorkCalendar


@dataclass(frozen=True)
class Sweep:
    """One pass: its instant, what it did, and the ledger after it."""

    at: datetime
    actions: tuple[Action, ...]
    ledger: Ledger


@dataclass(frozen=True)
class Desk:
    """Occurrences and the office's time: all that a sweep needs besides the ledger."""

    occurrences: Sequence[Occurrence]
    workdays: WorkCalendar

    def plan(self, ledger: Ledger, now: datetime) -> tuple[Action, ...]:
        """Return what is due."""
        return plan(self.occurrences, self.workdays, ledger, now)

    def next_wake(self, ledger: Ledger, after: datetime) -> datetime | None:
        """Return when to look next, which is never now."""
        wake = next_wake(self.occurrences, self.workdays, ledger, after)
        assert wake is None or wake > after
        return wake

    def sweep(self, ledger: Ledger, now: datetime) -> Sweep:
        """Plan and perform; the first sweep is the workspace's first start."""
        ledger = started(ledger, now)
        actions = self.plan(ledger, now)
        return Sweep(now, actions, perform(ledger, actions, now))

    def sweeps(self, ledger: Ledger, start: datetime, end: datetime) -> Iterator[Sweep]:
        """Yield a sweep at `start` and one at every wake up to `end`, included."""
        now: datetime | None = start
        while now is not None and now <= end:
            done = self.sweep(ledger, now)
            yield done
            ledger = done.ledger
            now = self.next_wake(ledger, now)


def started(ledger: Ledger, now: datetime) -> Ledger:
    """Return the ledger with its first start remembered."""
    return ledger if ledger.started_at else replace(ledger, started_at=now)


def perform(ledger: Ledger, actions: Iterable[Action], now: datetime) -> Ledger:
    """Return the ledger after all actions went well."""
    done: dict[str, Performance] = dict(ledger.performances)
    for action in actions:
        done[action.key] = Performance(action.key, _subject(action), Outcome.PERFORMED, now)
        for key in action.supersedes:
            subject = "/".join(key.split("/")[:2])
            done[key] = Performance(key, subject, Outcome.SUPERSEDED, now, superseded_by=action.key)
    return replace(ledger, performances=done)


def fail(ledger: Ledger, action: Action, now: datetime, retry_at: datetime) -> Ledger:
    """Return the ledger after an action could not be performed; what it would have superseded is not recorded."""
    row = Performance(action.key, _subject(action), Outcome.FAILED, now, attempts(ledger, action.key) + 1, retry_at)
    return replace(ledger, performances={**ledger.performances, action.key: row})


def attempts(ledger: Ledger, key: str) -> int:
    """Return how often an action was tried."""
    return ledger.performances[key].attempts if key in ledger.performances else 0


def accounted(ledger: Ledger) -> frozenset[str]:
    """Return the keys of milestones (not of digests) that nothing is owed for any more."""
    return frozenset(
        key
        for key, row in ledger.performances.items()
        if row.outcome is not Outcome.FAILED and not key.startswith(f"{DIGEST}/")
    )


def covered(actions: Iterable[Action]) -> list[str]:
    """Return the keys of the milestones that actions account for, repeats included."""
    return [key for action in actions for key in (action.key, *action.supersedes) if not key.startswith(f"{DIGEST}/")]


def mails(actions: Iterable[Action]) -> list[Action]:
    """Return the actions that are nothing but a mail."""
    return [action for action in actions if action.kind != "draft"]


def last(sweeps: Iterable[Sweep], otherwise: Ledger, see: Callable[[Sweep], object] = lambda _: None) -> Ledger:
    """Return the ledger after the last sweep."""
    ledger = otherwise
    for sweep in sweeps:
        see(sweep)
        ledger = sweep.ledger
    return ledger


def _subject(action: Action) -> str:
    return "" if action.kind == DIGEST else action.items[0].occurrence.key
