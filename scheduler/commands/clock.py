"""From a command's arguments to an application with the right clock, days and occurrences."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.app import App, clock_from
from scheduler.errors import Problem, UserError
from scheduler.locale import text
from scheduler.settings import current, read_settings

if TYPE_CHECKING:
    from scheduler.core.occurrence import Occurrence

USAGE = 2
YEARS = range(1900, 2200)  # as in `deadlines.yaml`


def app_at(workspace: Path, now: str, *, trust_clock: bool = False, last_good: bool = False) -> App:
    """Return the application of a workspace; `now` (local time of the office) gives it a false clock.

    With `last_good`, a `deadlines.yaml` that cannot be used gives way to the last one that could.
    """
    app = App(read_settings(current(), workspace), trust_clock=trust_clock)
    if last_good:
        app = replace(app, adopted=app.shelf.read())
    return replace(app, clock=clock_from(instant(app, now))) if now else app


def app_in_force(workspace: Path, now: str) -> App:
    """Return the application as the service has it: where `deadlines.yaml` is broken, with its last good copy.

    Raises:
        UserError: it cannot be used, and there is no good copy.
    """
    app = App(read_settings(current(), workspace))
    app = replace(app, adopted=app.shelf.read())
    return replace(app, clock=clock_from(instant(app, now))) if now else app


def instant(app: App, value: str) -> datetime:
    """Return the instant of a local time `2026-02-27T09:00` (or of the beginning of a day)."""
    zone = app.register.workdays.zone
    try:
        local = datetime.fromisoformat(value)
        if local.year in YEARS:
            return (local if local.tzinfo else local.replace(tzinfo=zone)).astimezone(UTC)
    except ValueError:
        pass
    raise _usage(app, "cli.bad-instant", value)


def day(app: App, value: str) -> date:
    """Return the day that an argument names."""
    try:
        found = date.fromisoformat(value)
    except ValueError:
        raise _usage(app, "cli.bad-day", value) from None
    if found.year not in YEARS:
        raise _usage(app, "cli.bad-day", value)
    return found


def span(app: App, since: str, until: str) -> tuple[date, date]:
    """Return the first and the last day that two arguments name."""
    first, last = day(app, since), day(app, until)
    if last < first:
        raise _usage(app, "cli.backwards", f"{since} – {until}")
    return first, last


def occurrence(app: App, key: str) -> Occurrence:
    """Return the occurrence that a key names, with its extension.

    Raises:
        UserError: there is none; it names the nearest keys.
    """
    from scheduler.core.occurrence import occurrence_of
    from scheduler.core.plan import in_force

    obligation_id, _, period_key = key.partition("/")
    obligation, workdays = app.register.obligation(obligation_id), app.register.workdays
    found = occurrence_of(obligation, period_key, workdays) if obligation else None
    if found is None:
        raise _unknown_key(app, key)
    return in_force([found], workdays, app.ledger())[0]


def _unknown_key(app: App, key: str) -> UserError:
    from difflib import get_close_matches

    near = get_close_matches(key, [item.key for item in app.occurrences], n=3, cutoff=0.5)
    code = "cli.unknown-key" if near else "cli.unknown-key-none"
    remedy = text(app.lang, f"{code}.remedy", near=", ".join(near))
    return UserError((Problem("", text(app.lang, code, value=key), remedy),), exit_code=USAGE)


def _usage(app: App, code: str, value: str) -> UserError:
    problem = Problem("", text(app.lang, code, value=value), text(app.lang, f"{code}.remedy"))
    return UserError((problem,), exit_code=USAGE)
