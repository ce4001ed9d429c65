"""The rehearsal of all templates each night: by one node, in a process of its own; what is new is mailed once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.core.night import next_night
from scheduler.core.obligation import Register, Role
from scheduler.core.occurrence import all_occurrences
from scheduler.service.perform import Performer
from scheduler.service.press import Press
from scheduler.service.rehearsal import Breach, Rehearsal
from scheduler.service.workspace import Workspace

if TYPE_CHECKING:  # Django must be set up before the tables are imported
    from scheduler.ledger.nights import Nights

LEASE = timedelta(hours=1)  # a node that has not come to its end by then is followed by another
_FARTHEST = timedelta(days=2)  # a rehearsal due later than this was put off by a clock that was wrong


@dataclass(frozen=True)
class Night:
    """One rehearsal: with which files, and by what."""

    workspace: Workspace
    register: Register
    nights: Nights
    performer: Performer

    def begins(self, now: datetime) -> bool:
        """Tell whether a rehearsal is due and this process is the one to make it; the first is due the next night."""
        due_at = self.nights.due_at()
        if due_at is None:
            self.nights.move(None, next_night(self.register.workdays, now))
            return False
        return (due_at <= now or due_at > now + _FARTHEST) and self.nights.move(due_at, now + LEASE)

    def rehearsed(self, press: Press, now: datetime) -> tuple[Breach, ...]:
        """Return what would break in the next twelve months."""
        occurrences = all_occurrences(self.register.obligations, self.register.workdays)
        return Rehearsal(self.workspace, self.register.office, press, now).breaches(occurrences)

    def ends(self, found: Sequence[Breach], now: datetime) -> None:
        """Mail what was found, where there is something new, to the operator and to whom it concerns; wait for a night.

        What has been mended and breaks again is told again.
        """
        new = {item.reason for item in found} - self.nights.told()
        readers = {role for role in self._readers(found) if any(item.reason in new for item in _of(role, found))}
        for role in sorted({*readers, self.performer.operator} if new else readers, key=lambda role: role.id):
            self._tell(role, found if role == self.performer.operator else _of(role, found), now)
        self.nights.remember(item.reason for item in found)
        if due_at := self.nights.due_at():
            self.nights.move(due_at, next_night(self.register.workdays, now))

    def _readers(self, found: Sequence[Breach]) -> set[Role]:
        return {item.occurrence.obligation.owner for item in found}

    def _tell(self, role: Role, found: Sequence[Breach], now: datetime) -> None:
        reasons = "\n".join(item.reason for item in found)
        mark = hashlib.sha256(f"{now.date()}\n{reasons}".encode()).hexdigest()[:16]
        words = self.performer.letters.rehearsal([item.problem for item in found])
        self.performer.notice(f"notice/rehearsal/{role.id}/{mark}", words, now, (role,))


def _of(role: Role, found: Sequence[Breach]) -> list[Breach]:
    return [item for item in found if item.occurrence.obligation.owner == role]
