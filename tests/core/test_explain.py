"""The derivation of the dates, step by step, and what became of the milestones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.explain import Step, explain
from scheduler.core.ledger import Ledger, Outcome, Performance
from scheduler.core.obligation import (
    DayAfterMonths,
    DayOfYear,
    DaysAfter,
    DueRule,
    LegalAct,
    OnDate,
    Override,
    Register,
)
from scheduler.core.occurrence import Occurrence, extended
from scheduler.core.period import Frequency
from scheduler.core.workdays import DAY, Shift, WorkCalendar
from scheduler.locale import LANGUAGES
from scheduler.locale.words import step_text

from .arbitrary import DAYS, desks
from .duties import PLAIN, calendar, duty, milestone, rome, the
from .performing import Desk

EMPTY = Ledger()
LEGAL_CLOSURE = WorkCalendar(PLAIN.zone, {date(2025, 12, 8): "Immacolata"}, {date(2025, 12, 7): "Sant'Ambrogio"})


def _steps(occurrence: Occurrence, start: str, workdays: WorkCalendar = PLAIN) -> list[tuple[str, dict[str, object]]]:
    found = explain(occurrence, workdays, EMPTY).steps
    return [(step.code, dict(step.facts)) for step in found if step.code.startswith(start)]


def _on(day: date) -> Occurrence:
    return the(duty(OnDate(day), frequency=Frequency.ONCE), day.isoformat())


def test_the_sources_come_first() -> None:
    item = the(duty(), "2025-Q1")
    codes = [step.code for step in explain(item, PLAIN, EMPTY).steps]
    assert codes[:3] == ["source", "agreement-bare", "period"]
    acts = (LegalAct("DGR XII/1607", date(2023, 12, 18)), LegalAct("Nota"))
    known = replace(item, agreement=replace(item.agreement, acts=acts))
    assert explain(known, PLAIN, EMPTY).steps[:5] == (
        Step("source", {"title": "Dovere", "source": "B"}),
        Step("agreement", {"title": "Convenzione"}),
        Step("act", {"title": "DGR XII/1607", "on": date(2023, 12, 18)}),
        Step("act-undated", {"title": "Nota"}),
        Step("period", {"key": "2025-Q1", "start": date(2025, 1, 1), "last_day": date(2025, 3, 31)}),
    )


@pytest.mark.parametrize(
    ("frequency", "key", "rule", "code", "facts"),
    [
        (Frequency.QUARTER, "2025-Q2", DayAfterMonths(2, 25), "nominal.day-2", {"months": 2}),
        (Frequency.QUARTER, "2025-Q2", DayAfterMonths(1, 0), "nominal.last-1", {"months": 1}),
        (Frequency.QUARTER, "2025-Q2", DaysAfter(9, working=False), "nominal.days", {"days": 9}),
        (Frequency.QUARTER, "2025-Q2", DaysAfter(9, working=True), "nominal.workdays", {"days": 9}),
        (Frequency.YEAR, "2025", DayOfYear(2, 28, 1), "nominal.year-1", {}),
        (Frequency.YEAR, "2025", DayOfYear(7, 30, 0), "nominal.year-0", {}),
        (Frequency.ONCE, "2025-12-31", OnDate(date(2025, 12, 31)), "nominal.on", {}),
    ],
)
def test_the_nominal_date(frequency: Frequency, key: str, rule: DueRule, code: str, facts: dict[str, object]) -> None:
    item = the(duty(rule, frequency=frequency), key)
    assert _steps(item, "nominal") == [(code, {"on": item.nominal_due_on, **facts})]
    unsure = the(duty(rule, frequency=frequency, due_to_confirm=True), key)
    assert [found for found, _ in _steps(unsure, "nominal")] == [code, "nominal.to-confirm"]


def test_an_override_is_named_with_its_reason_and_is_sure() -> None:
    override = Override("2025-Q2", date(2025, 9, 2), "nota della Regione")
    item = the(duty(overrides={"2025-Q2": override}, due_to_confirm=True), "2025-Q2")
    assert _steps(item, "nominal") == [("nominal.override", {"on": date(2025, 9, 2), "reason": "nota della Regione"})]


def test_unmoved_on_a_working_day() -> None:
    assert _steps(_on(date(2025, 2, 28)), "legal") == [("legal.workday", {"on": date(2025, 2, 28)})]


def test_unmoved_on_a_saturday() -> None:
    item = _on(date(2026, 2, 28))
    assert _steps(item, "legal") == [("legal.saturday", {"on": date(2026, 2, 28)})]


def test_unmoved_on_a_closure() -> None:
    workdays = calendar(closures=[date(2026, 12, 7)])
    item = the(duty(OnDate(date(2026, 12, 7)), frequency=Frequency.ONCE), "2026-12-07", workdays)
    assert _steps(item, "legal", workdays) == [("legal.closure", {"on": date(2026, 12, 7), "reason": "chiusura"})]


def test_unmoved_for_want_of_a_policy() -> None:
    day = date(2026, 5, 31)
    item = the(duty(OnDate(day), frequency=Frequency.ONCE, shift=Shift.NONE), day.isoformat())
    assert _steps(item, "legal") == [("legal.no-policy", {"on": day, "reason": "sunday"})]


def test_moved_day_by_day_each_with_its_reason() -> None:
    workdays = calendar(holidays=[date(2025, 5, 26)])
    assert _steps(the(duty(), "2025-Q1", workdays), "legal", workdays) == [
        ("legal.moved", {"on": date(2025, 5, 25), "to": date(2025, 5, 26), "reason": "sunday"}),
        ("legal.moved", {"on": date(2025, 5, 26), "to": date(2025, 5, 27), "reason": "festa"}),
    ]


def test_moved_backwards_and_off_a_saturday_that_counts() -> None:
    item = the(duty(shift=Shift.PREVIOUS, saturday=True), "2025-Q1")
    assert _steps(item, "legal") == [
        ("legal.moved", {"on": date(2025, 5, 25), "to": date(2025, 5, 24), "reason": "sunday"}),
        ("legal.moved", {"on": date(2025, 5, 24), "to": date(2025, 5, 23), "reason": "saturday"}),
    ]


def test_a_closure_is_never_the_reason_of_a_move() -> None:
    """7 December 2025 is a Sunday, which moves the term; that it is the patron saint's day does not."""
    item = the(duty(OnDate(date(2025, 12, 7)), frequency=Frequency.ONCE), "2025-12-07", LEGAL_CLOSURE)
    assert _steps(item, "legal", LEGAL_CLOSURE) == [
        ("legal.moved", {"on": date(2025, 12, 7), "to": date(2025, 12, 8), "reason": "sunday"}),
        ("legal.moved", {"on": date(2025, 12, 8), "to": date(2025, 12, 9), "reason": "Immacolata"}),
    ]
    kept = the(duty(OnDate(date(2025, 12, 7)), frequency=Frequency.ONCE, shift=Shift.NONE), "2025-12-07", LEGAL_CLOSURE)
    assert _steps(kept, "legal", LEGAL_CLOSURE) == [("legal.no-policy", {"on": date(2025, 12, 7), "reason": "sunday"})]


def test_an_extension_comes_last() -> None:
    item = extended(the(duty(), "2025-Q2"), date(2025, 9, 30), PLAIN)
    assert _steps(item, "legal") == [
        ("legal.workday", {"on": date(2025, 8, 25)}),
        ("legal.extended", {"to": date(2025, 9, 30)}),
    ]
    assert _steps(item, "target") == [("target", {"on": date(2025, 9, 29), "margin": 1})]


def test_the_target_names_the_days_it_passes_over() -> None:
    workdays = calendar(closures=[date(2025, 5, 23)])
    assert _steps(the(duty(), "2025-Q1", workdays), "target", workdays) == [
        ("target.skipped", {"on": date(2025, 5, 25), "reason": "sunday"}),
        ("target.skipped", {"on": date(2025, 5, 24), "reason": "saturday"}),
        ("target.skipped", {"on": date(2025, 5, 23), "reason": "chiusura"}),
        ("target", {"on": date(2025, 5, 22), "margin": 1}),
    ]


def test_the_legal_date_itself_is_not_passed_over_where_there_is_a_margin() -> None:
    assert _steps(_on(date(2026, 2, 28)), "target") == [("target", {"on": date(2026, 2, 27), "margin": 1})]


def test_without_a_margin_the_legal_date_itself_may_be_passed_over() -> None:
    day = date(2026, 2, 28)
    item = the(duty(OnDate(day), frequency=Frequency.ONCE, margin_days=0), day.isoformat())
    assert _steps(item, "target") == [
        ("target.skipped", {"on": day, "reason": "saturday"}),
        ("target", {"on": date(2026, 2, 27), "margin": 0}),
    ]


def test_milestones_in_order_of_time_with_what_became_of_them() -> None:
    item = the(duty(milestones=["overdue+1d", "reminder-7d", "draft-20d"]), "2025-Q2")
    draft = Performance(f"{item.key}/draft-20d", item.key, Outcome.PERFORMED, rome(2025, 8, 5, 9, 1))
    reminder = Performance(f"{item.key}/reminder-7d", item.key, Outcome.FAILED, rome(2025, 8, 18, 9, 2))
    done = {row.action_key: row for row in (draft, reminder)}
    lines = explain(item, PLAIN, Ledger(performances=done)).milestones
    assert [(line.key, line.at, line.outcome, line.done_at) for line in lines] == [
        ("draft-20d", rome(2025, 8, 5, 9), "performed", rome(2025, 8, 5, 9, 1)),
        ("reminder-7d", rome(2025, 8, 18, 9), "failed", rome(2025, 8, 18, 9, 2)),
        ("overdue+1d", rome(2025, 8, 26, 9), "", None),
    ]


def test_an_extension_makes_the_milestones_new() -> None:
    entry = milestone("reminder-7d")
    item = extended(the(duty(milestones=[entry]), "2025-Q2"), date(2025, 9, 30), PLAIN)
    old = Performance("dovere/2025-Q2/reminder-7d", item.key, Outcome.PERFORMED, rome(2025, 8, 18, 9))
    [line] = explain(item, PLAIN, Ledger(performances={old.action_key: old})).milestones
    assert (line.at, line.outcome) == (rome(2025, 9, 23, 9), "")


def test_every_shipped_date_is_explained_in_both_languages(register: Register) -> None:
    from scheduler.core.occurrence import all_occurrences

    for item in all_occurrences(register.obligations, register.workdays):
        for step in explain(item, register.workdays, EMPTY).steps:
            assert all(step_text(lang, step) for lang in LANGUAGES)


@given(desks(1), DAYS, st.booleans())
def test_the_steps_lead_from_the_nominal_date_to_the_target(desk: Desk, to: date, moved: bool) -> None:
    for item in desk.occurrences:
        occurrence = extended(item, to, desk.workdays) if moved else item
        steps = explain(occurrence, desk.workdays, EMPTY).steps
        day: object = occurrence.nominal_due_on
        for step in steps:
            if step.code == "legal.moved":
                assert step.facts["on"] == day
                assert step.facts["reason"] in ("festa", "saturday", "sunday")
            day = step.facts.get("to", day)
        assert day == occurrence.legal_due_on
        assert steps[-1].facts["on"] == occurrence.target_on
        skipped = [step.facts["on"] for step in steps if step.code == "target.skipped"]
        days = (occurrence.legal_due_on - occurrence.target_on).days
        assert set(skipped) <= {occurrence.target_on + DAY * step for step in range(1, days + 1)}
        assert all(step_text(lang, step) for step in steps for lang in LANGUAGES)
