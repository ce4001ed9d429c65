"""Who may subscribe to which calendar, and how often what it says of an occurrence has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scheduler.core.obligation import Obligation, Role


class Reach(StrEnum):
    """By what a calendar's obligations are chosen."""

    ALL = "all"
    FAMILY = "family"
    ROLE = "role"
    PERSON = "person"  # by address


class Variant(StrEnum):
    """What a calendar has beyond one plain event for each occurrence."""

    TARGETS = "targets"  # an event on each internal target as well
    ALARMS = "alarms"
    TASKS = "todo"  # tasks instead of events


@dataclass(frozen=True)
class Scope:
    """The obligations of a calendar: all, a family's, or those that a desk or a person gets mail about."""

    reach: Reach = Reach.ALL
    name: str = ""  # of the family or the desk, or the person's address

    def covers(self, obligation: Obligation) -> bool:
        """Tell whether an obligation is in the calendar."""
        match self.reach:
            case Reach.FAMILY:
                return obligation.family == self.name
            case Reach.ROLE:
                return any(desk.id == self.name for desk in _desks(obligation))
            case Reach.PERSON:
                return any(has_address(desk, self.name) for desk in _desks(obligation))
            case _:
                return True


@dataclass(frozen=True)
class Subscription:
    """One token of the calendar: the token itself is nowhere, only its SHA-256."""

    sha256: str
    scope: Scope = Scope()
    variants: frozenset[Variant] = frozenset()
    label: str = ""
    made_at: datetime | None = None
    revoked_at: datetime | None = None
    number: int = 0  # by which people call it
    owner: str = ""  # the address of the person whose it is; '' for one that the command made


@dataclass(frozen=True)
class Revision:
    """How often what the calendar says of an occurrence has changed, and when it last did."""

    occurrence_key: str
    digest: str  # of what is said
    sequence: int
    changed_at: datetime


def revised(known: Revision | None, said: Revision, now: datetime) -> Revision:
    """Return the revision after a look.

    Args:
        known: the last one, if the occurrence was in a calendar before.
        said: the one that its acts alone would give.
        now: when something else has changed, such as its title.
    """
    if known is None:
        return said
    if known.digest == said.digest:
        return known
    return Revision(said.occurrence_key, said.digest, max(known.sequence + 1, said.sequence), now)


def token_sha256(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def has_address(role: Role, address: str) -> bool:
    """Tell whether an address is one of a desk's."""
    return address.casefold() in (item.casefold() for item in role.addresses)


def _desks(obligation: Obligation) -> Iterator[Role]:
    yield obligation.owner
    yield from obligation.recipients
    yield obligation.escalation
    if obligation.supplier is not None:
        yield obligation.supplier
