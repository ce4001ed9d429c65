"""The same service on a false clock: every sweep of some days, one after another, with nothing skipped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.core.ledger import Act, ActKind
from scheduler.core.plan import in_force, is_closed, is_tracked, next_wake
from scheduler.core.workdays import DAY
from scheduler.service.sweep import Sweeper, SweepReport


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
            following = self._next()
            if following is None or following >= until:
                return
            self.clock.now = following

    def _next(self) -> datetime | None:
        """Return the next instant at which anything can be due: a milestone, a retry, or a mail's next try."""
        sweeper, ledger = self.sweeper, self.sweeper.store.snapshot()
        wake = next_wake(sweeper.occurrences, sweeper.workdays, ledger, self.clock.now)
        mail = sweeper.store.deliveries.next_try(self.clock.now)
        return min((at for at in (wake, mail) if at is not None), default=None)

    def _file(self, ago: timedelta) -> None:
        """Declare filed what had its internal target so long ago or earlier; a target day's own mails still go."""
        if not self.filed_on_target:
            return
        sweeper, now = self.sweeper, self.clock.now
        ledger = sweeper.store.snapshot()
        last = now.astimezone(sweeper.workdays.zone).date() - ago
        for item in in_force(sweeper.occurrences, sweeper.workdays, ledger):
            if item.target_on <= last and is_tracked(item, sweeper.workdays, ledger) and not is_closed(item, ledger):
                sweeper.store.record_act(Act(ActKind.SUBMISSION, item.key, now, "simulazione", item.target_on))
