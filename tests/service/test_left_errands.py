"""What the engine has fetched and not begun when the service is stopped: its next process does it, once."""

from __future__ import annotations

import threading
from pathlib import Path

from scheduler.service.durable import DurableEngine, Limits
from scheduler.service.engine import Errand, Kind
from tests.service.waiting import wait_for


def test_errands_that_a_stop_leaves_are_done_by_the_next_process_once(tmp_path: Path) -> None:
    done: list[str] = []
    begun, may_end = threading.Event(), threading.Event()

    def slow(key: str) -> None:
        begun.set()
        may_end.wait(10)
        done.append(key)

    url = f"sqlite:///{tmp_path}/engine.sqlite3"
    engine = DurableEngine(url, "node", Limits(), poll_seconds=0.05)
    engine.start({Kind.PERFORM: slow, Kind.DELIVER: slow})
    for key in "abc":
        engine.submit(Errand(Kind.PERFORM, key, 1))
    assert begun.wait(10)
    threading.Timer(0.3, may_end.set).start()
    assert engine.stop(5)
    assert len(done) == 1, "one at a time, and nothing is begun after the stop"

    left = set("abc") - set(done)
    following = DurableEngine(url, "node", Limits(), poll_seconds=0.05)
    following.start({Kind.PERFORM: done.append, Kind.DELIVER: done.append})
    wait_for(lambda: left <= set(done))
    following.stop(1)
    assert [done.count(key) for key in left] == [1, 1]
