"""How the service is: facts for whoever watches over it, gathered without reading the whole history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING

from scheduler.core.agenda import Agenda
from scheduler.core.ledger import DeliveryState, Outcome
from scheduler.core.plan import in_force
from scheduler.core.status import State, state
from scheduler.core.workdays import DAY
from scheduler.errors import Problem, ScadenzarioError
from scheduler.locale import text
from scheduler.service.delivery import LONG

if TYPE_CHECKING:  # Django must be set up before the tables are imported
    from scheduler.ledger.store import Store

CONFIG, LEDGER, TEMPLATES, MAIL, SWEEP, DELIVERIES = "config", "ledger", "templates", "mail", "sweep", "deliveries"
COMPONENTS = (CONFIG, LEDGER, TEMPLATES, MAIL, SWEEP, DELIVERIES)
LATE = timedelta(minutes=15)  # three heartbeats
REACH = timedelta(days=400)  # what was due before is looked at no more
FRESH = timedelta(minutes=1)  # so long the count of what is overdue stays as it was


@dataclass(frozen=True)
class Health:
    """Facts about the service at an instant of its clock; None for what is not known."""

    at: datetime
    problems: Mapping[str, tuple[Problem, ...]]  # by component, every one of them; () where it is well
    next_milestone_at: datetime | None = None
    swept_at: datetime | None = None  # the end of the last sweep
    overdue: int | None = None  # open occurrences whose legal date has passed
    deliveries: Mapping[str, int] = field(default_factory=dict)  # mails by state
    failed_deliveries: int | None = None  # mails that did not reach somebody and are not tried any more
    open_actions: int | None = None
    failed_actions: int | None = None  # those of them that are to be tried again

    @property
    def seconds_since_sweep(self) -> float | None:
        """The age of the last sweep, or None before the first."""
        return (self.at - self.swept_at).total_seconds() if self.swept_at else None

    @property
    def ready(self) -> bool:
        """True while every component is well."""
        return not any(self.problems.values())


class Checkup:
    """Examines one ledger with the files that are in force."""

    def __init__(self, agenda: Agenda, store: Store, problems: Sequence[Problem], lang: str) -> None:
        """`problems` are those of `deadlines.yaml` and the templates that are not in force."""
        self._agenda = agenda
        self._store = store
        self._problems = problems
        self._lang = lang
        self._swept_at: datetime | None = None
        self._overdue: tuple[datetime, int] | None = None

    def health(self, now: datetime, held: Sequence[Problem] = ()) -> Health:
        """Return how the service is; `held` says why the last sweep could not be made. It does not raise.

        Args:
            now: the service's own clock, by which its sweeps are dated.
            held: problems of the last sweep, none where it came to its end.
        """
        templates = tuple(item for item in self._problems if "templates" in PurePath(item.where).parts)
        config = tuple(item for item in self._problems if item not in templates)
        blank = Health(now, {CONFIG: config, TEMPLATES: templates}, self._agenda.following(now), self._swept_at)
        try:
            self._store.check()
            return self._examined(blank, held)
        except ScadenzarioError as error:
            unknown = (Problem("", text(self._lang, "health.unknown")),)
            found = {**blank.problems, LEDGER: error.problems, MAIL: unknown, DELIVERIES: unknown}
            return replace(blank, problems=_in_order({**found, SWEEP: (*held, *self._sweep(blank))}))

    def _examined(self, blank: Health, held: Sequence[Problem]) -> Health:
        now, deliveries = blank.at, self._store.deliveries
        self._swept_at = self._store.snapshot(()).swept_at
        failed = {mail.message_id for mail in deliveries.failed()}
        late = [mail for mail in deliveries.troubled() if now - mail.planned_at > LONG]
        waiting = sum(mail.message_id not in failed for mail in late)
        actions = self._store.actions.open_counts()
        health = replace(
            blank,
            swept_at=self._swept_at,
            overdue=self._count_overdue(now),
            deliveries={**dict.fromkeys(map(str, DeliveryState), 0), **deliveries.counts()},
            failed_deliveries=len(failed),
            open_actions=sum(actions.values()),
            failed_actions=actions.get(Outcome.FAILED, 0),
        )
        found = {
            **blank.problems,
            LEDGER: (),
            MAIL: (*self._count("mail-failed", len(failed)), *self._count("mail-waiting", waiting)),
            SWEEP: (*held, *self._sweep(health)),
            DELIVERIES: self._count("stalled", deliveries.stalled(now - LATE)),
        }
        return replace(health, problems=_in_order(found))

    def _count_overdue(self, now: datetime) -> int:
        known = self._overdue
        if known is None or not known[0] <= now < known[0] + FRESH:
            workdays = self._agenda.workdays
            today = now.astimezone(workdays.zone).date()
            near = self._agenda.due_between(today - REACH, today - DAY)
            ledger = self._store.snapshot([item.key for item in near])
            ledger = replace(ledger, started_at=ledger.started_at or now)
            states = (state(item, workdays, ledger, now) for item in in_force(near, workdays, ledger))
            self._overdue = known = (now, sum(item is State.OVERDUE for item in states))
        return known[1]

    def _sweep(self, health: Health) -> tuple[Problem, ...]:
        if health.swept_at is None:
            return self._problem("no-sweep")
        if health.at - health.swept_at <= LATE:
            return ()
        return self._problem("old-sweep", at=health.swept_at.astimezone(self._agenda.workdays.zone))

    def _count(self, code: str, count: int) -> tuple[Problem, ...]:
        return self._problem(code, count=count) if count else ()

    def _problem(self, code: str, **facts: object) -> tuple[Problem, ...]:
        what, remedy = (text(self._lang, f"health.{code}{end}", **facts) for end in ("", ".remedy"))
        return (Problem("", what, remedy),)


def _in_order(problems: Mapping[str, Iterable[Problem]]) -> dict[str, tuple[Problem, ...]]:
    return {component: tuple(problems[component]) for component in COMPONENTS}
