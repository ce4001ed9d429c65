"""The agenda answers as a search through every occurrence would, for any duty, calendar and span."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.agenda import Agenda
from scheduler.core.obligation import DayAfterMonths, DayOfYear, DaysAfter, Obligation, OnDate, Override
from scheduler.core.occurrence import Occurrence, milestone_at, occurrences
from scheduler.core.period import Frequency
from scheduler.core.workdays import WorkCalendar

from .arbitrary import calendars, obligations
from .duties import ROME, duty

START = datetime(2024, 6, 1, tzinfo=UTC)
instants = st.timedeltas(timedelta(), timedelta(days=1500)).map(lambda passed: START + passed)
spans = st.tuples(instants, st.timedeltas(timedelta(), timedelta(days=90))).map(lambda it: (it[0], it[0] + it[1]))


def moments(occurrence: Occurrence, workdays: WorkCalendar) -> list[datetime]:
    return [milestone_at(occurrence, item, workdays) for item in occurrence.obligation.milestones]


@st.composite
def duties(draw: st.DrawFn) -> Obligation:
    """An arbitrary duty, perhaps with a longer life, with dates of their own for some periods, or with a later form."""
    found = draw(obligations())
    if isinstance(found.due, OnDate):
        return found
    found = replace(found, until=draw(st.sampled_from([found.until, date(2027, 1, 1)])))
    keys = [item.period.key for item in occurrences(found, WorkCalendar(ROME))]
    moved = draw(st.lists(st.sampled_from(keys), max_size=2)) if keys else []
    days = st.dates(date(2024, 6, 1), date(2028, 1, 1))
    other = draw(obligations())
    if draw(st.booleans()) and not isinstance(other.due, OnDate):
        later = replace(found, due=other.due, milestones=other.milestones, changed_on=draw(days))
        found = replace(found, changes=(later,))
    return replace(found, overrides={key: Override(key, draw(days), "nota") for key in moved})


@given(duties(), calendars(), spans)
def test_what_a_span_touches_is_what_a_search_finds(
    obligation: Obligation, workdays: WorkCalendar, span: tuple[datetime, datetime]
) -> None:
    since, until = span
    everything = list(occurrences(obligation, workdays))
    agenda = Agenda([obligation], workdays)
    expected = {item.key for item in everything if any(since < at <= until for at in moments(item, workdays))}
    assert {item.key for item in agenda.touched(since, until)} == expected
    later = [at for item in everything for at in moments(item, workdays) if at > since]
    assert agenda.following(since) == min(later, default=None)


@given(duties(), calendars(), spans)
def test_what_is_due_and_what_is_owed_is_what_a_search_finds(
    obligation: Obligation, workdays: WorkCalendar, span: tuple[datetime, datetime]
) -> None:
    since, until = span
    everything = list(occurrences(obligation, workdays))
    agenda = Agenda([obligation], workdays)
    due = [item.key for item in everything if since.date() <= item.legal_due_on <= until.date()]
    assert sorted(item.key for item in agenda.due_between(since.date(), until.date())) == sorted(due)
    owed = {
        item.key
        for item in everything
        if item.legal_due_on >= since.date() and any(at <= until for at in moments(item, workdays))
    }
    assert {item.key for item in agenda.owed([obligation.id], since.date(), until)} == owed


@given(duties(), calendars(), st.lists(instants, min_size=2, max_size=6))
def test_an_agenda_that_was_asked_before_answers_as_a_new_one(
    obligation: Obligation, workdays: WorkCalendar, asked: list[datetime]
) -> None:
    agenda = Agenda([obligation], workdays)
    for instant in asked:
        assert agenda.following(instant) == Agenda([obligation], workdays).following(instant)


@given(duties(), calendars())
def test_every_occurrence_is_found_by_its_key(obligation: Obligation, workdays: WorkCalendar) -> None:
    agenda = Agenda([obligation], workdays)
    for item in occurrences(obligation, workdays):
        assert agenda.occurrence(item.key) == item
    assert agenda.occurrence(f"{obligation.id}/1999") is None


@pytest.mark.parametrize(
    "due", [DayOfYear(2, 0, 1), DayOfYear(1, 1, 3), DaysAfter(90, working=True), DayAfterMonths(11, 31)]
)
def test_a_long_way_and_a_long_rest_between_period_and_date(due: DayOfYear | DaysAfter | DayAfterMonths) -> None:
    rest = {date(2025, 7, 15) + timedelta(days=step): "chiusura" for step in range(60)}
    workdays = WorkCalendar(ROME, closures=rest)
    obligation = duty(due, ("reminder-30wd", "overdue+20wd"), Frequency.YEAR, since=date(2020, 1, 1))
    agenda = Agenda([obligation], workdays)
    for item in occurrences(obligation, workdays):
        for at in moments(item, workdays):
            assert item in agenda.touched(at - timedelta(seconds=1), at)


def test_a_rule_that_changes_gives_another_fingerprint_and_words_do_not() -> None:
    workdays, plain = WorkCalendar(ROME), duty()
    digest = Agenda([plain], workdays).digest
    assert Agenda([replace(plain, title="Altro")], workdays).digest == digest
    for changed in (replace(plain, margin_days=2), replace(plain, due=DayAfterMonths(2, 24))):
        assert Agenda([changed], workdays).digest != digest
    assert Agenda([plain], WorkCalendar(ROME, {date(2025, 8, 25): "festa"})).digest != digest
