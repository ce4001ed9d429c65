"""The running service: the alarm says "look now", this loop looks and hands out, the engine's threads do the work."""

from __future__ import annotations

import logging
import threading
import time
from datetime import date, timedelta

from scheduler.app import App, system_clock
from scheduler.commands.copying import Ahead
from scheduler.commands.nights import Nights
from scheduler.commands.pages import Lasting, front
from scheduler.commands.publishing import Publisher
from scheduler.commands.troubles import tell_broken, troubles
from scheduler.errors import Problem, ScadenzarioError, UserError
from scheduler.ledger.node import Node
from scheduler.locale import text
from scheduler.service.alarm import HEARTBEAT, Alarm, WakeTimes
from scheduler.service.alert import Alerts
from scheduler.service.durations import Durations
from scheduler.service.engine import Handlers, Kind
from scheduler.service.health import Health
from scheduler.service.shelf import Stamp
from scheduler.web.calendar import Board
from scheduler.web.probes import Probes
from scheduler.web.server import PageServer

TICK = 15.0  # seconds between two looks at the files; a changed one is read when it has come to rest
STUCK = 1200.0  # seconds after which an errand makes no progress any more
FAILURES = 3  # so many failed passes in a row, and the engine is started anew
KEPT = timedelta(days=7)  # what the engine remembers of errands that have ended

log = logging.getLogger(__name__)


class Serving:
    """The parts that run: the alarm, the engine, the page, and the loop that looks."""

    def __init__(
        self, app: App, node: Node | None, tick: float = TICK, beat: float = HEARTBEAT.total_seconds()
    ) -> None:
        """`tick` and `beat`: seconds between two looks at the files, and between two passes without a cause."""
        self.app = app
        self.tick = tick
        self.beat = beat
        self.node = node
        self.engine = app.engine()
        self.sweeper = app.sweeper_with(self.engine)
        self.durations = Durations()
        self.nights = Nights()
        board = Board()
        self.publisher = Publisher(app, board)
        self.lasting = Lasting()
        self.ahead = Ahead(self.lasting.printer)
        probes = Probes(self._health, self.durations.read)
        pages = front(lambda: self.app, probes, lasting=self.lasting, changed=self.wake)
        self.server = PageServer(app.settings.listen, pages, board, app.lang)
        self.alerts = Alerts(app.workspace, app.settings.alert_command, app.lang, stopping=lambda: self._ending)
        self._wake = threading.Event()
        self._ending = self._told_to_reread = self._woken = False
        self._stamp: Stamp = app.shelf.stamp()
        self._seen: Stamp = self._stamp
        self._swept_at = self._ticked_at = 0.0  # monotonic seconds
        self._tidied_on: date | None = None
        self._held: tuple[Problem, ...] = ()  # why the last pass could not be made
        self._failures = 0  # passes in a row that could not be made

    def start(self) -> None:
        """Take up what an earlier process of this name left, and begin."""
        self.app.store.release(self.app.node, alone=self.app.is_embedded)
        self.engine.start(self._handlers())
        tell_broken(self.app, self.sweeper)
        self.server.start()
        self.publisher.look(self.app)  # so that the address answers as soon as it is told
        self.lasting.prepare(self.app)
        self._alarm = self._new_alarm()
        self._ticked_at = time.monotonic()

    def loop(self) -> None:
        """Look and hand out until told to end."""
        while not self._ending:
            self._wake.clear()
            self._tick()
            self._ticked_at = time.monotonic()
            if not self._ending:
                self._wake.wait(self.tick)  # counts monotonic seconds: a clock set back cannot silence it

    def end(self) -> None:
        """Be told to end."""
        self._ending = True
        self.app.postman.stopping.set()
        self._wake.set()

    def reread(self) -> None:
        """Be told to read the files again."""
        self._told_to_reread = True
        self._wake.set()

    def wake(self) -> None:
        """Be told to look now."""
        self._woken = True
        self._wake.set()

    def stop(self, seconds: float) -> bool:
        """Stop the parts; tell whether every errand in hand has come to its end."""
        self._alarm.stop()
        self.nights.stop()
        self.ahead.stop()
        ended = self.engine.stop(seconds)
        self.server.stop()
        self.app.store.rest()
        return ended

    def is_progressing(self) -> bool:
        """Tell whether the loop goes round and no errand is stuck."""
        return time.monotonic() - self._ticked_at < 4 * HEARTBEAT.total_seconds() / 5 and not self._is_stuck()

    def _handlers(self) -> Handlers:
        """Return what the engine calls; performing follows the files that are in force by then."""
        handlers = {Kind.PERFORM: lambda key: self.sweeper.perform(key), Kind.DELIVER: self.app.postman.deliver}
        return self.durations.timing(handlers)

    def _is_stuck(self) -> bool:
        return self.engine.busy_seconds() > STUCK

    def _tick(self) -> None:
        self._reread_changed()
        if self._woken or time.monotonic() - self._swept_at >= self.beat or self._is_due():
            self._woken = False
            self._sweep()
            self._swept_at = time.monotonic()
            self.alerts.tell(troubles(self.app, self._held))
            self._tidy_daily()
        self.nights.look(self.app, self.sweeper)
        self.ahead.look(self.app)
        self.publisher.look(self.app)

    def _is_due(self) -> bool:
        """Tell whether a retry or a mail's next try has come since the last pass."""
        try:
            return bool(self.app.store.deliveries.ready(self.app.clock()))
        except ScadenzarioError:
            return False  # the next heartbeat says what is wrong

    def _sweep(self) -> None:
        try:
            self._check_node()
            self.engine.call_off_dead(system_clock() - timedelta(seconds=STUCK))
            self.sweeper.sweep()
        except ScadenzarioError as error:  # it says all itself, and is tried again at the next beat
            log.error("sweep held: %s", error)  # noqa: TRY400  (a trace would add nothing)
            self._held = error.problems
            self._failures += 1
        except Exception as error:  # a pass that fails (disk full, engine gone) is tried again at the next beat
            log.exception("sweep failed")
            self._held = (Problem("", repr(error)),)
            self._failures += 1
        else:
            self._held, self._failures = (), 0
        if self._failures and self._failures % FAILURES == 0:
            self._restart_engine()

    def _restart_engine(self) -> None:
        """Start the engine anew, whose file may be gone or broken: the ledger hands out what it has lost."""
        try:
            self.engine.stop(0)
            self.engine.start(self._handlers())
        except ScadenzarioError as error:
            log.error("engine not started: %s", error)  # noqa: TRY400  (it says all itself)

    def _check_node(self) -> None:
        """Make sure that nobody else has taken this node's name while the database was away."""
        if self.node is not None and not self.node.is_held():
            what = text(self.app.lang, "run.node-taken", name=self.node.name)
            raise UserError((Problem("", what, text(self.app.lang, "run.node-taken.remedy")),))

    def _reread_changed(self) -> None:
        """Take over files that have changed and come to rest, or at once when told to."""
        found = self.app.shelf.stamp()
        at_rest, self._seen = found == self._seen, found
        if self._told_to_reread or (found != self._stamp and at_rest):
            self._told_to_reread, self._stamp = False, found
            self._take_over()

    def _take_over(self) -> None:
        try:
            app = self.app.adopt()
            sweeper = app.sweeper_with(self.engine)
        except ScadenzarioError as error:
            log.error("files not read: %s", error)  # noqa: TRY400  (it says all itself)
            return
        self._alarm.stop()
        self.app, self.sweeper = app, sweeper
        self._alarm = self._new_alarm()
        self._woken = True
        log.info("files read again", extra={"count": len(app.register.obligations)})
        tell_broken(app, sweeper)
        self.lasting.prepare(app)

    def _tidy_daily(self) -> None:
        today = system_clock().date()
        if self._tidied_on == today:
            return
        self._tidied_on = today
        try:
            self.engine.tidy(system_clock() - KEPT)
            self.app.tidy()
        except Exception:  # disk space can wait
            log.exception("not tidied")

    def _new_alarm(self) -> Alarm:
        ahead = self.app.clock() - system_clock()
        ahead = ahead if abs(ahead) > timedelta(seconds=1) else timedelta()
        timetables = self.app.agenda.timetables.items()
        alarm = Alarm([(key, WakeTimes(item.following, ahead)) for key, item in timetables], self.wake)
        alarm.start()
        return alarm

    def _health(self) -> Health:
        return self.app.checkup.health(self.app.clock(), self._held)
