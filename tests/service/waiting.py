"""Waiting for a condition, never longer than a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 60.0  # seconds; only how long a test waits before it gives up
Found = TypeVar("Found")


def wait_for(condition: Callable[[], Found], said: Callable[[], object] = lambda: "", limit: float = PATIENCE) -> Found:
    """Return the condition's first true value; `said` gives what to show where none comes in time."""
    deadline = time.monotonic() + limit
    while not (found := condition()):
        assert time.monotonic() < deadline, said()
        time.sleep(0.02)  # a step of the wait, not a guess of how long something takes
    return found
