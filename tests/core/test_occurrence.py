"""From a duty to its occurrences: due rules, overrides, terms and succession, extensions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from scheduler.core.obligation import (
    Agreement,
    Anchor,
    DayAfterMonths,
    DayOfYear,
    DaysAfter,
    DueRule,
    Obligation,
    OnDate,
    Override,
    Register,
)
from scheduler.core.occurrence import (
    all_occurrences,
    extended,
    milestone_on,
    occurrence_of,
    occurrences,
)
from scheduler.core.period import Frequency
from scheduler.core.plan import action_key
from scheduler.core.workdays import Shift, WorkCalendar

from .arbitrary import DAYS, calendars, obligations
from .duties import PLAIN, TERM, calendar, duty, milestone, the


@pytest.mark.parametrize(
    ("frequency", "key", "rule", "expected"),
    [
        (Frequency.QUARTER, "2025-Q1", DayAfterMonths(2, 25), date(2025, 5, 25)),
        (Frequency.QUARTER, "2025-Q4", DayAfterMonths(2, 25), date(2026, 2, 25)),
        (Frequency.QUARTER, "2025-Q4", DayAfterMonths(0, 25), date(2025, 12, 25)),
        (Frequency.MONTH, "2025-12", DayAfterMonths(1, 10), date(2026, 1, 10)),
        (Frequency.MONTH, "2024-01", DayAfterMonths(1, 31), date(2024, 2, 29)),
        (Frequency.MONTH, "2025-01", DayAfterMonths(1, 31), date(2025, 2, 28)),
        (Frequency.MONTH, "2025-01", DayAfterMonths(1, 0), date(2025, 2, 28)),
        (Frequency.MONTH, "2025-03", DayAfterMonths(1, 0), date(2025, 4, 30)),
        (Frequency.MONTH, "2025-12", DayAfterMonths(0, 0), date(2025, 12, 31)),
        (Frequency.MONTH, "2025-11", DayAfterMonths(14, 15), date(2027, 1, 15)),
        (Frequency.HALF_YEAR, "2025-H1", DayAfterMonths(1, 0), date(2025, 7, 31)),
        (Frequency.HALF_YEAR, "2025-H2", DayAfterMonths(2, 0), date(2026, 2, 28)),
        (Frequency.YEAR, "2025", DayOfYear(2, 28, 1), date(2026, 2, 28)),
        (Frequency.YEAR, "2025", DayOfYear(7, 30, 0), date(2025, 7, 30)),
        (Frequency.YEAR, "2024", DayOfYear(2, 0, 0), date(2024, 2, 29)),
        (Frequency.YEAR, "2024", DayOfYear(2, 0, 1), date(2025, 2, 28)),
        (Frequency.YEAR, "2026", DayOfYear(12, 31, 0), date(2026, 12, 31)),
        (Frequency.QUARTER, "2025-Q1", DaysAfter(0, working=False), date(2025, 3, 31)),
        (Frequency.QUARTER, "2025-Q4", DaysAfter(45, working=False), date(2026, 2, 14)),
        (Frequency.QUARTER, "2025-Q4", DaysAfter(5, working=True), date(2026, 1, 7)),
        (Frequency.ONCE, "2025-12-31", OnDate(date(2025, 12, 31)), date(2025, 12, 31)),
    ],
)
def test_the_nominal_date(frequency: Frequency, key: str, rule: DueRule, expected: date) -> None:
    assert the(duty(rule, frequency=frequency), key).nominal_due_on == expected


def test_working_days_after_a_period_pass_over_easter(register: Register) -> None:
    obligation = duty(DaysAfter(15, working=True))
    item = the(obligation, "2026-Q1", register.workdays)
    assert item.nominal_due_on == date(2026, 4, 22)  # 1, 2 and 3 April, then from Tuesday the 7th on


def test_four_dates_of_one_occurrence() -> None:
    sunday = the(duty(), "2025-Q1", calendar(holidays=[date(2025, 5, 26)], closures=[date(2025, 5, 23)]))
    assert (sunday.nominal_due_on, sunday.shifted_due_on) == (date(2025, 5, 25), date(2025, 5, 27))
    assert (sunday.legal_due_on, sunday.target_on) == (date(2025, 5, 27), date(2025, 5, 22))
    assert sunday.key == "dovere/2025-Q1"


def test_a_term_counted_backwards_moves_to_the_day_before() -> None:
    item = the(duty(shift=Shift.PREVIOUS), "2025-Q1", calendar(holidays=[date(2025, 5, 24)]))
    assert (item.legal_due_on, item.target_on) == (date(2025, 5, 23), date(2025, 5, 22))


def test_where_saturday_counts_it_moves_the_legal_date() -> None:
    october = duty(DayAfterMonths(1, 4), frequency=Frequency.MONTH)
    assert the(october, "2025-09").legal_due_on == date(2025, 10, 4)
    assert the(replace(october, saturday=True), "2025-09").legal_due_on == date(2025, 10, 6)


def test_the_fourth_of_october(register: Register) -> None:
    october = duty(DayAfterMonths(1, 4), frequency=Frequency.MONTH)
    saturday, sunday = (the(october, key, register.workdays) for key in ("2025-09", "2026-09"))
    assert (saturday.legal_due_on, saturday.target_on) == (date(2025, 10, 4), date(2025, 10, 3))
    assert (sunday.legal_due_on, sunday.target_on) == (date(2026, 10, 5), date(2026, 10, 2))
    second = duty(DayAfterMonths(1, 5), frequency=Frequency.MONTH)
    assert the(second, "2026-09", register.workdays).target_on == date(2026, 10, 2)


def test_a_closure_moves_the_target_only(register: Register) -> None:
    december = duty(DayAfterMonths(0, 7), frequency=Frequency.MONTH)
    item = the(december, "2026-12", register.workdays)
    assert item.nominal_due_on.weekday() == 0
    assert (item.legal_due_on, item.target_on) == (date(2026, 12, 7), date(2026, 12, 4))
    no_margin = the(replace(december, margin_days=0), "2026-12", register.workdays)
    assert (no_margin.legal_due_on, no_margin.target_on) == (date(2026, 12, 7), date(2026, 12, 4))


def test_an_override_replaces_the_nominal_date_and_is_shifted_like_it() -> None:
    moved = Override("2025-Q1", date(2025, 6, 1), "nota della Regione")  # a Sunday
    obligation = duty(overrides={"2025-Q1": moved}, due_to_confirm=True)
    first, second = list(occurrences(obligation, PLAIN))[4:6]
    assert (first.key, first.nominal_due_on, first.legal_due_on) == (
        "dovere/2025-Q1",
        date(2025, 6, 1),
        date(2025, 6, 2),
    )
    assert (second.nominal_due_on, second.to_confirm) == (date(2025, 8, 25), True)
    assert (first.to_confirm, first.waived_by_declaration) == (False, False)


def test_an_override_may_waive() -> None:
    waived = Override("2025-Q1", None, "non dovuto", waived=True)
    item = the(duty(overrides={"2025-Q1": waived}, due_to_confirm=True), "2025-Q1")
    assert (item.waived_by_declaration, item.nominal_due_on) == (True, date(2025, 5, 25))
    assert item.to_confirm  # its day is still what the office gave itself
    assert not the(item.obligation, "2025-Q2").waived_by_declaration


def test_every_whole_period_of_the_term_and_no_other() -> None:
    keys = [item.period.key for item in occurrences(duty(), PLAIN)]
    assert keys == [f"{year}-Q{quarter}" for year in (2024, 2025, 2026) for quarter in (1, 2, 3, 4)]
    part = duty(since=date(2025, 2, 1), until=date(2025, 12, 31))
    assert [item.period.key for item in occurrences(part, PLAIN)] == ["2025-Q2", "2025-Q3"]


def test_the_tail_is_owed_after_the_agreement_has_ended() -> None:
    last = list(occurrences(duty(DayOfYear(2, 28, 1), frequency=Frequency.YEAR), PLAIN))[-1]
    assert (last.period.key, last.legal_due_on) == ("2026", date(2027, 3, 1))
    assert (last.agreement, last.agreement.in_force(last.legal_due_on)) == (TERM, False)


def test_a_period_belongs_to_the_agreement_in_force_on_its_last_day() -> None:
    earlier = Agreement("vecchia", "Vecchia", date(2022, 1, 1), date(2023, 11, 1))
    obligation = duty(agreements=(earlier, TERM), since=date(2023, 1, 1), until=date(2024, 7, 1))
    found = {item.period.key: item.agreement.id for item in occurrences(obligation, PLAIN)}
    assert found == {
        "2023-Q1": "vecchia",
        "2023-Q2": "vecchia",
        "2023-Q3": "vecchia",  # and nothing for 2023-Q4, on whose last day none was in force
        "2024-Q1": "convenzione",
        "2024-Q2": "convenzione",
    }


def test_the_shipped_duty_that_goes_on_under_the_next_convention(register: Register) -> None:
    obligation = register.obligation("gol-avanzamento")
    assert obligation is not None
    found = {item.period.key: item.agreement.id for item in occurrences(obligation, register.workdays)}
    later = dict.fromkeys(("2024", "2025", "2026"), "convenzione-2024-2026")
    assert found == {"2023": "convenzione-2022-2023", **later}


@pytest.mark.parametrize(
    ("changes", "owed"),
    [
        ({}, True),
        ({"until": date(2025, 7, 1)}, True),
        ({"until": date(2025, 6, 30)}, False),
        ({"since": date(2025, 6, 30)}, True),
        ({"since": date(2025, 7, 1)}, False),
        ({"agreements": (replace(TERM, until=date(2025, 6, 30)),)}, False),
    ],
)
def test_a_one_off_is_owed_in_its_validity_only(changes: dict[str, Any], owed: bool) -> None:
    obligation = duty(OnDate(date(2025, 6, 30)), frequency=Frequency.ONCE, **changes)
    assert [item.period.key for item in occurrences(obligation, PLAIN)] == (["2025-06-30"] if owed else [])


def test_occurrences_of_all_duties_come_in_order_of_their_legal_dates() -> None:
    one, other = duty(id="uno"), duty(DayAfterMonths(0, 0), frequency=Frequency.MONTH, id="altro")
    found = all_occurrences([one, other], PLAIN)
    assert [item.legal_due_on for item in found] == sorted(item.legal_due_on for item in found)
    assert len(found) == 12 + 36


def test_an_occurrence_is_found_by_its_period() -> None:
    assert the(duty(), "2025-Q3").period.start == date(2025, 7, 1)
    assert occurrence_of(duty(), "2027-Q1", PLAIN) is None
    assert occurrence_of(duty(), "2025-07", PLAIN) is None


def test_an_extension_moves_legal_date_target_and_milestones_and_gives_new_keys() -> None:
    reminder, nominal = milestone("reminder-2wd"), milestone("draft-5d", anchor=Anchor.NOMINAL)
    before = the(duty(milestones=[reminder, nominal]), "2025-Q2")
    after = extended(before, date(2025, 9, 13), PLAIN)  # a Saturday; what is granted is not shifted
    assert (after.nominal_due_on, after.shifted_due_on) == (before.nominal_due_on, before.shifted_due_on)
    assert (after.legal_due_on, after.target_on) == (date(2025, 9, 13), date(2025, 9, 12))
    assert [milestone_on(item, reminder, PLAIN) for item in (before, after)] == [date(2025, 8, 21), date(2025, 9, 11)]
    assert milestone_on(after, nominal, PLAIN) == milestone_on(before, nominal, PLAIN) == date(2025, 8, 20)
    assert action_key(before, reminder) == "dovere/2025-Q2/reminder-2wd"
    assert action_key(after, reminder) == "dovere/2025-Q2/reminder-2wd~2025-09-13"
    assert action_key(extended(after, date(2025, 8, 25), PLAIN), reminder) == action_key(before, reminder)


@given(obligations(), calendars())
def test_the_four_dates_keep_their_order(obligation: Obligation, workdays: WorkCalendar) -> None:
    found = list(occurrences(obligation, workdays))
    assert [item.period for item in found] == sorted(item.period for item in found)
    for item in found:
        assert obligation.since <= item.period.start < item.period.end <= obligation.until
        assert item.agreement.in_force(item.period.last_day)
        assert item.shifted_due_on == item.legal_due_on
        assert item.target_on <= item.legal_due_on
        assert workdays.is_workday(item.target_on)
        if obligation.shift is not Shift.NONE:
            assert not workdays.is_holiday(item.legal_due_on, saturday=obligation.saturday)
        if obligation.shift is Shift.NEXT:
            assert item.nominal_due_on <= item.legal_due_on
        else:
            assert item.legal_due_on <= item.nominal_due_on


@given(obligations(), calendars(), DAYS)
def test_an_extension_changes_what_follows_from_it_and_nothing_else(
    obligation: Obligation, workdays: WorkCalendar, to: date
) -> None:
    for item in occurrences(obligation, workdays):
        after = extended(item, to, workdays)
        assert after.key == item.key
        assert extended(after, item.legal_due_on, workdays) == item
        assert workdays.is_workday(after.target_on)
        assert after.target_on <= to
        moved = to != item.legal_due_on
        assert all((action_key(after, entry) != action_key(item, entry)) is moved for entry in obligation.milestones)
