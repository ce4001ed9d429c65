"""An obligation that changes: each period has the form in force when it begins, wherever it is looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from scheduler.core.agenda import Agenda
from scheduler.core.explain import explain
from scheduler.core.ledger import Ledger
from scheduler.core.obligation import DayAfterMonths, DaysAfter, Obligation
from scheduler.core.occurrence import all_occurrences, milestone_at, occurrence_of
from scheduler.core.period import period_from_key
from tests.core.duties import PLAIN, duty, milestone


def changing() -> Obligation:
    """The 25th of the second month; from 1 May 2025 a year after the quarter; from 2026 three days after it."""
    first = duty(milestones=["reminder-7d"])
    second = replace(first, due=DayAfterMonths(12, 1), documents=("nuovo",), changed_on=date(2025, 5, 1))
    third = replace(second, due=DaysAfter(3, working=False), milestones=(milestone("draft-60d"),))
    return replace(first, changes=(second, replace(third, changed_on=date(2026, 1, 1))))


CASES = [
    ("2024-Q1", DayAfterMonths(2, 25)),
    ("2025-Q1", DayAfterMonths(2, 25)),
    ("2025-Q2", DayAfterMonths(2, 25)),  # it has begun before the change
    ("2025-Q3", DayAfterMonths(12, 1)),
    ("2025-Q4", DayAfterMonths(12, 1)),
    ("2026-Q1", DaysAfter(3, working=False)),
    ("2026-Q4", DaysAfter(3, working=False)),
]


@pytest.mark.parametrize(("key", "due"), CASES)
def test_the_form_of_a_period_is_the_one_in_force_when_it_begins(key: str, due: object) -> None:
    obligation = changing()
    assert obligation.as_of(period_from_key(key)).due == due
    occurrence = occurrence_of(obligation, key, PLAIN)
    assert occurrence is not None
    assert occurrence.obligation.due == due
    found = Agenda([obligation], PLAIN).occurrence(f"dovere/{key}")
    assert found == occurrence


def test_the_agenda_misses_nothing_of_any_form() -> None:
    obligation = changing()
    agenda, everything = Agenda([obligation], PLAIN), all_occurrences([obligation], PLAIN)
    instants = sorted(milestone_at(item, entry, PLAIN) for item in everything for entry in item.obligation.milestones)
    walked, at = [], datetime(2023, 1, 1, tzinfo=UTC)
    while (following := agenda.following(at)) is not None:
        assert {item.key for item in agenda.touched(following - timedelta(seconds=1), following)}
        walked.append(at := following)
    assert walked == sorted(set(instants))
    for item in everything:
        assert item in agenda.due_between(item.legal_due_on, item.legal_due_on)
        assert item in agenda.owed(["dovere"], item.legal_due_on, datetime(2030, 1, 1, tzinfo=UTC))


def test_a_change_is_looked_at_from_the_first_start_on() -> None:
    whole = changing()
    forms = [replace(whole, changes=whole.changes[:count]) for count in range(3)]
    assert len({Agenda([item], PLAIN).digest for item in forms}) == 3


def test_an_explanation_says_that_a_later_form_applies() -> None:
    obligation = changing()
    for key, said in (("2025-Q2", []), ("2025-Q3", [date(2025, 5, 1)]), ("2026-Q1", [date(2026, 1, 1)])):
        occurrence = occurrence_of(obligation, key, PLAIN)
        assert occurrence is not None
        steps = explain(occurrence, PLAIN, Ledger()).steps
        assert [step.facts["on"] for step in steps if step.code == "changed"] == said
