"""Small duties, desks and calendars for the tests of the rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.core.ledger import Act, ActKind, Ledger
from scheduler.core.obligation import (
    MILESTONE_KEY,
    Agreement,
    Anchor,
    DayAfterMonths,
    DueRule,
    Milestone,
    MilestoneKind,
    Obligation,
    Role,
)
from scheduler.core.occurrence import Occurrence, occurrence_of
from scheduler.core.period import Frequency
from scheduler.core.workdays import Shift, WorkCalendar

ROME = ZoneInfo("Europe/Rome")
OFFICE = Role("ufficio", "Ufficio", ("ufficio@cmm.example",))
SUPPLIER = Role("fornitore", "Fornitore", ("dati@afol.example",))
DIRECTOR = Role("direzione", "Direzione", ("direzione@cmm.example",))
TERM = Agreement("convenzione", "Convenzione", date(2024, 1, 1), date(2027, 1, 1))
PLAIN = WorkCalendar(ROME)


def milestone(
    key: str, at: time = time(9), anchor: Anchor = Anchor.LEGAL, documents: tuple[str, ...] = ()
) -> Milestone:
    """Return the milestone that a key of `deadlines.yaml` names."""
    found = MILESTONE_KEY.fullmatch(key)
    assert found is not None, key
    return Milestone(MilestoneKind(found[1]), int(found[2]), found[3] == "wd", at, anchor, documents)


def duty(
    due: DueRule | None = None,
    milestones: Iterable[str | Milestone] = (),
    frequency: Frequency = Frequency.QUARTER,
    **changes: Any,
) -> Obligation:
    """Return a duty: the 25th of the second month after each quarter of the term, unless told otherwise."""
    obligation = Obligation(
        id="dovere",
        title="Dovere",
        family="prova",
        agreements=(TERM,),
        source="B",
        frequency=frequency,
        since=TERM.since,
        until=TERM.until,
        due=due or DayAfterMonths(2, 25),
        due_to_confirm=False,
        shift=Shift.NEXT,
        saturday=False,
        margin_days=1,
        owner=OFFICE,
        recipients=(),
        escalation=DIRECTOR,
        milestones=tuple(milestone(item) if isinstance(item, str) else item for item in milestones),
        documents=("rapporto",),
        supplier=SUPPLIER,
    )
    return replace(obligation, **changes)


def calendar(holidays: Iterable[date] = (), closures: Iterable[date] = (), zone: ZoneInfo = ROME) -> WorkCalendar:
    """Return a calendar with these days off, each named after what it is."""
    return WorkCalendar(zone, dict.fromkeys(holidays, "festa"), dict.fromkeys(closures, "chiusura"))


def the(obligation: Obligation, key: str, workdays: WorkCalendar = PLAIN) -> Occurrence:
    """Return the occurrence of a period key."""
    found = occurrence_of(obligation, key, workdays)
    assert found is not None, key
    return found


def rome(*parts: int) -> datetime:
    """Return an instant given as local time in Rome, as UTC."""
    return datetime(*parts, tzinfo=ROME).astimezone(UTC)  # type: ignore[misc,arg-type]  # year, month, day, hour, minute


def declared(occurrence: Occurrence | str, kind: ActKind, at: datetime, on: date | None = None) -> Act:
    """Return a person's act."""
    key = occurrence if isinstance(occurrence, str) else occurrence.key
    return Act(kind, key, at, "anna", on=on, reason="prova")


def with_acts(ledger: Ledger, *acts: Act) -> Ledger:
    """Return the ledger with these acts added at the end."""
    found = dict(ledger.acts)
    for act in acts:
        found[act.occurrence_key] = (*found.get(act.occurrence_key, ()), act)
    return replace(ledger, acts=found)
