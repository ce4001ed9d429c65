"""The service as `run` makes it, but with a short lease and short pauses, so that a test need not wait ten minutes.

Run as `python -m tests.service.node_process WORKSPACE NOW LEASE`, LEASE in seconds; settings as for `run`.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from scheduler.app import App, clock_from
from scheduler.commands import clock, logs
from scheduler.commands.serving import Serving
from scheduler.service.delivery import Postman
from scheduler.service.durable import PERIOD_SECONDS, DurableEngine
from scheduler.service.engine import Engine
from scheduler.service.sweep import Sweeper
from scheduler.settings import read_settings

POLL, TICK, BEAT = 0.1, 0.1, 0.5  # seconds


@dataclass(frozen=True)
class QuickApp(App):
    """The application with another lease and other pauses."""

    lease: timedelta = timedelta()

    @cached_property
    def postman(self) -> Postman:
        return replace(App.postman.func(self), lease=self.lease)  # type: ignore[attr-defined]

    def sweeper_with(self, engine: Engine) -> Sweeper:
        return replace(super().sweeper_with(engine), lease=self.lease)

    def engine(self) -> DurableEngine:
        engine = super().engine()
        engine.poll_seconds, engine.period_seconds = POLL, float(os.environ.get("TEST_PERIOD", PERIOD_SECONDS))
        return engine


def main(workspace: Path, now: str, lease: float) -> None:
    """Serve until SIGTERM."""
    logs.set_up("text", sys.stderr)
    settings = read_settings(os.environ, workspace)
    app = QuickApp(settings, clock_from(clock.instant(App(settings), now)), lease=timedelta(seconds=lease))
    with app.working() as (mine, node):
        serving = Serving(mine.adopt(), node, tick=TICK, beat=BEAT)
        signal.signal(signal.SIGTERM, lambda *_: serving.end())
        serving.start()
        print(f"feed {serving.app.feed_token()}", flush=True)
        serving.loop()
        serving.stop(8)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
