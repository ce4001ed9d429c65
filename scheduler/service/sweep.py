"""One pass: look at the ledger, plan what is due, and hand it to the engine. One fault never stops the rest."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.core.ledger import Delivery, Ledger, Outcome, Performance
from scheduler.core.plan import Action, is_closed
from scheduler.errors import Problem, ScadenzarioError, UserError
from scheduler.locale import text
from scheduler.service.delivery import Postman
from scheduler.service.engine import Engine, Errand, Handlers, Kind, Progress
from scheduler.service.look import Lookout, View, owed
from scheduler.service.perform import Performer
from scheduler.service.returns import Returns

if TYPE_CHECKING:  # Django must be set up before the tables are imported
    from scheduler.ledger.store import Store

LEASE = timedelta(minutes=10)
MOST_BACK, MOST_AHEAD = timedelta(days=1), timedelta(days=180)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Done:
    """An action and what became of it."""

    action: Action
    performance: Performance


@dataclass(frozen=True)
class SweepReport:
    """What came of one pass so far."""

    at: datetime
    actions: tuple[Action, ...] = ()  # that were owed
    done: tuple[Done, ...] = ()
    mails: tuple[Delivery, ...] = ()

    @property
    def failed(self) -> tuple[Performance, ...]:
        """The actions that could not be performed now."""
        return tuple(item.performance for item in self.done if item.performance.outcome is Outcome.FAILED)


@dataclass(frozen=True)
class Sweeper:
    """Makes passes over one workspace, and runs the errands that they hand out."""

    lookout: Lookout
    store: Store
    performer: Performer
    postman: Postman
    engine: Engine
    clock: Callable[[], datetime]
    trust_clock: bool = False
    returns: Returns | None = None  # the folder of edited drafts
    lease: timedelta = LEASE  # how long a performer, or the engine's queue, has a piece of work to itself

    @property
    def handlers(self) -> Handlers:
        """What the engine is to call for each kind of errand."""
        return {Kind.PERFORM: self.perform, Kind.DELIVER: self.postman.deliver}

    def plan(self) -> tuple[Action, ...]:
        """Return what a pass would do now, without doing it."""
        return self.lookout.actions(self.lookout.look(self.clock()))

    def sweep(self) -> SweepReport:
        """Make one pass and return what has come of it by then; an engine with queues may still be at it."""
        now = self.clock()
        if self.returns is not None:
            self.returns.take(now)
        actions = self._hand_out(now)
        self.send_ready(now)
        self.store.swept(now)
        self.postman.transport.rest()
        return self.report(now, actions)

    def report(self, at: datetime, actions: tuple[Action, ...]) -> SweepReport:
        """Return what has come of the actions of a pass by now."""
        rows = self.store.actions.some([action.key for action in actions])
        known = [(action, rows[action.key]) for action in actions if action.key in rows]
        ended = [Done(action, row) for action, row in known if row.outcome not in (Outcome.PLANNED, Outcome.CLAIMED)]
        return SweepReport(at, actions, tuple(ended), self.store.deliveries.tried_since(at))

    def perform(self, key: str) -> None:
        """Perform an action if it is still owed and nobody else has it, and hand out the mails it has made."""
        now = self.clock()
        for draft in self.lookout.drafts_before(key, now):  # a reminder of the same hour tells of it
            self.perform(draft)
        if not self.store.actions.claim(key, self.performer.claim, now, now + self.lease):
            return
        action, ledger = self.lookout.action(key, now)
        if action is None:
            self.store.actions.unclaim(key, self.performer.claim)
            return
        self._perform(action, ledger, now)
        self.send_ready(now)

    def send_ready(self, now: datetime) -> None:
        """Hand out every mail whose turn has come."""
        for mail in self.store.deliveries.ready(now):
            known = Errand(Kind.DELIVER, mail.message_id, mail.generation)
            if self._is_waiting(known):
                self.store.deliveries.hold(mail.message_id, now + self.lease)
            elif self.store.deliveries.hand_on(mail.message_id, mail.generation, now, now + self.lease):
                self.engine.submit(Errand(Kind.DELIVER, mail.message_id, mail.generation + 1))

    def _hand_out(self, now: datetime) -> tuple[Action, ...]:
        self.store.start(now, self.performer.identity)
        view = self.lookout.look(now)
        self._check_clock(view.ledger, now)
        self._doubt_the_restored(view.ledger)
        actions = self.lookout.actions(view)
        rows = owed(actions, now)
        before = self.store.mark()
        if rows or view.mark != before:
            self.store.settle(rows, view.mark, self._followed(before.register), now)
        self._forget_the_needless(view, {item.action_key for item in rows})
        free = self._to_submit(actions, now)
        taken = self.store.actions.hand_on(free, now, now + self.lease) if free else ()
        for key, generation in free.items():
            if key in taken:
                self.engine.submit(Errand(Kind.PERFORM, key, generation + 1))
        return actions

    def _to_submit(self, actions: tuple[Action, ...], now: datetime) -> dict[str, int]:
        """Return the keys and generations of the actions that nobody holds, neither a performer nor the queue."""
        rows = self.store.actions.some([action.key for action in actions])
        free: dict[str, int] = {}
        for action in actions:
            row = rows.get(action.key)
            if row is None or not row.is_open or row.is_held(now):
                continue
            if self._is_waiting(Errand(Kind.PERFORM, action.key, row.generation)):
                self.store.actions.hold(action.key, now + self.lease)
            else:
                free[action.key] = row.generation
        return free

    def _is_waiting(self, errand: Errand) -> bool:
        return errand.generation > 0 and self.engine.progress(errand) is Progress.WAITING

    def _followed(self, register: str) -> dict[str, tuple[str, str]]:
        """Return what the ledger is to remember of the obligations, where they are not those it knows."""
        agenda = self.lookout.agenda
        if register == agenda.digest:
            return {}
        return {key: (agenda.digests[key], item.obligation.title) for key, item in agenda.timetables.items()}

    def _forget_the_needless(self, view: View, keys: set[str]) -> None:
        """Drop actions that are not owed any more, and take back mails that wait though their occurrence is closed."""
        now = view.at
        waiting_for = {item.action_key for item in view.open if item.retry_at is not None and item.retry_at > now}
        kept = keys | waiting_for
        needless = [item for item in view.open if not kept & {item.action_key, item.superseded_by}]
        if needless:
            self.store.actions.drop([item.action_key for item in needless], now)
        waiting = self.store.deliveries.waiting()
        if not waiting:
            return
        ledger = self.store.snapshot(waiting.values())
        for message_id, key in waiting.items():
            occurrence = self.lookout.agenda.occurrence(key)
            if occurrence is None or is_closed(occurrence, ledger):
                self.store.deliveries.cancel(message_id, now)

    def _doubt_the_restored(self, ledger: Ledger) -> None:
        restored_at, swept_at = ledger.restored_at, ledger.swept_at
        if restored_at is not None and (swept_at is None or swept_at < restored_at):
            self.store.deliveries.doubt(restored_at, text(self.performer.workspace.lang, "run.restored"))

    def _check_clock(self, ledger: Ledger, now: datetime) -> None:
        """Hold where the clock has gone back, or leapt so far ahead that it is more likely wrong than we were off.

        Raises:
            UserError: nothing is mailed until the clock is right or a person vouches for it.
        """
        before = ledger.swept_at
        if before is None or self.trust_clock or before - MOST_BACK <= now <= before + MOST_AHEAD:
            return
        zone, lang = self.lookout.agenda.workdays.zone, self.performer.workspace.lang
        what = text(lang, "run.clock", now=now.astimezone(zone), before=before.astimezone(zone))
        raise UserError((Problem("", what, text(lang, "run.clock.remedy")),), exit_code=1)

    def _perform(self, action: Action, ledger: Ledger, now: datetime) -> None:
        from scheduler.ledger.actions import LostClaim

        try:
            performance = self._performed(action, ledger, now)
        except LostClaim:
            log.warning("action taken over by another performer", extra={"action": action.key})
            return
        log.info("action %s", performance.outcome, extra={"action": action.key})

    def _performed(self, action: Action, ledger: Ledger, now: datetime) -> Performance:
        from scheduler.ledger.actions import LostClaim

        try:
            return self.performer.perform(action, ledger, now)
        except LostClaim:
            raise
        except ScadenzarioError as error:
            log.error("action failed: %s", error, extra={"action": action.key})  # noqa: TRY400  (it says all itself)
            return self.performer.fail(action, ledger, error, now)
        except Exception as error:  # a fault of ours: the other obligations go on all the same
            log.exception("action failed", extra={"action": action.key})
            return self.performer.fail(action, ledger, error, now)
