"""How each date of an occurrence came about, step by step, as facts that the edge puts into words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from scheduler.core.ledger import Ledger
from scheduler.core.obligation import DayAfterMonths, DayOfYear, DaysAfter, OnDate
from scheduler.core.occurrence import Occurrence, milestone_at
from scheduler.core.plan import action_key, is_closed
from scheduler.core.workdays import DAY, SATURDAY, SUNDAY, Shift, WorkCalendar

Fact = str | int | date | datetime


@dataclass(frozen=True)
class Step:
    """One step of the derivation: a code that the catalogue puts into words, and its facts."""

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True)
class MilestoneLine:
    """One milestone: when it is, and what became of it ('' while it is still to come, `not-owed` once closed)."""

    key: str
    at: datetime
    outcome: str
    done_at: datetime | None = None


@dataclass(frozen=True)
class Explanation:
    """The derivation of the dates, and the milestones in order of time."""

    steps: tuple[Step, ...]
    milestones: tuple[MilestoneLine, ...]


def explain(occurrence: Occurrence, workdays: WorkCalendar, ledger: Ledger) -> Explanation:
    """Return how the dates of an occurrence (with its extension applied) came about, and its milestones."""
    steps = (
        *_sources(occurrence),
        *_nominal(occurrence),
        *_legal(occurrence, workdays),
        *_target(occurrence, workdays),
    )
    return Explanation(steps, tuple(sorted(_milestones(occurrence, workdays, ledger), key=lambda line: line.at)))


def _sources(occurrence: Occurrence) -> Iterator[Step]:
    obligation, agreement, period = occurrence.obligation, occurrence.agreement, occurrence.period
    yield Step("source", {"title": obligation.title, "source": obligation.source})
    yield Step("agreement" if agreement.acts else "agreement-bare", {"title": agreement.title})
    for act in agreement.acts:
        facts: dict[str, Fact] = {"title": act.title}
        yield Step("act", {**facts, "on": act.on}) if act.on else Step("act-undated", facts)
    if obligation.changed_on:
        yield Step("changed", {"on": obligation.changed_on})
    yield Step("period", {"key": period.key, "start": period.start, "last_day": period.last_day})


def _nominal(occurrence: Occurrence) -> Iterator[Step]:
    obligation = occurrence.obligation
    override = obligation.overrides.get(occurrence.period.key)
    if override is not None and override.due_on is not None:
        yield Step("nominal.override", {"on": override.due_on, "reason": override.reason})
        return
    nominal: dict[str, Fact] = {"on": occurrence.nominal_due_on}
    match obligation.due:
        case OnDate():
            yield Step("nominal.on", nominal)
        case DaysAfter(days, working):
            yield Step("nominal.workdays" if working else "nominal.days", {**nominal, "days": days})
        case DayAfterMonths(months_after, day):
            which = "day" if day else "last"
            yield Step(f"nominal.{which}-{min(months_after, 2)}", {**nominal, "months": months_after})
        case DayOfYear(_, _, years_after):
            yield Step(f"nominal.year-{years_after}", nominal)
    if occurrence.to_confirm:
        yield Step("nominal.to-confirm", nominal)


def _legal(occurrence: Occurrence, workdays: WorkCalendar) -> Iterator[Step]:
    obligation = occurrence.obligation
    day = occurrence.nominal_due_on
    step = -DAY if obligation.shift is Shift.PREVIOUS else DAY
    while day != occurrence.shifted_due_on:
        yield Step("legal.moved", {"on": day, "to": day + step, "reason": _legal_reason(day, workdays)})
        day += step
    if day == occurrence.nominal_due_on:
        yield _unmoved(occurrence, workdays)
    if occurrence.legal_due_on != occurrence.shifted_due_on:
        yield Step("legal.extended", {"to": occurrence.legal_due_on})


def _unmoved(occurrence: Occurrence, workdays: WorkCalendar) -> Step:
    obligation, day = occurrence.obligation, occurrence.nominal_due_on
    if obligation.shift is Shift.NONE and workdays.is_holiday(day, saturday=obligation.saturday):
        return Step("legal.no-policy", {"on": day, "reason": _legal_reason(day, workdays)})
    if day.weekday() == SATURDAY:
        return Step("legal.saturday", {"on": day})
    if not workdays.is_workday(day):
        return Step("legal.closure", {"on": day, "reason": workdays.name(day)})
    return Step("legal.workday", {"on": day})


def _target(occurrence: Occurrence, workdays: WorkCalendar) -> Iterator[Step]:
    day = occurrence.legal_due_on if occurrence.obligation.margin_days == 0 else occurrence.legal_due_on - DAY
    while day > occurrence.target_on:
        if not workdays.is_workday(day):
            yield Step("target.skipped", {"on": day, "reason": workdays.name(day) or _weekday(day)})
        day -= DAY
    yield Step("target", {"on": occurrence.target_on, "margin": occurrence.obligation.margin_days})


def _legal_reason(day: date, workdays: WorkCalendar) -> str:
    """Return the holiday's name or the weekday; a closure on the same day moves nothing."""
    return workdays.holidays.get(day) or _weekday(day)


def _weekday(day: date) -> str:
    """Return the catalogue's code of a Saturday or Sunday."""
    return {SATURDAY: "saturday", SUNDAY: "sunday"}.get(day.weekday(), "")


def _milestones(occurrence: Occurrence, workdays: WorkCalendar, ledger: Ledger) -> Iterator[MilestoneLine]:
    to_come = "not-owed" if is_closed(occurrence, ledger) else ""
    for milestone in occurrence.obligation.milestones:
        performance = ledger.performances.get(action_key(occurrence, milestone))
        outcome = str(performance.outcome) if performance else to_come
        done_at = performance.at if performance else None
        yield MilestoneLine(milestone.key, milestone_at(occurrence, milestone, workdays), outcome, done_at)
