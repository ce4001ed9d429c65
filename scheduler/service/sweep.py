"""One pass: look at the ledger, plan what is due, do it, send what is ready. One fault never stops the rest."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.core.ledger import Delivery, Ledger, Outcome, Performance
from scheduler.core.occurrence import Occurrence
from scheduler.core.plan import Action, plan
from scheduler.core.workdays import WorkCalendar
from scheduler.errors import Problem, ScadenzarioError, UserError
from scheduler.locale import text
from scheduler.service.delivery import Postman
from scheduler.service.perform import Performer

if TYPE_CHECKING:  # Django must be set up before the tables are imported
    from scheduler.ledger.store import Store

log = logging.getLogger(__name__)

MOST_BACK, MOST_AHEAD = timedelta(days=1), timedelta(days=180)


@dataclass(frozen=True)
class Done:
    """An action and what became of it."""

    action: Action
    performance: Performance


@dataclass(frozen=True)
class SweepReport:
    """What one pass did."""

    at: datetime
    done: tuple[Done, ...] = ()
    mails: tuple[Delivery, ...] = ()

    @property
    def failed(self) -> tuple[Performance, ...]:
        """The actions that could not be performed now."""
        return tuple(item.performance for item in self.done if item.performance.outcome is Outcome.FAILED)


@dataclass(frozen=True)
class Sweeper:
    """Makes passes over one workspace."""

    occurrences: Sequence[Occurrence]
    workdays: WorkCalendar
    store: Store
    performer: Performer
    postman: Postman
    clock: Callable[[], datetime]
    trust_clock: bool = False

    def look(self) -> Ledger:
        """Return the ledger as it stands, having made sure that the first start is remembered."""
        self.store.start(self.clock(), self.performer.identity)
        return self.store.snapshot()

    def plan(self) -> tuple[Action, ...]:
        """Return what a pass would do now, without doing it."""
        ledger, now = self.store.snapshot(), self.clock()
        return plan(self.occurrences, self.workdays, replace(ledger, started_at=ledger.started_at or now), now)

    def sweep(self) -> SweepReport:
        """Make one pass."""
        now = self.clock()
        ledger = self.look()
        self._check_clock(ledger, now)
        actions = plan(self.occurrences, self.workdays, ledger, now)
        done = tuple(Done(action, self._perform(action, ledger, now)) for action in actions)
        self._cancel_the_needless()
        self.store.swept(now)
        return SweepReport(now, done, self.postman.send_ready())

    def _cancel_the_needless(self) -> None:
        """Take back the mails that still wait for a server though their occurrence has been closed meanwhile."""
        ledger = self.store.snapshot()
        for mail in self.store.deliveries.waiting():
            if mail.occurrence_key and ledger.closing(mail.occurrence_key) is not None:
                self.store.deliveries.cancel(mail.message_id)

    def _check_clock(self, ledger: Ledger, now: datetime) -> None:
        """Hold where the clock has gone back, or leapt so far ahead that it is more likely wrong than we were off.

        Raises:
            UserError: nothing is mailed until the clock is right or a person vouches for it.
        """
        before = ledger.swept_at
        if before is None or self.trust_clock or before - MOST_BACK <= now <= before + MOST_AHEAD:
            return
        zone, lang = self.workdays.zone, self.performer.workspace.lang
        what = text(lang, "run.clock", now=now.astimezone(zone), before=before.astimezone(zone))
        raise UserError((Problem("", what, text(lang, "run.clock.remedy")),), exit_code=1)

    def _perform(self, action: Action, ledger: Ledger, now: datetime) -> Performance:
        try:
            performance = self.performer.perform(action, ledger, now)
        except ScadenzarioError as error:
            log.error("action failed: %s", error, extra={"action": action.key})  # noqa: TRY400  (it says all itself)
            return self.performer.fail(action, ledger, error, now)
        except Exception as error:  # a fault of ours: the other obligations go on all the same
            log.exception("action failed", extra={"action": action.key})
            return self.performer.fail(action, ledger, error, now)
        log.info("action %s", performance.outcome, extra={"action": action.key})
        return performance
