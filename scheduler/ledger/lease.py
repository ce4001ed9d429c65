"""What the rows of work have in common: a lease, a generation, and one performer at a time."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from django.db.models import F, Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)


def free(now: datetime) -> Q:
    """Match the rows that no performer holds: no lease, or one that has run out."""
    return Q(lease_until=None) | Q(lease_until__lte=now)


def to_hand_out(now: datetime) -> Q:
    """Match the rows that neither a performer nor the engine has: the engine's time with them is over too."""
    return free(now) & (Q(handed_until=None) | Q(handed_until__lte=now))


def hand_on(rows: QuerySet[Row], generation: int, now: datetime, until: datetime) -> bool:
    """Take a row for the next generation; False where it is held, or somebody else was faster."""
    mine = rows.filter(to_hand_out(now), generation=generation)
    return bool(mine.update(generation=F("generation") + 1, handed_until=until))


def handed_on(now: datetime) -> Q:
    """Match the rows that the engine has: their time has come, by the clock of whoever handed them on."""
    return Q(handed_until__gt=now)


def abandoned(now: datetime) -> Q:
    """Match, among the rows that were claimed, those whose performer has lost them: handed on again, or run out."""
    return handed_on(now) | free(now)


def of_node(node: str) -> Q:
    """Match the rows that a node's processes have claimed; a claim is `node/process`."""
    return Q(claim__startswith=f"{node}/")
