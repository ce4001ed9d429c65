"""The service over 1 000, 10 000 and 100 000 open occurrences: a pass, memory, start; beside one stored job for each.

The project's aims: a pass with nothing due over 100 000 occurrences in 50 ms, 150 MB resident, ready in 3 s.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import office, service
from scheduler.app import App
from scheduler.service.engine import Handlers, InlineEngine

ROOT = Path(__file__).resolve().parents[1]
SIZES = (1_000, 10_000, 100_000)
SWEEPS, STARTS = 40, 3
DUE = (1, 10, 100)


class Shelved(InlineEngine):
    """Takes every errand and does none: what is measured is the pass alone."""

    def start(self, handlers: Handlers) -> None:
        """Begin to take."""


@dataclass
class Clock:
    """A clock that is moved by hand."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Queries:
    """Counts what is asked of the ledger."""

    count: int = 0
    writes: int = 0

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        self.count += 1
        self.writes += sql.startswith(("UPDATE", "INSERT", "DELETE"))
        return execute(sql, *rest)


def measure() -> None:
    """Print everything for each size."""
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            print(f"\n  {size} open occurrences, half of them past", flush=True)
            theirs = stored_jobs(Path(folder, "jobs.sqlite3"), size)
            measure_sweeps(Path(folder, "office"), size, theirs)
            measure_service(Path(folder, "office"), theirs)


def measure_sweeps(folder: Path, size: int, theirs: dict[str, float]) -> None:
    """Print the time of passes in this process: the first, those with nothing due, those with something due."""
    clock = Clock(datetime.now(UTC).replace(microsecond=0))
    settled = office.settle(folder, size, clock.now)
    app = replace(settled, clock=clock)
    app.__dict__["store"] = settled.store
    sweeper = app.sweeper_with(Shelved())
    first = milliseconds(sweeper.sweep)
    passes = [_idle(sweeper.sweep, clock) for _ in range(SWEEPS)]
    idle, processor = (statistics.median(times) for times in zip(*passes, strict=True))
    line("a pass, nothing due, the first", f"{first:8.2f} ms", first / theirs["pass"])
    line("a pass, nothing due (aim: 50 ms)", f"{idle:8.2f} ms", idle / theirs["pass"])
    line("    of it processor time", f"{processor:8.2f} ms", processor / theirs["pass"])
    print(f"    {'its queries':<50} {counted(app, sweeper.sweep)}")
    for count in DUE:
        alone, whole = due(app, clock, count, Shelved()), due(app, clock, count, InlineEngine())
        words = f"{alone:8.2f} ms handed out, {whole:8.2f} ms with the mails written"
        print(
            f"    {f'a pass, {count} due':<50} {words}   {alone / idle:6.1f} x, {whole / idle:6.1f} x idle", flush=True
        )


def due(app: App, clock: Clock, count: int, engine: InlineEngine) -> float:
    """Return the milliseconds of a pass that finds so many milestones to be due."""
    office.forget_last(app, count, clock.now)
    sweeper = app.sweeper_with(engine)
    engine.start(sweeper.handlers)
    taken = []
    found = milliseconds(lambda: taken.append(sweeper.sweep()))
    planned = len(app.store.actions.open()) + len(taken[0].done)
    assert planned == count, f"{planned} actions for {count} milestones"
    return found


def measure_service(folder: Path, theirs: dict[str, float]) -> None:
    """Print the start and the memory of the real service on the workspace."""
    service.start(folder)  # the first one reads the templates as well
    starts = [service.start(folder) for _ in range(STARTS)]
    ready, answers = statistics.median(s.ready for s in starts), statistics.median(s.answers for s in starts)
    processor, megabytes = (
        statistics.median(s.processor for s in starts),
        statistics.median(s.megabytes for s in starts),
    )
    line("from exec to ready (aim: 3 s)", f"{ready:8.2f} s ", ready / theirs["ready"])
    line("    of it processor time", f"{processor:8.2f} s ", processor / theirs["processor"])
    line("from exec to an answer of /healthz", f"{answers:8.2f} s ", answers / theirs["ready"])
    line("resident memory (aim: 150 MB)", f"{megabytes:8.1f} MB", megabytes / theirs["megabytes"])


def stored_jobs(file: Path, count: int) -> dict[str, float]:
    """Print what APScheduler does with one stored job for each milestone to come, as many as there are occurrences."""
    added = alarmclock(file, str(count))
    jobs, seconds = int(added["jobs"]), added["seconds"]
    more = "" if jobs == count else f"; {count} of them would take {seconds / jobs * count:.0f} s"
    print(f"    {f'APScheduler, {jobs} stored jobs: adding':<50} {seconds:8.2f} s {more}", flush=True)
    found = [alarmclock(file) for _ in range(STARTS)]
    theirs = {name: statistics.median(item[name] for item in found) for name in found[0]}
    print(f"    {'    asking the store for due jobs, none':<50} {theirs['due']:8.2f} ms")
    print(f"    {'    one round of the scheduler, none due':<50} {theirs['pass']:8.2f} ms")
    print(f"    {'    from exec to started':<50} {theirs['ready']:8.2f} s ")
    print(f"    {'    of it processor time':<50} {theirs['processor']:8.2f} s ")
    print(f"    {'    resident memory':<50} {theirs['megabytes']:8.1f} MB", flush=True)
    return theirs


def alarmclock(*arguments: str | Path) -> dict[str, float]:
    """Run APScheduler in a process of its own and return what it has measured."""
    command = [sys.executable, "-m", "benchmarks.alarmclock", *arguments]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout)
    return found


def line(title: str, value: str, ratio: float) -> None:
    """Print a figure of ours beside APScheduler's."""
    print(f"    {title:<50} {value}   {ratio:6.1f} x APScheduler", flush=True)


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long a call takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def counted(app: App, work: Callable[[], object]) -> str:
    """Return how many queries and writes a call makes."""
    from django.db import connections

    queries = Queries()
    with ExitStack() as stack:
        stack.enter_context(connections[app.store.alias].execute_wrapper(queries))
        work()
    return f"{queries.count - queries.writes:8} reads, {queries.writes} write{'s' * (queries.writes != 1)}"


def _idle(sweep: Callable[[], object], clock: Clock) -> tuple[float, float]:
    """Return how long a pass takes, and how much of it this process itself."""
    clock.now += timedelta(seconds=1)
    began = time.process_time()
    taken = milliseconds(sweep)
    return taken, (time.process_time() - began) * 1000
