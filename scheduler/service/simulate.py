"""The same service on a false clock: every sweep of some days, one after another, with nothing skipped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.core.ledger import Act, ActKind
from scheduler.core.plan import in_force, is_closed, is_tracked
from scheduler.core.workdays import DAY
from scheduler.service.sweep import Sweeper, SweepReport

NEAR = timedelta(days=400)  # between an internal target and the last day on which it can still matter


@dataclass
class FalseClock:
    """A clock that stands where it is put."""

    now: datetime

    def __call__(self) -> datetime:
        """Return the instant it stands at."""
        return self.now


@dataclass(frozen=True)
class Simulation:
    """A sweeper, the clock it reads, and whether every occurrence is filed on its internal target."""

    sweeper: Sweeper
    clock: FalseClock
    filed_on_target: bool = False

    def run(self, until: datetime) -> Iterator[SweepReport]:
        """Yield the report of every sweep that did something, from the clock's instant to `until` (exclusive)."""
        while self.clock.now < until:
            self._file(DAY)
            report = self.sweeper.sweep()
            if report.done or report.mails:
                yield report
            self._file(timedelta())
            self.clock.now = self._next()

    def _next(self) -> datetime:
        """Return the next instant at which anything can be due: a milestone, a retry, or a mail's next try."""
        return self.sweeper.lookout.next_wake(self.clock.now)

    def _file(self, ago: timedelta) -> None:
        """Declare filed what had its internal target so long ago or earlier; a target day's own mails still go."""
        if not self.filed_on_target:
            return
        store, agenda, now = self.sweeper.store, self.sweeper.lookout.agenda, self.clock.now
        last = now.astimezone(agenda.workdays.zone).date() - ago
        near = agenda.due_between(last - NEAR, last + NEAR)
        ledger = store.snapshot([item.key for item in near])
        for item in in_force(near, agenda.workdays, ledger):
            if item.target_on <= last and is_tracked(item, agenda.workdays, ledger) and not is_closed(item, ledger):
                store.record_act(Act(ActKind.SUBMISSION, item.key, now, "simulazione", item.target_on))
