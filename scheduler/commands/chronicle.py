"""What happened to an occurrence, in lines; also where its obligation is declared no more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from scheduler.app import App
from scheduler.commands.console import print_table, say
from scheduler.core.ledger import Act
from scheduler.core.period import period_from_key
from scheduler.locale import text, written


def local(app: App, at: datetime | None) -> str:
    """Return an instant as the office's clock shows it, '' for none."""
    return f"{at.astimezone(app.register.workdays.zone):%d/%m/%Y %H:%M}" if at else ""


def print_acts(app: App, acts: Sequence[Act]) -> None:
    """Print what people have declared, a line for each act."""
    for act in acts:
        day = written(app.lang, act.on) if act.on else ""
        facts = [text(app.lang, f"act.{act.kind}"), day, act.protocol, act.reason, act.who, local(app, act.at)]
        say("  " + " · ".join(fact for fact in facts if fact))


def explain_retired(app: App, key: str) -> bool:
    """Print what the ledger knows of an occurrence whose obligation was taken out of the file; False if it was not."""
    obligation_id, _, period_key = key.partition("/")
    retired = app.store.duties.retired().get(obligation_id)
    if retired is None or not _is_period(period_key):
        return False
    title, at = retired
    ledger, drafts = app.store.snapshot([key]), app.store.drafts(key)
    say(f"{key} – {title}")
    say()
    say(text(app.lang, "cli.retired", on=at.astimezone(app.register.workdays.zone).date()))
    rows = [
        (item.action_key.removeprefix(f"{key}/"), text(app.lang, f"outcome.{item.outcome}"), local(app, item.at))
        for item in sorted(ledger.performances.values(), key=lambda item: item.at)
    ]
    if rows:
        say()
        print_table([text(app.lang, f"cli.column.{name}") for name in ("milestone", "outcome", "done")], rows)
    for draft in drafts:
        say("  " + text(app.lang, "cli.drafted", file=str(app.workspace.var / draft.path), version=draft.version))
    print_acts(app, ledger.acts.get(key, ()))
    if not (rows or drafts or ledger.acts):
        say(text(app.lang, "cli.nothing-recorded"))
    return True


def _is_period(key: str) -> bool:
    try:
        period_from_key(key)
    except ValueError:
        return False
    return True
