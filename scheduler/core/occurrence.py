"""Occurrences: an obligation in one reporting period, with its four dates and the instants of its milestones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from scheduler.core.obligation import (
    Agreement,
    Anchor,
    DayAfterMonths,
    DayOfYear,
    DaysAfter,
    Milestone,
    Obligation,
    OnDate,
)
from scheduler.core.period import (
    Frequency,
    Period,
    add_months,
    days_in_month,
    period_containing,
    period_from_key,
    periods_between,
)
from scheduler.core.workdays import WorkCalendar


@dataclass(frozen=True)
class Occurrence:
    """Obligation × period. `legal_due_on` includes an extension where a person has granted one."""

    obligation: Obligation
    period: Period
    agreement: Agreement
    nominal_due_on: date
    shifted_due_on: date  # the nominal date after the holiday policy
    legal_due_on: date  # the same, or the date it was extended to
    target_on: date

    @cached_property
    def key(self) -> str:
        """`costi-personale-trimestrale/2025-Q1`."""
        return f"{self.obligation.id}/{self.period.key}"

    @property
    def to_confirm(self) -> bool:
        """True where the day is the office's own parameter, not what an act says."""
        override = self.obligation.overrides.get(self.period.key)
        return self.obligation.due_to_confirm and (override is None or override.due_on is None)

    @property
    def waived_by_declaration(self) -> bool:
        """True where `deadlines.yaml` itself says that this one is not owed."""
        override = self.obligation.overrides.get(self.period.key)
        return override is not None and override.waived


def occurrences(obligation: Obligation, workdays: WorkCalendar) -> Iterator[Occurrence]:
    """Yield, in order of period, every occurrence of the obligation in its validity.

    A period counts when it lies wholly in the validity and an agreement is in force on its last day; its due
    date may well fall after the agreement's end (the tail).
    """
    for period in _periods(obligation):
        if found := occurrence_in(obligation, period, workdays):
            yield found


def all_occurrences(obligations: Iterable[Obligation], workdays: WorkCalendar) -> tuple[Occurrence, ...]:
    """Return every occurrence of all obligations, in order of their legal dates."""
    found = [item for obligation in obligations for item in occurrences(obligation, workdays)]
    return tuple(sorted(found, key=lambda item: (item.legal_due_on, item.key)))


def occurrence_of(obligation: Obligation, key: str, workdays: WorkCalendar) -> Occurrence | None:
    """Return the obligation's occurrence for a period key, or None if it owes nothing for it."""
    try:
        period = period_from_key(key)
    except ValueError:
        return None
    return occurrence_in(obligation, period, workdays)


def occurrence_in(obligation: Obligation, period: Period, workdays: WorkCalendar) -> Occurrence | None:
    """Return the obligation's occurrence in a period, or None if it owes nothing for it."""
    if period.frequency is not obligation.frequency or not _lies_in_validity(obligation, period):
        return None
    agreement = next((item for item in obligation.agreements if item.in_force(period.last_day)), None)
    return _occurrence(obligation.as_of(period), period, agreement, workdays) if agreement else None


def extended(occurrence: Occurrence, to: date, workdays: WorkCalendar) -> Occurrence:
    """Return the occurrence with the legal date that an extension grants, and its new internal target."""
    return replace(occurrence, legal_due_on=to, target_on=target_on(to, occurrence.obligation.margin_days, workdays))


def target_on(legal_due_on: date, margin_days: int, workdays: WorkCalendar) -> date:
    """Return the last safe working day, `margin_days` working days before the legal date."""
    if margin_days == 0:
        return workdays.workday_on_or_before(legal_due_on)
    return workdays.add_workdays(legal_due_on, -margin_days)


def nominal_due_on(obligation: Obligation, period: Period, workdays: WorkCalendar) -> date:
    """Return what the act (or the override) says, before any shift."""
    override = obligation.overrides.get(period.key)
    if override is not None and override.due_on is not None:
        return override.due_on
    match obligation.due:
        case OnDate(on):
            return on
        case DaysAfter(days, working):
            return workdays.add_workdays(period.last_day, days) if working else period.last_day + timedelta(days=days)
        case DayAfterMonths(months_after, day):
            month = add_months(period.last_day.replace(day=1), months_after)
            return _day_of(month.year, month.month, day)
        case DayOfYear(month_number, day, years_after):
            return _day_of(period.last_day.year + years_after, month_number, day)


def milestone_on(occurrence: Occurrence, milestone: Milestone, workdays: WorkCalendar) -> date:
    """Return the local date of a milestone of an occurrence."""
    anchors = {
        Anchor.LEGAL: occurrence.legal_due_on,
        Anchor.TARGET: occurrence.target_on,
        Anchor.NOMINAL: occurrence.nominal_due_on,
    }
    anchor = anchors[milestone.anchor]
    if milestone.working:
        return workdays.add_workdays(anchor, milestone.offset_days)
    return anchor + timedelta(days=milestone.offset_days)


def milestone_at(occurrence: Occurrence, milestone: Milestone, workdays: WorkCalendar) -> datetime:
    """Return the UTC instant of a milestone of an occurrence."""
    return instant(milestone_on(occurrence, milestone, workdays), milestone.at, workdays.zone)


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return local date + local time as UTC.

    A time that the clocks skip becomes the first instant after the gap; one that they repeat, the first of the two.
    """
    local = datetime.combine(day, at, tzinfo=zone)
    utc = local.astimezone(UTC)
    if utc.astimezone(zone) == local:
        return utc
    return _end_of_gap(local.replace(fold=1).astimezone(UTC), utc, zone)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant between the two (to the second) at which the zone's offset changes."""
    new_offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == new_offset:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)


def _periods(obligation: Obligation) -> Iterator[Period]:
    if isinstance(obligation.due, OnDate):
        found: Iterable[Period] = (period_containing(Frequency.ONCE, obligation.due.on),)
    else:
        found = periods_between(obligation.frequency, obligation.since, obligation.until)
    return (period for period in found if _lies_in_validity(obligation, period))


def _lies_in_validity(obligation: Obligation, period: Period) -> bool:
    if isinstance(obligation.due, OnDate) and period.start != obligation.due.on:
        return False
    return obligation.since <= period.start and period.end <= obligation.until


def _occurrence(obligation: Obligation, period: Period, agreement: Agreement, workdays: WorkCalendar) -> Occurrence:
    nominal = nominal_due_on(obligation, period, workdays)
    legal = workdays.shift(nominal, obligation.shift, saturday=obligation.saturday)
    target = target_on(legal, obligation.margin_days, workdays)
    return Occurrence(obligation, period, agreement, nominal, legal, legal, target)


def _day_of(year: int, month: int, day: int) -> date:
    last = days_in_month(year, month)
    return date(year, month, min(day or last, last))
