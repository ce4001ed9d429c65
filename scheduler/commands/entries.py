"""What the calendar says now: the occurrences in its window, with their states, in words, each with its revision."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain
from typing import TYPE_CHECKING

from scheduler.core.feed import revised
from scheduler.core.plan import in_force
from scheduler.core.status import State, Status, state
from scheduler.feed.entry import Entry, FeedFacts, Wording

if TYPE_CHECKING:
    from scheduler.app import App
    from scheduler.core.ledger import Ledger
    from scheduler.core.occurrence import Occurrence

LATE = timedelta(days=400)  # what is late and still open stays so long, however narrow the window is


def entries(app: App, keys: Collection[str] | None = None, *, record: bool = True) -> dict[str, Entry]:
    """Return the calendar's entries by key, in order of their keys.

    Args:
        app: the application.
        keys: of the occurrences to look at; None: of all.
        record: remember in the ledger what has changed; else nothing is written.
    """
    ledger, wording = _ledger(app, keys), Wording(facts(app))
    shown = [item for item in _statuses(app, ledger, keys) if _is_shown(app, item)]
    found = {item.occurrence.key: item for item in shown}
    said = {key: wording.entry(found[key], ledger.acts.get(key, ())) for key in sorted(found)}
    subscriptions, now = app.store.subscriptions, app.clock()
    known = subscriptions.revisions(None if keys is None else said)
    wanted = {key: revised(known.get(key), entry.revision, now) for key, entry in said.items()}
    revisions = subscriptions.settle(wanted, known) if record else wanted
    return {key: entry.at(revisions[key]) for key, entry in said.items()}


def facts(app: App) -> FeedFacts:
    """Return what the calendar says of itself."""
    return FeedFacts("Scadenzario", app.register.workdays.zone.key, app.lang, app.settings.base_url)


def today(app: App) -> date:
    """Return the office's day."""
    return app.clock().astimezone(app.register.workdays.zone).date()


def _ledger(app: App, keys: Collection[str] | None) -> Ledger:
    """Return what is known of the past: acts, and when the workspace was first swept; never swept counts as now."""
    ledger = app.store.snapshot(keys or ())
    known = ledger if keys is not None else replace(app.store.acted(), started_at=ledger.started_at)
    return known if known.started_at else replace(known, started_at=app.clock())


def _statuses(app: App, ledger: Ledger, keys: Collection[str] | None) -> Iterator[Status]:
    workdays, now = app.register.workdays, app.clock()
    for item in in_force(_occurrences(app, keys), workdays, ledger):
        yield Status(item, state(item, workdays, ledger, now))


def _occurrences(app: App, keys: Collection[str] | None) -> Iterator[Occurrence]:
    if keys is None:
        first, last = _window(app)
        near = app.agenda.due_between(min(first, today(app) - LATE), last)
        keys, found = app.store.extended(), near  # an extension may move an occurrence into the window
    else:
        found = ()
    asked = (app.agenda.occurrence(key) for key in keys)
    yield from chain(found, (item for item in asked if item is not None))


def _is_shown(app: App, status: Status) -> bool:
    first, last = _window(app)
    on = status.occurrence.legal_due_on
    return status.state is not State.UNTRACKED and on <= last and (on >= first or status.state is State.OVERDUE)


def _window(app: App) -> tuple[date, date]:
    settings, day = app.settings, today(app)
    return day - timedelta(days=settings.feed_days_back), day + timedelta(days=settings.feed_days_ahead)
