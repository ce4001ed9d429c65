"""One process of the engine's measurement: it hands out small actions when told to, and carries them with the others.

`python -m benchmarks.node LEDGER-URL ENGINE-URL NAME`; without an engine's URL the in-line engine. It prints `ready`,
reads numbers, one a line, and answers each with the seconds until so many actions were performed, by all nodes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler import parts
from scheduler.core.ledger import OPEN_OUTCOMES, Outcome, Performance
from scheduler.service.durable import DurableEngine, Limits
from scheduler.service.engine import Engine, Errand, InlineEngine, Kind

if TYPE_CHECKING:
    from scheduler.ledger.store import Store

LEASE = timedelta(minutes=10)


def main(ledger: str, engine_url: str, name: str) -> None:
    """Serve until standard input ends."""
    store = parts.store(ledger, Path("/"), "it")
    engine: Engine = DurableEngine(engine_url, name, Limits()) if engine_url else InlineEngine()
    engine.start({Kind.PERFORM: performer(store, f"{name}/1"), Kind.DELIVER: lambda key: None})
    print("ready", flush=True)
    for line in sys.stdin:
        print(round_of(store, engine, int(line)), flush=True)
    engine.stop(5)


def performer(store: Store, claim: str) -> Callable[[str], None]:
    """Return a handler that does what every action does in the ledger, and nothing else."""

    def perform(key: str) -> None:
        now = datetime.now(UTC)
        if store.actions.claim(key, claim, now, now + LEASE):
            store.record(Performance(key, key.rpartition("/")[0], Outcome.PERFORMED, now), claim=claim)

    return perform


def round_of(store: Store, engine: Engine, count: int) -> float:
    """Hand out so many actions as a sweep does, and return the seconds until all of them were performed."""
    now = datetime.now(UTC)
    keys = [f"duty-{number}/{now:%H%M%S%f}/reminder-7d" for number in range(count)]
    store.actions.register([Performance(key, key.rpartition("/")[0], Outcome.PLANNED, now) for key in keys])
    began = time.perf_counter()
    assert store.actions.hand_on(dict.fromkeys(keys, 0), now, now + LEASE) == set(keys)
    for key in keys:
        engine.submit(Errand(Kind.PERFORM, key, 1))
    while left(store):
        time.sleep(0.02)  # a step of the wait, so that it takes no processor from what is measured
    return time.perf_counter() - began


def left(store: Store) -> bool:
    """Tell whether an action is not performed yet."""
    from scheduler.ledger import models

    return models.Performance.objects.using(store.alias).filter(outcome__in=OPEN_OUTCOMES).exists()


if __name__ == "__main__":
    main(*sys.argv[1:4])
