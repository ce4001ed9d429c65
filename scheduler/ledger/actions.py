"""The actions in the ledger: owed, claimed by one performer at a time, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from scheduler.core.ledger import OPEN_OUTCOMES, Outcome, Performance
from scheduler.ledger import lease, models
from scheduler.ledger.database import spoken
from scheduler.ledger.rows import utc

_COLUMNS = tuple(field.name for field in fields(Performance))  # the table's columns have the same names


class LostClaim(Exception):  # noqa: N818  (not a fault: somebody else has taken the action over)
    """The action is not this performer's any more; nothing of what it made is recorded."""


@spoken
class Actions:
    """The rows of the actions in one database."""

    def __init__(self, alias: str, lang: str = "it") -> None:
        self.alias = alias
        self.lang = lang

    def register(self, owed: Sequence[Performance]) -> None:
        """Add the actions that are owed and not known yet; those known learn which other one speaks for them."""
        known = self.some([item.action_key for item in owed])
        new = [item for item in owed if item.action_key not in known]
        for item in owed:
            row = known.get(item.action_key)
            if row is not None and row.is_open and row.superseded_by != item.superseded_by:
                self._open(item.action_key).update(superseded_by=item.superseded_by)
        rows = [
            models.Performance(
                action_key=item.action_key,
                occurrence_key=item.occurrence_key,
                outcome=Outcome.PLANNED,
                at=utc(item.at),
                attempts=0,
                superseded_by=item.superseded_by,
            )
            for item in new
        ]
        self._rows.bulk_create(rows, ignore_conflicts=True)

    def open(self) -> tuple[Performance, ...]:
        """Return the actions that are still owed."""
        rows = self._rows.filter(outcome__in=OPEN_OUTCOMES).values_list(*_COLUMNS)
        return tuple(map(performance, rows))

    def open_counts(self) -> dict[str, int]:
        """Return how many actions are still owed, by their state."""
        rows = self._rows.filter(outcome__in=OPEN_OUTCOMES).order_by().values_list("outcome")
        return dict(rows.annotate(count=Count("pk")))

    def some(self, keys: Sequence[str]) -> dict[str, Performance]:
        """Return the actions of those keys that are known, by key."""
        found: dict[str, Performance] = {}
        for part in chunks(keys):
            found |= {row[0]: performance(row) for row in self._rows.filter(pk__in=part).values_list(*_COLUMNS)}
        return found

    def hand_on(self, generations: Mapping[str, int], now: datetime, until: datetime) -> frozenset[str]:
        """Take actions, given with their generations, for the next one, to be handed to the engine; as one write.

        Returns:
            The keys of those that were taken; the others are held.
        """
        ordered = sorted(generations.items())  # two nodes that take the same ones wait for each other, never both
        with transaction.atomic(using=self.alias):
            return frozenset(key for key, number in ordered if lease.hand_on(self._open(key), number, now, until))

    def hold(self, key: str, until: datetime) -> None:
        """Leave an action to the engine, which has it in its queue, until later."""
        # one that is claimed has begun just now
        self._open(key).exclude(outcome=Outcome.CLAIMED).update(handed_until=until)

    def hasten(self, occurrence_key: str, now: datetime) -> None:
        """Let what has failed of an occurrence be tried again at the next look."""
        self._rows.filter(occurrence_key=occurrence_key, outcome=Outcome.FAILED).update(retry_at=utc(now))

    def claim(self, key: str, claim: str, now: datetime, until: datetime) -> bool:
        """Take an action for this performer; False where another one holds it or it is not owed (any more, yet)."""
        retry = Q(outcome=Outcome.FAILED) & (Q(retry_at=None) | Q(retry_at__lte=now) | lease.handed_on(now))
        abandoned = Q(outcome=Outcome.CLAIMED) & lease.abandoned(now)
        rows = self._rows.filter(Q(outcome=Outcome.PLANNED) | retry | abandoned, pk=key)
        return bool(rows.update(outcome=Outcome.CLAIMED, claim=claim, lease_until=until, handed_until=None))

    def unclaim(self, key: str, claim: str) -> None:
        """Give back an action that was not begun."""
        self._rows.filter(pk=key, claim=claim, outcome=Outcome.CLAIMED).update(
            outcome=Outcome.PLANNED, lease_until=None, handed_until=None
        )

    def release(self, node: str, *, alone: bool) -> None:
        """Give back what a node's earlier process held; `alone`: also what any engine had, for ours is the only one."""
        if alone:
            self._rows.filter(outcome__in=OPEN_OUTCOMES).exclude(handed_until=None).update(handed_until=None)
        mine = self._rows.filter(lease.of_node(node), outcome=Outcome.CLAIMED)
        mine.update(outcome=Outcome.PLANNED, lease_until=None, handed_until=None)

    def drop(self, keys: Iterable[str], now: datetime) -> None:
        """Forget actions that are not owed any more, unless somebody is performing them."""
        held = Q(outcome=Outcome.CLAIMED) & Q(lease_until__gt=now)
        for part in chunks(tuple(keys)):
            self._rows.filter(outcome__in=OPEN_OUTCOMES, pk__in=part).exclude(held).delete()

    def put(self, item: Performance, claim: str | None) -> None:
        """Record what became of an action.

        Raises:
            LostClaim: it was to be recorded under a claim, and is somebody else's by now.
        """
        values = {
            "occurrence_key": item.occurrence_key,
            "outcome": item.outcome,
            "at": utc(item.at),
            "attempts": item.attempts,
            "retry_at": item.retry_at,
            "superseded_by": item.superseded_by,
            "problems": list(item.problems),
            "lease_until": None,
            "handed_until": None,
        }
        if claim is None:
            self._rows.update_or_create(action_key=item.action_key, defaults=values)
        elif not self._rows.filter(pk=item.action_key, claim=claim, outcome=Outcome.CLAIMED).update(**values):
            raise LostClaim(item.action_key)

    def supersede(self, key: str, by: Performance) -> None:
        """Record that another action has said it all; what is recorded already stays."""
        if key == by.action_key:
            return
        values = {"outcome": Outcome.SUPERSEDED, "at": utc(by.at), "superseded_by": by.action_key, "retry_at": None}
        known = self._rows.filter(pk=key)
        if (
            not known.filter(outcome__in=OPEN_OUTCOMES).update(lease_until=None, handed_until=None, **values)
            and not known.exists()
        ):
            self._rows.create(action_key=key, occurrence_key="/".join(key.split("/")[:2]), **values)

    @property
    def _rows(self) -> QuerySet[models.Performance]:
        return models.Performance.objects.using(self.alias)

    def _open(self, key: str) -> QuerySet[models.Performance]:
        return self._rows.filter(pk=key, outcome__in=OPEN_OUTCOMES)


def performance(row: tuple[Any, ...]) -> Performance:
    """Return a row's values in the order of `Performance`'s fields as one."""
    values = dict(zip(_COLUMNS, row, strict=True))
    return Performance(**{**values, "outcome": Outcome(values["outcome"]), "problems": tuple(values["problems"])})


def columns() -> tuple[str, ...]:
    """Return the names of the columns that `performance` wants, in order."""
    return _COLUMNS


def chunks(keys: Sequence[str], size: int = 400) -> Iterable[Sequence[str]]:
    """Yield the keys in parts that a database takes as parameters of one query."""
    return (keys[start : start + size] for start in range(0, len(keys), size))
