"""One durable engine in a process of its own, for tests: it notes in a file when each errand begins and ends.

Run as `python -m tests.service.engine_process '{"url": …}'`; it carries until its standard input is closed.
"""

from __future__ import annotations

import json
import os
import select
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scheduler.service.durable import DurableEngine, Limits
from scheduler.service.engine import Errand, Kind


@dataclass(frozen=True)
class Orders:
    """What one process is to do."""

    url: str
    node: str
    notes: str  # the file that all processes write to
    hold_seconds: float = 0.0  # how long each errand takes
    mails_per_minute: int | None = None
    mail_connections: int | None = None
    period_seconds: float = 60.0
    dead_after: float = 0.0  # seconds after which an errand that has not ended is called off; 0: never
    generation: int = 1
    submit: list[str] = field(default_factory=list)  # the keys of mails


@dataclass(frozen=True)
class Note:
    """That an errand began or ended."""

    at: float
    node: str
    key: str
    what: str


def main(orders: Orders) -> None:
    """Carry until standard input ends."""
    limits = Limits(orders.mails_per_minute, orders.mail_connections)
    engine = DurableEngine(orders.url, orders.node, limits, poll_seconds=0.1, period_seconds=orders.period_seconds)

    def write(key: str, what: str) -> None:
        line = json.dumps([time.time(), orders.node, key, what]) + "\n"
        handle = os.open(orders.notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, line.encode())  # whole lines, also where several processes write
        os.close(handle)

    def deliver(key: str) -> None:
        write(key, "begin")
        time.sleep(orders.hold_seconds)  # how long this errand takes is what the test orders
        write(key, "end")

    engine.start({Kind.PERFORM: lambda key: None, Kind.DELIVER: deliver})
    for key in orders.submit:
        engine.submit(Errand(Kind.DELIVER, key, orders.generation))
    write("", "ready")
    while not select.select([sys.stdin], [], [], 0.1)[0]:
        if orders.dead_after:
            engine.call_off_dead(datetime.now(UTC) - timedelta(seconds=orders.dead_after))
    engine.stop(5)


def notes(path: Path) -> list[Note]:
    """Return what the processes have written so far, in order."""
    if not path.exists():
        return []
    return [Note(*json.loads(line)) for line in path.read_text("ascii").splitlines()]


if __name__ == "__main__":
    main(Orders(**json.loads(sys.argv[1])))
