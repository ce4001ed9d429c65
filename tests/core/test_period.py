"""Periods: keys both ways, boundaries, and that they tile the line."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.period import (
    Frequency,
    Period,
    add_months,
    days_in_month,
    period_containing,
    period_from_key,
    periods_between,
)

DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))
RECURRING = [item for item in Frequency if item is not Frequency.ONCE]


@pytest.mark.parametrize(
    ("frequency", "day", "key", "start", "last_day"),
    [
        (Frequency.MONTH, date(2025, 3, 1), "2025-03", date(2025, 3, 1), date(2025, 3, 31)),
        (Frequency.MONTH, date(2025, 12, 31), "2025-12", date(2025, 12, 1), date(2025, 12, 31)),
        (Frequency.MONTH, date(2024, 2, 29), "2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        (Frequency.MONTH, date(2023, 2, 28), "2023-02", date(2023, 2, 1), date(2023, 2, 28)),
        (Frequency.MONTH, date(2100, 2, 28), "2100-02", date(2100, 2, 1), date(2100, 2, 28)),
        (Frequency.MONTH, date(2000, 2, 29), "2000-02", date(2000, 2, 1), date(2000, 2, 29)),
        (Frequency.QUARTER, date(2025, 3, 31), "2025-Q1", date(2025, 1, 1), date(2025, 3, 31)),
        (Frequency.QUARTER, date(2025, 4, 1), "2025-Q2", date(2025, 4, 1), date(2025, 6, 30)),
        (Frequency.QUARTER, date(2025, 9, 30), "2025-Q3", date(2025, 7, 1), date(2025, 9, 30)),
        (Frequency.QUARTER, date(2025, 10, 1), "2025-Q4", date(2025, 10, 1), date(2025, 12, 31)),
        (Frequency.QUARTER, date(2024, 2, 29), "2024-Q1", date(2024, 1, 1), date(2024, 3, 31)),
        (Frequency.HALF_YEAR, date(2025, 6, 30), "2025-H1", date(2025, 1, 1), date(2025, 6, 30)),
        (Frequency.HALF_YEAR, date(2025, 7, 1), "2025-H2", date(2025, 7, 1), date(2025, 12, 31)),
        (Frequency.YEAR, date(2025, 1, 1), "2025", date(2025, 1, 1), date(2025, 12, 31)),
        (Frequency.YEAR, date(2024, 12, 31), "2024", date(2024, 1, 1), date(2024, 12, 31)),
        (Frequency.ONCE, date(2025, 12, 31), "2025-12-31", date(2025, 12, 31), date(2025, 12, 31)),
    ],
)
def test_key_and_bounds(frequency: Frequency, day: date, key: str, start: date, last_day: date) -> None:
    period = period_containing(frequency, day)
    assert (period.key, period.start, period.last_day) == (key, start, last_day)
    assert period.end == last_day + timedelta(days=1)
    assert period_from_key(key) == period


@pytest.mark.parametrize(
    "key",
    [
        *("", "0000", "25", " 2025", "2025-13", "2025-00", "2025-3", "2025-02-30", "2025-12-31T00"),
        *("2025-Q0", "2025-Q5", "2025-q1", "2025Q1", "2025-Q1\n", "2025-H0", "2025-H3", "٢٠٢٥", "２０２５-Q1"),
    ],
)
def test_what_is_not_a_key(key: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (the text of the error is the key or the calendar's own sentence)
        period_from_key(key)


@given(st.sampled_from(Frequency), DAYS)
def test_key_names_its_period(frequency: Frequency, day: date) -> None:
    period = period_containing(frequency, day)
    assert period_from_key(period.key) == period
    assert period_from_key(period.key).key == period.key


@given(st.sampled_from(Frequency), DAYS)
def test_each_day_is_in_the_period_that_contains_it_and_in_no_neighbour(frequency: Frequency, day: date) -> None:
    period = period_containing(frequency, day)
    before = period_containing(frequency, period.start - timedelta(days=1))
    after = period_containing(frequency, period.end)
    assert period.start <= day < period.end
    assert (before.end, after.start) == (period.start, period.end)
    assert {period_containing(frequency, item) for item in (period.start, day, period.last_day)} == {period}
    assert len({before.key, period.key, after.key}) == 3


@given(st.sampled_from(RECURRING), DAYS, st.integers(1, 1500))
def test_periods_between_are_consecutive_and_cover_the_span(frequency: Frequency, since: date, length: int) -> None:
    until = since + timedelta(days=length)
    periods = list(periods_between(frequency, since, until))
    assert periods[0].start <= since < periods[0].end
    assert periods[-1].start < until <= periods[-1].end
    assert all(one.end == other.start and one < other for one, other in pairwise(periods))


@pytest.mark.parametrize("frequency", RECURRING)
def test_a_year_holds_a_whole_number_of_periods(frequency: Frequency) -> None:
    count = {Frequency.MONTH: 12, Frequency.QUARTER: 4, Frequency.HALF_YEAR: 2, Frequency.YEAR: 1}[frequency]
    keys = [period.key for period in periods_between(frequency, date(2024, 1, 1), date(2025, 1, 1))]
    assert len(set(keys)) == count
    assert all(key.startswith("2024") for key in keys)


def test_an_empty_span_has_no_periods() -> None:
    assert list(periods_between(Frequency.MONTH, date(2025, 1, 1), date(2025, 1, 1))) == []


def test_a_one_off_has_no_series() -> None:
    with pytest.raises(ValueError, match="one-off"):
        next(periods_between(Frequency.ONCE, date(2025, 1, 1), date(2026, 1, 1)))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2025, 11, 15), 2, date(2026, 1, 15)),
        (date(2025, 12, 1), 1, date(2026, 1, 1)),
        (date(2025, 12, 31), 0, date(2025, 12, 31)),
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 1, 15), -1, date(2024, 12, 15)),
        (date(2024, 3, 31), -13, date(2023, 2, 28)),
        (date(2025, 6, 30), 24, date(2027, 6, 30)),
    ],
)
def test_months_later(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@pytest.mark.parametrize(
    ("year", "month", "days"),
    [(2024, 2, 29), (2025, 2, 28), (2000, 2, 29), (2100, 2, 28), (2025, 4, 30), (2025, 12, 31), (2025, 1, 31)],
)
def test_days_of_a_month(year: int, month: int, days: int) -> None:
    assert days_in_month(year, month) == days


def test_a_period_is_a_value_in_order_of_time() -> None:
    first, second = period_from_key("2025-Q1"), period_from_key("2025-Q2")
    assert first < second
    assert {first, period_containing(Frequency.QUARTER, date(2025, 2, 1))} == {first}
    assert isinstance(first, Period)
