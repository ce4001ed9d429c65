"""When the nightly rehearsal is made: beside all else that the running service does, or after a pass from a timer."""

from __future__ import annotations

import logging
import threading
from contextlib import closing
from datetime import datetime

from scheduler.app import App
from scheduler.errors import ScadenzarioError
from scheduler.service.nightly import Night
from scheduler.service.press import Press
from scheduler.service.rehearsal import Breach
from scheduler.service.sweep import Sweeper

log = logging.getLogger(__name__)


def night(app: App, sweeper: Sweeper) -> Night:
    """Return the rehearsal of the files in force."""
    return Night(app.workspace, app.register, app.store.nights, sweeper.performer)


def rehearse(app: App, sweeper: Sweeper) -> None:
    """Make the rehearsal of the night now, if it is due, and hand out what it has to tell."""
    tonight, now = night(app, sweeper), app.clock()
    if not tonight.begins(now):
        return
    with closing(Press()) as press:
        tonight.ends(tonight.rehearsed(press, now), now)
    sweeper.send_ready(app.clock())


class Nights:
    """Looks at each tick whether a rehearsal is due, and whether the one in hand has come to its end."""

    def __init__(self) -> None:
        self._press = Press()  # of its own: nobody who fills documents waits for it
        self._thread: threading.Thread | None = None
        self._found: tuple[Breach, ...] | None = None

    def look(self, app: App, sweeper: Sweeper) -> None:
        """Begin what is due, tell what was found; it never raises: what fails is logged, and due again later."""
        try:
            self._look(app, sweeper)
        except ScadenzarioError as error:
            log.error("templates not rehearsed: %s", error)  # noqa: TRY400  (it says all itself)

    def stop(self) -> None:
        """Let go a rehearsal in hand; its process ends."""
        self._press.close()

    def _look(self, app: App, sweeper: Sweeper) -> None:
        tonight, now = night(app, sweeper), app.clock()
        if self._thread is None:
            if tonight.begins(now):
                self._thread = threading.Thread(
                    target=self._rehearse, args=(tonight, now), name="rehearsal", daemon=True
                )
                self._thread.start()
        elif not self._thread.is_alive():
            self._thread = None
            if self._found is not None:
                tonight.ends(self._found, now)
                self._found = None

    def _rehearse(self, tonight: Night, now: datetime) -> None:
        try:
            self._found = tonight.rehearsed(self._press, now)
            log.info("templates rehearsed", extra={"count": len(self._found)})
        except Exception:  # a fault of ours, or the end of the service: the next one takes it up
            log.exception("templates not rehearsed")
        finally:
            self._press.close()
