"""`sweep`: one pass from a timer, with all that the service does in one."""

from __future__ import annotations

import sys

from scheduler.app import App
from scheduler.commands import logs
from scheduler.commands.console import say
from scheduler.commands.nights import rehearse
from scheduler.commands.troubles import tell_broken, troubles
from scheduler.core.ledger import DeliveryState
from scheduler.locale import text, written
from scheduler.service.alert import Alerts
from scheduler.service.engine import Engine, InlineEngine
from scheduler.service.sweep import SweepReport

DRAIN_SECONDS = 600.0  # what a limit on mails leaves over by then is taken up by the next pass
GRACE_SECONDS = 8.0


def sweep(app: App, *, dry_run: bool) -> int:
    """Make one pass, or say what one would do; 1 if a draft could not be made, 6 if a mail did not go."""
    if dry_run:
        for action in app.sweeper.plan():
            say(f"{written(app.lang, action.due_at.astimezone(app.register.workdays.zone))}  {action.key}")
        return 0
    logs.set_up(app.settings.log_format, sys.stderr)
    with app.working() as (named, _):
        mine = named.adopt()
        report = _swept(mine)
        print_report(mine, report)
        Alerts(mine.workspace, mine.settings.alert_command, mine.lang).tell(troubles(mine))
    if any(mail.state is not DeliveryState.SENT for mail in report.mails):
        return 6
    return 1 if report.failed else 0


def _swept(app: App) -> SweepReport:
    """Make a pass in line; where limits are set that hold over all nodes, through the engine that knows of the others.

    What an earlier engine has left in its queue is handed out again: only the ledger says what is owed.
    """
    app.store.release(app.node, alone=app.is_embedded)
    engine: Engine = app.engine() if app.settings.has_limits else InlineEngine()
    sweeper = app.sweeper_with(engine)
    engine.start(sweeper.handlers)
    try:
        tell_broken(app, sweeper)
        made = sweeper.sweep()
        rehearse(app, sweeper)
        engine.drain(DRAIN_SECONDS)
    finally:
        engine.stop(GRACE_SECONDS)
    return sweeper.report(made.at, made.actions)


def print_report(app: App, report: SweepReport) -> None:
    """Print what a pass did, a line for each action and mail."""
    zone = app.register.workdays.zone
    say(f"{written(app.lang, report.at.astimezone(zone))}")
    for item in report.done:
        say(f"  {text(app.lang, f'outcome.{item.performance.outcome}')}: {item.action.key}")
        for problem in item.performance.problems:
            say(f"    {problem}")
    for mail in report.mails:
        code = "cli.mail-sent" if mail.state is DeliveryState.SENT else "cli.mail-waiting"
        say("  " + text(app.lang, code, subject=mail.subject, to=", ".join(mail.recipients), reply=mail.reply))
