"""APScheduler as a register of deadlines: one stored job for each milestone to come, in its store on SQLite.

`python -m benchmarks.alarmclock FILE [COUNT]`: with a count, adds so many jobs; without, starts on those that are
there and looks. It prints what it has measured as JSON.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from benchmarks.service import resident

LOOKS = 50
MOST_SECONDS = 20.0  # that adding may take


def main(file: str, count: str = "") -> None:
    """Measure one of the two."""
    scheduler = BackgroundScheduler(jobstores={"default": SQLAlchemyJobStore(url=f"sqlite:///{file}")}, timezone=UTC)
    print(json.dumps(added(scheduler, int(count)) if count else looked(scheduler)))


def added(scheduler: BackgroundScheduler, count: int) -> dict[str, float]:
    """Add jobs to the store, each at an instant of its own, for as long as it may take."""
    scheduler.start(paused=True)
    first, began, number = datetime.now(UTC) + timedelta(days=1), time.perf_counter(), 0
    while number < count and time.perf_counter() - began < MOST_SECONDS:
        at = first + timedelta(hours=number % 87600, seconds=number)
        scheduler.add_job(remind, "date", run_date=at, args=[f"adempimento/{number}/reminder-7d"], id=str(number))
        number += 1
    return {"jobs": number, "seconds": time.perf_counter() - began}


def looked(scheduler: BackgroundScheduler) -> dict[str, float]:
    """Start on the stored jobs, and look for due ones while there are none."""
    scheduler.start()
    ready, spent = time.time(), time.process_time()
    megabytes = resident()
    store = scheduler._jobstores["default"]
    due = timed(lambda: store.get_due_jobs(datetime.now(UTC)))
    pass_ = timed(scheduler._process_jobs)
    scheduler.shutdown(wait=False)
    return {"ready": ready - _began(), "processor": spent, "megabytes": megabytes, "due": due, "pass": pass_}


def timed(work: object) -> float:
    """Return the median milliseconds of a call."""
    assert callable(work)
    times = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def remind(key: str) -> None:
    """Stand for what a job would do; none comes due here."""


def _began() -> float:
    """Return when this process was started."""
    ticks = int(Path("/proc/self/stat").read_text("ascii").rpartition(")")[2].split()[19])
    up = float(Path("/proc/uptime").read_text("ascii").split()[0])
    return time.time() - (up - ticks / 100)


if __name__ == "__main__":
    main(*sys.argv[1:3])
