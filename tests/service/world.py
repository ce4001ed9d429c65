"""All that the future of one mail depends on, and what must never be so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from scheduler.core.ledger import Delivery, DeliveryState
from scheduler.service.delivery import MOST_UNANSWERED

from .model import PEOPLE, Point, Says

BEGIN = datetime(2025, 2, 10, 8, tzinfo=UTC)
FINAL = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.CANCELLED)
TIMES = ("next_try_at", "lease_until", "handed_until")
_READ = ("state", "ambiguous", "unanswered", "attempts")  # what decisions read, besides the times and the claim
_LONG_AGO = timedelta(hours=12)

Row = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Frozen:
    """A performer that stands still."""

    process: str
    tries: int
    point: Point
    answers: tuple[Any, ...]
    says: Says

    @property
    def claim(self) -> str:
        """The name it claims under."""
        return f"{self.process}/{self.tries}"

    @property
    def identity(self) -> tuple[object, ...]:
        """Return what its further way depends on, besides a time."""
        mail = next(item for item in self.answers if isinstance(item, Delivery))
        return (self.point, mail.pending, mail.ambiguous, mail.unanswered, mail.attempts, self.says)

    def told(self, now: datetime) -> timedelta | None:
        """Return how far from now the time is that it was told and is about to use."""
        return self.answers[-1] - now if isinstance(self.answers[-1], datetime) else None


@dataclass(frozen=True)
class World:
    """All that the future depends on."""

    mail: Row
    people: tuple[Row, ...]
    minutes: int = 0
    copies: tuple[tuple[str, int], ...] = ()
    unanswered: int = 0
    processes: tuple[int, int] = (1, 1)  # how often each node was started
    tries: int = 0  # how often anybody has begun to deliver
    frozen: Frozen | None = None

    @property
    def state(self) -> DeliveryState:
        """The mail's state."""
        return DeliveryState(dict(self.mail)["state"])

    @property
    def now(self) -> datetime:
        """What the clock shows."""
        return BEGIN + timedelta(minutes=self.minutes)

    @property
    def identity(self) -> tuple[object, ...]:
        """Return what the future depends on, without what no decision reads.

        Nothing asks for a time when a mail has come to its end; one that is over for longer than any clock goes back
        is over; and no history is so long (days) that a mail is given up. A claim counts while it is held: it is of a
        node, and it is or is not that of the performer that stands still.
        """
        mail = dict(self.mail)
        claim = mail["claim"] if self.state in (DeliveryState.CLAIMED, DeliveryState.DOTTED) else ""
        whose = (claim.partition("/")[0], self.frozen is not None and claim == self.frozen.claim)
        times = [] if self.state in FINAL else [self.ahead(mail[name]) for name in TIMES]
        told = self.frozen.told(self.now) if self.frozen else None
        return (*self.ending, whose, *times, told)

    @property
    def ending(self) -> tuple[object, ...]:
        """Return what its end depends on, where everything takes the time it wants: neither on times nor on claims."""
        mail = dict(self.mail)
        fates = [(dict(person)["fate"], dict(person)["reply"]) for person in self.people]
        frozen = self.frozen.identity if self.frozen else ()
        return (*(mail[name] for name in _READ), *fates, self.copies, self.unanswered, frozen)

    def ahead(self, column: datetime | None) -> timedelta:
        """Return how far in the future a time of a row is; at least so long ago as no clock goes back."""
        at = column.replace(tzinfo=UTC) if column else BEGIN - _LONG_AGO
        return max(at - self.now, -_LONG_AGO)


def faults_of(before: World, after: World) -> Iterator[str]:
    """Yield what must never be, in one step."""
    mail = dict(after.mail)
    if before.state is DeliveryState.SENT and (before.mail, before.people) != (after.mail, after.people):
        yield "sent has changed"
    if after.unanswered > MOST_UNANSWERED:
        yield "too many dots without an answer"
    copies = dict(after.copies)
    if any(copies.get(address, 0) > 1 for address in PEOPLE) and not mail["ambiguous"]:
        yield "twice, and not flagged"


def faults_of_archive(before: World, after: World) -> Iterator[str]:
    """Yield a copy too many of one whom no server had left out before: the archive is proof of his."""
    told, tells = dict(before.copies), dict(after.copies)
    for person in map(dict, after.people):
        address = person["address"]
        if person["reply"] == "" and tells.get(address, 0) > max(told.get(address, 0), 1):
            yield "twice in spite of the archive"


def faults_at_end(world: World, failed: Callable[[], bool]) -> Iterator[str]:
    """Yield what must not be when everything has come to its end."""
    copies, mail = dict(world.copies), dict(world.mail)
    if world.state not in FINAL:
        yield "never comes to an end"
    for person in map(dict, world.people):
        arrived = copies.get(person["address"], 0)
        refused = world.state is DeliveryState.FAILED or person["fate"] == "refused"
        if not arrived and not (refused and failed()):
            yield f"lost: {person['fate']}"
        if arrived > 1 and not mail["ambiguous"]:
            yield "twice, and not flagged"
