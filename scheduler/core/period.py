"""Reporting periods: half-open intervals of whole months with a key, and one-off days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Frequency(StrEnum):
    """How often an obligation recurs; the words of `deadlines.yaml`."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half-year"
    YEAR = "year"
    ONCE = "once"


MONTHS = {Frequency.MONTH: 1, Frequency.QUARTER: 3, Frequency.HALF_YEAR: 6, Frequency.YEAR: 12}

_KEYS = {
    Frequency.ONCE: re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})"),
    Frequency.MONTH: re.compile(r"([0-9]{4})-([0-9]{2})"),
    Frequency.QUARTER: re.compile(r"([0-9]{4})-Q([1-4])"),
    Frequency.HALF_YEAR: re.compile(r"([0-9]{4})-H([12])"),
    Frequency.YEAR: re.compile(r"([0-9]{4})"),
}


@dataclass(frozen=True, order=True)
class Period:
    """A reporting period: `start` is in it, `end` is the first day after it."""

    start: date
    end: date
    frequency: Frequency

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        return self.end - timedelta(days=1)

    @property
    def key(self) -> str:
        """`2025-03`, `2025-Q1`, `2025-H1`, `2025`, or the day of a one-off."""
        year, month = self.start.year, self.start.month
        match self.frequency:
            case Frequency.MONTH:
                return f"{year:04}-{month:02}"
            case Frequency.QUARTER:
                return f"{year:04}-Q{(month + 2) // 3}"
            case Frequency.HALF_YEAR:
                return f"{year:04}-H{(month + 5) // 6}"
            case Frequency.YEAR:
                return f"{year:04}"
            case Frequency.ONCE:
                return self.start.isoformat()


def period_containing(frequency: Frequency, day: date) -> Period:
    """Return the period of that frequency in which the day lies; for a one-off, the day itself."""
    if frequency is Frequency.ONCE:
        return Period(day, day + timedelta(days=1), frequency)
    months = MONTHS[frequency]
    first = (day.month - 1) // months * months + 1
    start = date(day.year, first, 1)
    return Period(start, add_months(start, months), frequency)


def period_from_key(key: str) -> Period:
    """Return the period that a key names.

    Raises:
        ValueError: the text is not a key of any frequency.
    """
    for frequency, pattern in _KEYS.items():
        if found := pattern.fullmatch(key):
            year, *rest = (int(part) for part in found.groups())
            if frequency is Frequency.ONCE:
                return period_containing(frequency, date(year, rest[0], rest[1]))
            index = rest[0] if rest else 1
            return period_containing(frequency, date(year, (index - 1) * MONTHS[frequency] + 1, 1))
    raise ValueError(key)


def periods_between(frequency: Frequency, since: date, until: date) -> Iterator[Period]:
    """Yield, in order, the recurring periods that end after `since` and start before `until` (exclusive)."""
    if frequency is Frequency.ONCE:
        raise ValueError("a one-off has no series of periods")
    period = period_containing(frequency, since)
    while period.start < until:
        yield period
        period = period_containing(frequency, period.end)


def add_months(day: date, months: int) -> date:
    """Return the same day that many months later (or earlier), or the last day of that month if it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, days_in_month(year, month + 1)))


def days_in_month(year: int, month: int) -> int:
    """Return the number of days of a month."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day
