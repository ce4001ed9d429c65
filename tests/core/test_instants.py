"""Milestones: their days, their keys, and their instants where the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.obligation import Anchor, OnDate, Register
from scheduler.core.occurrence import instant, milestone_at, milestone_on
from scheduler.core.period import Frequency

from .duties import PLAIN, duty, milestone, rome, the


@pytest.mark.parametrize(
    ("key", "anchor", "expected"),
    [
        ("reminder-7d", Anchor.LEGAL, date(2025, 5, 19)),
        ("reminder-7d", Anchor.TARGET, date(2025, 5, 16)),
        ("reminder-7d", Anchor.NOMINAL, date(2025, 5, 18)),
        ("reminder-0d", Anchor.LEGAL, date(2025, 5, 26)),
        ("reminder-2wd", Anchor.LEGAL, date(2025, 5, 22)),
        ("reminder-2wd", Anchor.TARGET, date(2025, 5, 21)),
        ("reminder-2wd", Anchor.NOMINAL, date(2025, 5, 22)),  # the Friday and the Thursday before a Sunday
        ("reminder-0wd", Anchor.NOMINAL, date(2025, 5, 25)),
        ("overdue+1d", Anchor.LEGAL, date(2025, 5, 27)),
        ("escalation+3wd", Anchor.LEGAL, date(2025, 5, 29)),
        ("escalation+5wd", Anchor.LEGAL, date(2025, 6, 3)),  # over 2 June
    ],
)
def test_the_day_of_a_milestone(register: Register, key: str, anchor: Anchor, expected: date) -> None:
    entry = milestone(key, anchor=anchor)
    item = the(duty(milestones=[entry]), "2025-Q1", register.workdays)  # nominal 25, legal 26, target 23 May
    assert milestone_on(item, entry, register.workdays) == expected


@pytest.mark.parametrize(
    ("key", "anchor", "expected"),
    [
        ("reminder-7d", Anchor.LEGAL, "reminder-7d"),
        ("escalation+3wd", Anchor.LEGAL, "escalation+3wd"),
        ("reminder-2wd", Anchor.TARGET, "reminder-2wd@target"),
        ("draft-20d", Anchor.NOMINAL, "draft-20d@nominal"),
        ("reminder-007d", Anchor.LEGAL, "reminder-7d"),
    ],
)
def test_the_key_of_a_milestone(key: str, anchor: Anchor, expected: str) -> None:
    assert milestone(key, anchor=anchor).key == expected


def test_the_instant_of_a_milestone_is_local_time() -> None:
    winter, summer = (the(duty(milestones=["reminder-0d"]), key) for key in ("2025-Q4", "2025-Q2"))
    [entry] = winter.obligation.milestones
    assert milestone_at(winter, entry, PLAIN) == datetime(2026, 2, 25, 8, tzinfo=UTC)
    assert milestone_at(summer, entry, PLAIN) == datetime(2025, 8, 25, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "local", "expected"),
    [
        ("Europe/Rome", "2025-03-30T01:59:59", "2025-03-30T00:59:59"),
        ("Europe/Rome", "2025-03-30T02:00", "2025-03-30T01:00"),
        ("Europe/Rome", "2025-03-30T02:30", "2025-03-30T01:00"),  # becomes 03:00 local
        ("Europe/Rome", "2025-03-30T02:59:59", "2025-03-30T01:00"),
        ("Europe/Rome", "2025-03-30T03:00", "2025-03-30T01:00"),
        ("Europe/Rome", "2025-10-26T02:00", "2025-10-26T00:00"),
        ("Europe/Rome", "2025-10-26T02:30", "2025-10-26T00:30"),  # the first of the two
        ("Europe/Rome", "2025-10-26T03:00", "2025-10-26T02:00"),
        ("Europe/Rome", "2025-04-01T00:00", "2025-03-31T22:00"),
        ("Australia/Lord_Howe", "2025-10-05T02:15", "2025-10-04T15:30"),  # half an hour is skipped
        ("Pacific/Apia", "2011-12-30T09:00", "2011-12-30T10:00"),  # the whole day is skipped
        ("America/Sao_Paulo", "2018-11-04T00:00", "2018-11-04T03:00"),  # midnight is skipped
        ("UTC", "2025-03-30T02:30", "2025-03-30T02:30"),
    ],
)
def test_local_time_to_instant(zone: str, local: str, expected: str) -> None:
    wanted = datetime.fromisoformat(local)
    assert instant(wanted.date(), wanted.time(), ZoneInfo(zone)) == datetime.fromisoformat(f"{expected}Z")


def test_a_milestone_in_the_hour_that_is_skipped() -> None:
    obligation = duty(OnDate(date(2025, 3, 31)), [milestone("reminder-1d", time(2, 30))], Frequency.ONCE)
    item = the(obligation, "2025-03-31")
    assert milestone_at(item, obligation.milestones[0], PLAIN) == rome(2025, 3, 30, 3, 0)


ZONES = ["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu"]


@given(st.sampled_from(ZONES), st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.times())
def test_an_instant_shows_its_local_time_or_the_end_of_the_gap(name: str, day: date, at: time) -> None:
    zone = ZoneInfo(name)
    found = instant(day, at, zone)
    shown, wanted = found.astimezone(zone).replace(tzinfo=None), datetime.combine(day, at)
    assert shown >= wanted
    if shown != wanted:
        one_before = (found - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
        assert one_before < wanted < shown
    else:
        assert found.astimezone(zone).fold == 0


@given(st.sampled_from(ZONES), st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.times(), st.times())
def test_instants_keep_the_order_of_local_times(name: str, day: date, one: time, other: time) -> None:
    zone = ZoneInfo(name)
    earlier, later = sorted((one, other))
    assert instant(day, earlier, zone) <= instant(day, later, zone) <= instant(day + timedelta(days=1), earlier, zone)
