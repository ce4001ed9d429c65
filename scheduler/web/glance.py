"""The year at a glance: obligations × months, each occurrence a mark in the month of its legal date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scheduler.core.obligation import Obligation
from scheduler.core.status import State, Status

MONTHS = range(1, 13)
SIGNS: Mapping[State, str] = {  # so that no colour is needed to tell them apart
    State.OVERDUE: "!",
    State.DUE_SOON: "◔",
    State.OPEN: "◐",
    State.SCHEDULED: "○",
    State.SUBMITTED: "✓",
    State.SUBMITTED_LATE: "✓!",
    State.WAIVED: "–",
    State.UNTRACKED: "·",
}


@dataclass(frozen=True)
class Mark:
    """One occurrence in the picture."""

    status: Status

    @property
    def sign(self) -> str:
        """What stands for its state."""
        return SIGNS[self.status.state]


@dataclass(frozen=True)
class Row:
    """One obligation: its marks, month by month."""

    obligation: Obligation
    months: tuple[tuple[Mark, ...], ...]


def rows_of(statuses: Iterable[Status], year: int) -> tuple[Row, ...]:
    """Return the rows of a year, by family, each obligation that has a legal date in it."""
    found: dict[str, dict[int, list[Mark]]] = defaultdict(lambda: defaultdict(list))
    known: dict[str, Obligation] = {}
    for status in statuses:
        item = status.occurrence
        if item.legal_due_on.year == year:
            known[item.obligation.id] = item.obligation
            found[item.obligation.id][item.legal_due_on.month].append(Mark(status))
    ordered = sorted(known.values(), key=lambda item: (item.family, item.line, item.id))
    return tuple(Row(item, tuple(tuple(found[item.id][month]) for month in MONTHS)) for item in ordered)


def years_of(statuses: Sequence[Status]) -> range:
    """Return the years in which legal dates fall."""
    days = [item.occurrence.legal_due_on.year for item in statuses]
    return range(min(days), max(days) + 1) if days else range(0)
