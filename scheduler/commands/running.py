"""`run`: the service. The alarm says "look now"; one thread looks, plans and does; the page and the feed read only."""

from __future__ import annotations

import logging
import signal
import threading
from dataclasses import replace
from datetime import timedelta
from types import FrameType

from scheduler.app import App, clock_from, system_clock
from scheduler.commands import clock
from scheduler.commands.console import say
from scheduler.commands.working import print_report
from scheduler.errors import ScadenzarioError
from scheduler.locale import text
from scheduler.service.alarm import HEARTBEAT, Alarm, WakeTimes
from scheduler.web.server import Pages, PageServer

log = logging.getLogger(__name__)


def run(app: App, now_outside_term: str) -> None:
    """Run until SIGTERM or SIGINT.

    `now_outside_term` is for the shipped sample only: a false clock, where today lies in no agreement's term.
    """
    _log_to_stderr()
    app = _with_sample_clock(app, now_outside_term)
    with app.workspace.locked():
        service = _Service(app)
        _announce(app)
        service.run()
    say(text(app.lang, "run.stopped"))


def _log_to_stderr() -> None:
    handler = logging.StreamHandler()
    line = "%(asctime)s %(levelname)s %(message)s action=%(action)s"
    handler.setFormatter(logging.Formatter(line, defaults={"action": "-"}))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


def _with_sample_clock(app: App, start: str) -> App:
    today = app.clock().astimezone(app.register.workdays.zone).date()
    terms = [item.since for item in app.register.agreements]
    if not start or min(terms) <= today <= app.occurrences[-1].legal_due_on:
        return app
    began, ledger = clock.instant(app, start), app.store.snapshot()
    if ledger.started_at is not None and abs(ledger.started_at - began) > timedelta(days=1):
        return app  # it has been used with the real clock: its duties are real
    began = max(began, ledger.swept_at or began)  # a second start goes on where the first one ended
    say(text(app.lang, "run.false-clock", start=began.astimezone(app.register.workdays.zone)))
    return replace(app, clock=clock_from(began))


def _announce(app: App) -> None:
    settings, host = app.settings, app.settings.listen
    feed = f"http://{host}/calendario/{app.feed_token()}.ics"
    lines: list[tuple[str, dict[str, object]]] = [
        ("run.started", {"folder": app.workspace.root.resolve(), "count": len(app.register.obligations)}),
        ("run.page", {"address": f"http://{host}/"}),
        ("run.feed", {"address": feed}),
        ("run.drafts", {"folder": (app.workspace.var / "drafts").resolve()}),
    ]
    if settings.smtp_host:
        lines.append(("run.smtp", {"host": settings.smtp_host, "port": settings.smtp_port}))
    else:
        lines.append(("run.outbox", {"folder": app.workspace.outbox.resolve()}))
    for code, facts in lines:
        say(text(app.lang, code, **facts))


class _Service:
    """The running parts: the alarm's thread, the page's thread, and this one, which alone performs."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.wake = threading.Event()
        self.stopping = False
        self.server = PageServer(app.settings.listen, self._pages())

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        alarm = Alarm(self._times(), self.wake.set)
        alarm.start()
        self.server.start()
        try:
            self._loop()
        finally:
            alarm.stop()
            self.server.stop()

    def _loop(self) -> None:
        while not self.stopping:
            self.wake.clear()
            self._sweep()
            # The timeout counts monotonic seconds, so a clock that was set back cannot silence the heartbeat.
            if not self.stopping:
                self.wake.wait(HEARTBEAT.total_seconds())

    def _sweep(self) -> None:
        try:
            report = self.app.sweeper.sweep()
        except ScadenzarioError as error:  # it says all itself, and is tried again at the next beat
            log.error("sweep held: %s", error)  # noqa: TRY400  (a trace would add nothing)
            return
        except Exception:  # a pass that fails (disk full, database gone) is tried again at the next beat
            log.exception("sweep failed")
            return
        if report.done or report.mails:
            print_report(self.app, report)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True
        self.wake.set()

    def _times(self) -> list[tuple[str, WakeTimes]]:
        app, ahead = self.app, self.app.clock() - system_clock()
        ahead = ahead if abs(ahead) > timedelta(seconds=1) else timedelta()
        found = []
        for obligation in app.register.obligations:
            mine = [item for item in app.occurrences if item.obligation.id == obligation.id]
            times = WakeTimes(mine, app.register.workdays, app.store.snapshot, ahead)
            found.append((obligation.id, times))
        return found

    def _pages(self) -> Pages:
        app = self.app
        return Pages(app.statuses, app.feed, app.feed_token(), app.lang, app.clock)
