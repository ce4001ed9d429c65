"""How often reports were filed in time, by obligation and year; what is open or not owed does not count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from scheduler.core.obligation import Obligation
from scheduler.core.status import State, Status


@dataclass(frozen=True)
class Count:
    """How many occurrences were due and filed in time, filed late, or are late and not filed."""

    in_time: int = 0
    late: int = 0
    missing: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.in_time + other.in_time, self.late + other.late, self.missing + other.missing)

    @property
    def total(self) -> int:
        """All that count."""
        return self.in_time + self.late + self.missing

    @property
    def rate(self) -> Decimal | None:
        """The share that was filed in time, in per cent with one decimal; None where nothing was due."""
        if not self.total:
            return None
        return (Decimal(100 * self.in_time) / self.total).quantize(Decimal("0.1"), ROUND_HALF_UP)


_OF_STATE: Mapping[State, Count] = {
    State.SUBMITTED: Count(in_time=1),
    State.SUBMITTED_LATE: Count(late=1),
    State.OVERDUE: Count(missing=1),
}


@dataclass(frozen=True)
class Punctuality:
    """The counts of one obligation by the year of the legal date, and of all years."""

    obligation: Obligation
    years: Mapping[int, Count]

    @property
    def all(self) -> Count:
        """The count of all years."""
        return sum(self.years.values(), Count())


def punctuality(statuses: Iterable[Status]) -> tuple[Punctuality, ...]:
    """Return the counts of each obligation of which anything counts, in the order of the file."""
    found: dict[str, dict[int, Count]] = {}
    known: dict[str, Obligation] = {}
    for status in statuses:
        if count := _OF_STATE.get(status.state):
            obligation, year = status.occurrence.obligation, status.occurrence.legal_due_on.year
            known[obligation.id] = obligation
            years = found.setdefault(obligation.id, {})
            years[year] = years.get(year, Count()) + count
    ordered = sorted(known.values(), key=lambda item: (item.line, item.id))
    return tuple(Punctuality(item, found[item.id]) for item in ordered)
