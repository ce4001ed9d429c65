"""The alarm clock: one job for each obligation asks `core` when to wake next; a wake says "look now", nothing more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

HEARTBEAT = timedelta(minutes=5)
TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class WakeTimes:
    """The instants at which one obligation can need a look, by a function that returns the first after another."""

    following: Callable[[datetime], datetime | None]
    ahead: timedelta = timedelta()  # how far a false clock runs ahead of the real one

    def after(self, instant: datetime) -> datetime | None:
        """Return the first wake strictly after a real instant, or None."""
        found = self.following(instant.astimezone(UTC) + self.ahead)
        return found - self.ahead if found else None


class ObligationTrigger(BaseTrigger):  # type: ignore[misc]  # apscheduler 3 is published without types
    """Asks the rules for the next instant; strictly advances, so the scheduler cannot spin."""

    def __init__(self, times: WakeTimes) -> None:
        self.times = times

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """Return the next wake after both the previous one and now."""
        return self.times.after(max(previous_fire_time or now - TICK, now - TICK))


class Alarm:
    """Wakes its owner at every (obligation id, times) and at each heartbeat.

    Its jobs are in memory: the ledger is the only truth, and every start looks at it afresh.
    """

    def __init__(self, times: Sequence[tuple[str, WakeTimes]], wake: Callable[[], None]) -> None:
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = BackgroundScheduler(timezone=UTC, job_defaults=defaults)
        for obligation_id, obligation_times in times:
            self._scheduler.add_job(wake, ObligationTrigger(obligation_times), id=obligation_id, name=obligation_id)
        self._scheduler.add_job(wake, IntervalTrigger(seconds=HEARTBEAT.total_seconds()), id="heartbeat")

    def start(self) -> None:
        """Begin to wake."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop waking; a wake in hand is let go."""
        self._scheduler.shutdown(wait=False)
