"""How long errands take: each one's seconds, counted into buckets."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from threading import Lock

from scheduler.service.engine import Handlers, Kind

BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, float("inf"))  # seconds


@dataclass(frozen=True)
class Counted:
    """How many errands took at most so many seconds, for each bound; and all their seconds together."""

    buckets: tuple[tuple[float, int], ...]
    seconds: float


class Durations:
    """Times the errands of every kind; several threads may."""

    def __init__(self) -> None:
        self._counts = {kind: [0] * len(BOUNDS) for kind in Kind}
        self._seconds = dict.fromkeys(Kind, 0.0)
        self._lock = Lock()

    def timing(self, handlers: Handlers) -> Handlers:
        """Return handlers that do the same and are timed, also where they fail."""
        return {kind: self._timed(kind, handler) for kind, handler in handlers.items()}

    def observe(self, kind: Kind, seconds: float) -> None:
        """Count one errand."""
        with self._lock:
            self._counts[kind][bisect_left(BOUNDS, seconds)] += 1
            self._seconds[kind] += seconds

    def read(self) -> Mapping[str, Counted]:
        """Return what was counted so far, by kind."""
        with self._lock:
            return {
                str(kind): Counted(tuple(zip(BOUNDS, accumulate(counts), strict=True)), self._seconds[kind])
                for kind, counts in self._counts.items()
            }

    def _timed(self, kind: Kind, handler: Callable[[str], None]) -> Callable[[str], None]:
        def timed(key: str) -> None:
            begun = time.monotonic()
            try:
                handler(key)
            finally:
                self.observe(kind, time.monotonic() - begun)

        return timed
