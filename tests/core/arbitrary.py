"""Arbitrary calendars, duties and histories, small enough that a whole life of each is swept in one example."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from scheduler.core.ledger import Act, ActKind
from scheduler.core.obligation import (
    Anchor,
    DayAfterMonths,
    DayOfYear,
    DaysAfter,
    DueRule,
    Milestone,
    MilestoneKind,
    Obligation,
    OnDate,
)
from scheduler.core.occurrence import Occurrence, all_occurrences
from scheduler.core.period import MONTHS, Frequency, add_months
from scheduler.core.workdays import Shift, WorkCalendar

from .duties import DIRECTOR, OFFICE, ROME, SUPPLIER, duty
from .performing import Desk

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
# The months of the small duties below: spring has Easter and the hour that is skipped.
_BEGIN = date(2025, 1, 1)
_OFFSETS = {
    MilestoneKind.REQUEST: st.integers(-40, 0),
    MilestoneKind.DRAFT: st.integers(-40, 5),
    MilestoneKind.REMINDER: st.integers(-20, 0),
    MilestoneKind.OVERDUE: st.integers(1, 15),
    MilestoneKind.ESCALATION: st.integers(1, 15),
}


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    """A calendar of Rome with a few holidays and closures, runs of days among them."""
    return WorkCalendar(ROME, draw(_days_off("festa")), draw(_days_off("chiusura")))


@st.composite
def _days_off(draw: st.DrawFn, name: str) -> dict[date, str]:
    runs = draw(st.lists(st.tuples(DAYS, st.integers(1, 6)), max_size=8))
    return {day + timedelta(days=step): name for day, length in runs for step in range(length)}


def due_rules(frequency: Frequency) -> st.SearchStrategy[DueRule]:
    """A due rule that the frequency admits."""
    if frequency is Frequency.ONCE:
        return st.builds(OnDate, st.dates(date(2025, 2, 1), date(2025, 6, 30)))
    ways: list[st.SearchStrategy[DueRule]] = [
        st.builds(DayAfterMonths, st.integers(0, 2), st.integers(0, 31)),
        st.builds(DaysAfter, st.integers(0, 60), st.booleans()),
    ]
    if frequency is Frequency.YEAR:
        ways.append(st.builds(DayOfYear, st.integers(1, 12), st.integers(0, 28), st.integers(0, 1)))
    return st.one_of(ways)


@st.composite
def milestones(draw: st.DrawFn) -> Milestone:
    """One milestone, at an hour that the clocks skip or repeat among others."""
    kind = draw(st.sampled_from(MilestoneKind))
    at = draw(st.sampled_from([time(9), time(2, 30), time(0), time(23, 59), time(14, 15)]))
    documents = draw(st.sampled_from([(), ("verbale",)])) if kind is MilestoneKind.DRAFT else ()
    anchor = draw(st.sampled_from([Anchor.LEGAL, Anchor.LEGAL, Anchor.TARGET, Anchor.NOMINAL]))
    return Milestone(kind, draw(_OFFSETS[kind]), draw(st.booleans()), at, anchor, documents)


@st.composite
def obligations(draw: st.DrawFn, name: str = "dovere", longest: int = 6) -> Obligation:
    """A duty with at most `longest` milestones and three periods."""
    frequency = draw(st.sampled_from([Frequency.MONTH, Frequency.QUARTER, Frequency.YEAR, Frequency.ONCE]))
    months = 12 if frequency is Frequency.ONCE else MONTHS[frequency] * draw(st.integers(1, 3))
    until = min(add_months(_BEGIN, months), date(2027, 1, 1))
    entries: st.SearchStrategy[list[Milestone]] = st.lists(
        milestones(), min_size=1, max_size=longest, unique_by=lambda item: item.key
    )
    return duty(
        draw(due_rules(frequency)),
        draw(entries),
        frequency,
        id=name,
        since=_BEGIN,
        until=until,
        shift=draw(st.sampled_from(Shift)),
        saturday=draw(st.booleans()),
        margin_days=draw(st.integers(0, 3)),
        owner=draw(st.sampled_from([OFFICE, DIRECTOR])),
        supplier=draw(st.sampled_from([SUPPLIER, OFFICE, None])),
    )


@st.composite
def desks(draw: st.DrawFn, duties: int = 2) -> Desk:
    """One to `duties` duties under one calendar."""
    workdays = draw(calendars())
    found = [draw(obligations(f"dovere-{index}")) for index in range(draw(st.integers(1, duties)))]
    return Desk(all_occurrences(found, workdays), workdays)


@dataclass(frozen=True)
class History:
    """A first start, acts of people between two sweeps, an outage from then until the first sweep afterwards."""

    desk: Desk
    start: datetime
    outage_from: datetime
    outage_until: datetime
    acts: tuple[Act, ...] = ()


@st.composite
def histories(draw: st.DrawFn, *, with_acts: bool = True) -> History:
    """A history; its acts are declared at the moment in which the outage begins."""
    desk = draw(desks())
    start = draw(instants_near(desk))
    begin = start + draw(st.timedeltas(timedelta(), timedelta(days=90)))
    until = begin + draw(st.timedeltas(timedelta(), timedelta(days=60)))
    count = draw(st.integers(1, 3)) if with_acts else 0
    acts = tuple(draw(acts_of(draw(st.sampled_from(desk.occurrences)), begin)) for _ in range(count))
    return History(desk, start, begin, until, acts)


def instants_near(desk: Desk) -> st.SearchStrategy[datetime]:
    """An instant from well before the first legal date to the last one."""
    first, last = desk.occurrences[0].legal_due_on, desk.occurrences[-1].legal_due_on
    span = timedelta(days=(last - first).days + 70)
    begin = datetime.combine(first, time(), tzinfo=UTC) - timedelta(days=60)
    return st.timedeltas(timedelta(), span).map(lambda passed: begin + passed)


@st.composite
def acts_of(draw: st.DrawFn, occurrence: Occurrence, at: datetime) -> Act:
    """Any act of a person about one occurrence."""
    kind = draw(st.sampled_from(ActKind))
    on = {
        ActKind.EXTENSION: occurrence.legal_due_on + timedelta(days=draw(st.integers(-5, 30))),
        ActKind.SUBMISSION: at.date(),
    }.get(kind)
    return Act(kind, occurrence.key, at, "anna", on=on, reason="prova")
