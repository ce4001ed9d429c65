"""Holidays move a term, closures do not; the moves between working days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.obligation import Register
from scheduler.core.occurrence import target_on
from scheduler.core.workdays import Shift, WorkCalendar

from .arbitrary import DAYS, calendars
from .duties import calendar

FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2025, 5, day) for day in (9, 10, 11, 12))
THURSDAY, TUESDAY = FRIDAY - timedelta(days=1), MONDAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "shift", "saturday", "holidays", "closures", "expected"),
    [
        (FRIDAY, Shift.NEXT, False, (), (), FRIDAY),
        (SATURDAY, Shift.NEXT, False, (), (), SATURDAY),  # TAR Milano 362/2020
        (SATURDAY, Shift.NEXT, True, (), (), MONDAY),
        (SATURDAY, Shift.PREVIOUS, False, (), (), SATURDAY),
        (SATURDAY, Shift.PREVIOUS, True, (), (), FRIDAY),
        (SATURDAY, Shift.NONE, True, (), (), SATURDAY),
        (SUNDAY, Shift.NEXT, False, (), (), MONDAY),  # c.c. 2963
        (SUNDAY, Shift.NEXT, True, (), (), MONDAY),
        (SUNDAY, Shift.PREVIOUS, False, (), (), SATURDAY),
        (SUNDAY, Shift.PREVIOUS, True, (), (), FRIDAY),
        (SUNDAY, Shift.NONE, False, (), (), SUNDAY),
        (SUNDAY, Shift.NEXT, False, (MONDAY,), (), TUESDAY),
        (SUNDAY, Shift.PREVIOUS, False, (SATURDAY,), (), FRIDAY),
        (FRIDAY, Shift.NEXT, False, (FRIDAY,), (), SATURDAY),
        (FRIDAY, Shift.NEXT, True, (FRIDAY,), (), MONDAY),
        (FRIDAY, Shift.PREVIOUS, False, (FRIDAY,), (), THURSDAY),
        (FRIDAY, Shift.NONE, False, (FRIDAY,), (), FRIDAY),
        (FRIDAY, Shift.NEXT, False, (), (FRIDAY,), FRIDAY),  # a closure never moves the legal date
        (SUNDAY, Shift.NEXT, False, (), (MONDAY,), MONDAY),
        (FRIDAY, Shift.PREVIOUS, True, (), (FRIDAY,), FRIDAY),
    ],
)
def test_shift(
    day: date, shift: Shift, saturday: bool, holidays: tuple[date, ...], closures: tuple[date, ...], expected: date
) -> None:
    assert calendar(holidays, closures).shift(day, shift, saturday=saturday) == expected


@pytest.mark.parametrize(
    ("legal", "margin", "closures", "expected"),
    [
        (FRIDAY, 0, (), FRIDAY),
        (SATURDAY, 0, (), FRIDAY),
        (SUNDAY, 0, (FRIDAY,), THURSDAY),
        (FRIDAY, 1, (), THURSDAY),
        (SATURDAY, 1, (), FRIDAY),
        (MONDAY, 1, (), FRIDAY),
        (MONDAY, 1, (FRIDAY,), THURSDAY),
        (MONDAY, 2, (), THURSDAY),
        (MONDAY, 6, (), date(2025, 5, 2)),
    ],
)
def test_the_target_is_a_margin_of_working_days_before(
    legal: date, margin: int, closures: tuple[date, ...], expected: date
) -> None:
    assert target_on(legal, margin, calendar(closures=closures)) == expected


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2025, 4, 17), 1, date(2025, 4, 18)),  # Good Friday is a working day
        (date(2025, 4, 18), 1, date(2025, 4, 22)),  # over Easter Monday
        (date(2025, 4, 22), -1, date(2025, 4, 18)),
        (date(2025, 4, 17), 5, date(2025, 4, 28)),  # over Easter Monday and 25 April
        (date(2025, 4, 28), -5, date(2025, 4, 17)),
        (date(2025, 4, 20), 0, date(2025, 4, 20)),  # no move at all
        (date(2024, 12, 20), 4, date(2025, 1, 2)),  # 24 and 31 closed, 25, 26 and 1 January holidays
    ],
)
def test_working_days_over_holidays(register: Register, day: date, count: int, expected: date) -> None:
    assert register.workdays.add_workdays(day, count) == expected


@pytest.mark.parametrize(
    ("day", "holiday", "workday"),
    [
        (date(2025, 10, 4), False, False),  # a Saturday, not yet a holiday
        (date(2026, 10, 4), True, False),
        (date(2027, 10, 4), True, False),  # a Monday
        (date(2024, 10, 4), False, True),  # a Friday before the law
        (date(2026, 12, 7), False, False),  # Milan's patron saint: a closure
        (date(2026, 12, 8), True, False),
        (date(2026, 12, 24), False, False),
        (date(2025, 4, 20), True, False),
        (date(2025, 4, 21), True, False),
        (date(2025, 6, 29), True, False),  # a Sunday; the saint's day is Rome's
        (date(2026, 6, 29), False, True),
    ],
)
def test_the_shipped_calendar(register: Register, day: date, holiday: bool, workday: bool) -> None:
    assert register.workdays.is_holiday(day) is holiday
    assert register.workdays.is_workday(day) is workday


@pytest.mark.parametrize(("year", "expected"), [(2021, date(2021, 10, 4)), (2027, date(2027, 10, 5))])
def test_the_fourth_of_october_moves_a_term_from_2026_on(year: int, expected: date) -> None:
    from scheduler.deadlines.holidays import legal_holidays

    from .duties import ROME

    workdays = WorkCalendar(ROME, legal_holidays("IT", [year], "it"))
    assert date(year, 10, 4).weekday() == 0
    assert workdays.shift(date(year, 10, 4), Shift.NEXT) == expected


def test_a_holiday_has_its_name_before_a_closure() -> None:
    workdays = WorkCalendar(calendar().zone, {FRIDAY: "festa"}, {FRIDAY: "ponte", MONDAY: "ponte"})
    assert [workdays.name(day) for day in (FRIDAY, SATURDAY, MONDAY)] == ["festa", "", "ponte"]


@given(calendars(), DAYS, st.sampled_from(Shift), st.booleans())
def test_the_shift_goes_one_way_off_holidays_and_only_once(
    workdays: WorkCalendar, day: date, shift: Shift, saturday: bool
) -> None:
    moved = workdays.shift(day, shift, saturday=saturday)
    assert workdays.shift(moved, shift, saturday=saturday) == moved
    if shift is Shift.NONE or not workdays.is_holiday(day, saturday=saturday):
        assert moved == day
    if shift is not Shift.NONE:
        assert not workdays.is_holiday(moved, saturday=saturday)
        between = (min(day, moved) + timedelta(days=step) for step in range(abs((moved - day).days)))
        crossed = [item for item in between if item != moved]
        assert all(workdays.is_holiday(item, saturday=saturday) for item in crossed)
    assert (moved >= day) if shift is Shift.NEXT else (moved <= day)


@given(calendars(), DAYS, st.sampled_from(Shift), st.booleans(), st.integers(0, 12))
def test_the_target_is_a_working_day_not_after_the_legal_date(
    workdays: WorkCalendar, day: date, shift: Shift, saturday: bool, margin: int
) -> None:
    legal = workdays.shift(day, shift, saturday=saturday)
    target = target_on(legal, margin, workdays)
    assert workdays.is_workday(target)
    assert target <= legal
    worked = sum(workdays.is_workday(target + timedelta(days=step)) for step in range((legal - target).days))
    assert worked == max(margin, 0 if target == legal else 1)


@given(calendars(), DAYS, st.integers(1, 30))
def test_working_days_forth_and_back(workdays: WorkCalendar, day: date, count: int) -> None:
    there = workdays.add_workdays(day, count)
    assert workdays.is_workday(there)
    assert sum(workdays.is_workday(day + timedelta(days=step + 1)) for step in range((there - day).days)) == count
    start = workdays.workday_on_or_before(day)
    assert workdays.add_workdays(workdays.add_workdays(start, count), -count) == start
