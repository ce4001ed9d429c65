"""`run`: the service from its start to its end. What it does in between is in `serving`."""

from __future__ import annotations

import logging
import os
import signal
import sys
from dataclasses import replace
from datetime import timedelta
from types import FrameType

from scheduler.app import App, clock_from
from scheduler.commands import clock, logs
from scheduler.commands.console import say
from scheduler.commands.feed_tokens import address
from scheduler.commands.notify import Notifier, Watchdog
from scheduler.commands.serving import Serving
from scheduler.locale import text
from scheduler.settings import current

GRACE = 8.0  # seconds that the errands in hand get at the end

log = logging.getLogger(__name__)


def run(app: App, now_outside_term: str) -> None:
    """Run until SIGTERM or SIGINT; read the files again at SIGHUP.

    `now_outside_term` is for the shipped sample only: a false clock, where today lies in no agreement's term.
    """
    logs.set_up(app.settings.log_format, sys.stderr)
    app = _with_sample_clock(app, now_outside_term)
    with app.working() as (mine, node):
        serving = Serving(mine.adopt(), node)
        _listen_to_signals(serving)
        notifier = Notifier(current())
        watchdog = Watchdog(notifier, serving.is_progressing)
        serving.start()
        _announce(serving.app)
        notifier.ready(text(app.lang, "run.ready", count=len(serving.app.register.obligations)))
        watchdog.start()
        serving.loop()
        notifier.stopping()
        ended = serving.stop(GRACE)
        watchdog.stop()
        say(text(app.lang, "run.stopped"))
        if not ended:
            _leave_at_once()


def _listen_to_signals(serving: Serving) -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        serving.end()

    def reload(number: int, frame: FrameType | None) -> None:
        serving.reread()

    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):  # the last is Windows'
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, reload)


def _leave_at_once() -> None:
    """Leave an errand that does not end, such as a mail whose server is silent: the ledger knows how far it was."""
    log.warning("an errand did not end in time; it is taken up at the next start")
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


def _with_sample_clock(app: App, start: str) -> App:
    if not start:
        return app
    today = app.clock().astimezone(app.register.workdays.zone).date()
    terms = [item.since for item in app.register.agreements]
    if min(terms) <= today <= app.occurrences[-1].legal_due_on:
        return app
    began, ledger = clock.instant(app, start), app.store.snapshot(())
    if ledger.started_at is not None and abs(ledger.started_at - began) > timedelta(days=1):
        return app  # it has been used with the real clock: its duties are real
    began = max(began, ledger.swept_at or began)  # a second start goes on where the first one ended
    say(text(app.lang, "run.false-clock", start=began.astimezone(app.register.workdays.zone)))
    return replace(app, clock=clock_from(began))


def _announce(app: App) -> None:
    settings, host = app.settings, app.settings.listen
    lines: list[tuple[str, dict[str, object]]] = [
        ("run.started", {"folder": app.workspace.root.resolve(), "count": len(app.register.obligations)}),
        ("run.page", {"address": f"http://{host}/"}),
        ("run.feed", {"address": address(app, app.feed_token())}),
        ("run.drafts", {"folder": (app.workspace.var / "drafts").resolve()}),
    ]
    if settings.smtp_host:
        lines.append(("run.smtp", {"host": settings.smtp_host, "port": settings.smtp_port}))
    else:
        lines.append(("run.outbox", {"folder": app.workspace.outbox.resolve()}))
        if app.register.people:
            lines.append(("run.sign-in", {"address": app.register.people[-1].address}))
    for code, facts in lines:
        say(text(app.lang, code, **facts))
    sys.stdout.flush()
