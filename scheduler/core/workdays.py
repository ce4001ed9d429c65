"""Which days move a term (legal holidays), which the office keeps free (closures), and the moves between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

SATURDAY, SUNDAY = 5, 6
DAY = timedelta(days=1)


class Shift(StrEnum):
    """Where a due date goes that falls on a holiday."""

    NEXT = "next"  # c.c. 2963, 1187
    PREVIOUS = "previous"  # terms counted backwards
    NONE = "none"


@dataclass(frozen=True)
class WorkCalendar:
    """The office's time: its zone, the legal holidays and its own closures, by day, with their names.

    Sundays are holidays and Saturdays are closures always; they need not be listed.
    """

    zone: ZoneInfo
    holidays: Mapping[date, str] = field(default_factory=dict)
    closures: Mapping[date, str] = field(default_factory=dict)

    def is_holiday(self, day: date, *, saturday: bool = False) -> bool:
        """Tell whether the day is a legal holiday; `saturday` says that a duty counts Saturdays as such."""
        return day.weekday() == SUNDAY or day in self.holidays or (saturday and day.weekday() == SATURDAY)

    def is_workday(self, day: date) -> bool:
        """Tell whether the office works on that day."""
        return day.weekday() < SATURDAY and day not in self.holidays and day not in self.closures

    def name(self, day: date) -> str:
        """Return the name of the holiday or closure, or '' where only the weekday speaks."""
        return self.holidays.get(day) or self.closures.get(day, "")

    def shift(self, day: date, shift: Shift, *, saturday: bool = False) -> date:
        """Return the day, moved off legal holidays as the policy says."""
        if shift is Shift.NONE:
            return day
        step = DAY if shift is Shift.NEXT else -DAY
        while self.is_holiday(day, saturday=saturday):
            day += step
        return day

    def workday_on_or_before(self, day: date) -> date:
        """Return the day itself if the office works, else the last working day before it."""
        while not self.is_workday(day):
            day -= DAY
        return day

    def add_workdays(self, day: date, count: int) -> date:
        """Return the day `count` working days after (before, if negative) the given one; 0 returns it unchanged."""
        step = DAY if count > 0 else -DAY
        left = abs(count)
        while left:
            day += step
            left -= self.is_workday(day)
        return day
