"""The calendar in step with the ledger: what has changed since the last look is published, away from any request."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from scheduler.commands.entries import entries, facts, today
from scheduler.core.agenda import Agenda
from scheduler.core.feed import Subscription, token_sha256
from scheduler.errors import ScadenzarioError
from scheduler.feed.entry import Entry
from scheduler.feed.ics import ics
from scheduler.feed.publication import Publication
from scheduler.web.calendar import Board

if TYPE_CHECKING:
    from scheduler.app import App

log = logging.getLogger(__name__)


class Publisher:
    """Holds the published calendars against what ledger, files and day would give."""

    def __init__(self, app: App, board: Board) -> None:
        """Show what was published last, by whichever process."""
        self._publication = Publication(app.workspace)
        self._board = board
        self._entries: dict[str, Entry] = {}
        self._agenda: Agenda | None = None  # of the files that they come from
        self._day = date.min
        self._acts = (0, 0)
        self._subscriptions: tuple[Subscription, ...] = ()
        self._failed = False
        board.show(self._publication.load())

    def look(self, app: App) -> None:
        """Publish what has changed; where it cannot be now, what was published stays, and the next look tries again."""
        try:
            self._look(app)
        except Exception as error:  # the calendar waits, the service goes on
            if not self._failed:  # said once, not at every look
                log.error("calendar not published: %s", error, exc_info=not isinstance(error, ScadenzarioError))  # noqa: TRY400  (a trace only for ours)
            self._failed = True
        else:
            self._failed = False

    def _look(self, app: App) -> None:
        subscriptions, acts, day = all_subscriptions(app), app.store.acts_mark(), today(app)
        if app.agenda is not self._agenda or day != self._day or acts < self._acts:
            renewed = self._alike(entries(app))
        elif acts != self._acts:
            renewed = self._touched(app, app.store.concerned(self._acts[0]))
        elif subscriptions != self._subscriptions:
            renewed = self._entries
        else:
            return
        self._board.show(self._publication.publish(renewed, app.register.obligations, subscriptions, facts(app)))
        self._entries, self._agenda, self._day = renewed, app.agenda, day
        self._acts, self._subscriptions = acts, subscriptions

    def _touched(self, app: App, keys: Collection[str]) -> dict[str, Entry]:
        found = self._alike(entries(app, keys))
        left = {key: entry for key, entry in self._entries.items() if key not in keys or key in found}
        renewed = {**left, **found}
        return renewed if len(renewed) == len(left) else dict(sorted(renewed.items()))

    def _alike(self, found: dict[str, Entry]) -> dict[str, Entry]:
        """Return the same entries, those that have not changed as the objects they were before."""
        known = self._entries
        return {key: known[key] if known.get(key) == entry else entry for key, entry in found.items()}


def calendar(app: App) -> bytes:
    """Return the office's calendar as it would be published now; nothing is recorded."""
    return ics(entries(app, record=False).values(), facts(app))


def all_subscriptions(app: App) -> tuple[Subscription, ...]:
    """Return the office's own address, which is kept in a file, and those that the ledger knows."""
    return (Subscription(token_sha256(app.feed_token())), *app.store.subscriptions.all())
