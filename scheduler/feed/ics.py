"""The ICS calendar: one all-day event for each occurrence, on its legal due date, the same bytes for the same facts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid5

from icalendar import Calendar, Event

from scheduler.core.ledger import Ledger
from scheduler.core.status import State, Status
from scheduler.locale import text, written
from scheduler.locale.words import period_label

_NAMESPACE = UUID("8f0a2c1e-6a44-5d0e-9a57-3b1f5f6f2d11")  # never changes: a UID is for ever
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_MARKED = (State.OVERDUE, State.SUBMITTED, State.SUBMITTED_LATE, State.WAIVED)


@dataclass(frozen=True)
class FeedFacts:
    """What the calendar says of itself."""

    name: str
    zone: str
    lang: str
    base_url: str = ""


def ics(statuses: Iterable[Status], ledger: Ledger, facts: FeedFacts) -> bytes:
    """Return the calendar of the given occurrences."""
    calendar = Calendar()
    calendar.add("prodid", "-//Scadenzario//IT")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", facts.name)
    calendar.add("x-wr-timezone", facts.zone)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for status in statuses:
        calendar.add_component(_event(status, ledger, facts))
    content: bytes = calendar.to_ical()
    return content


def _event(status: Status, ledger: Ledger, facts: FeedFacts) -> Event:
    occurrence = status.occurrence
    event = Event()
    event.add("uid", f"{uuid5(_NAMESPACE, occurrence.key)}@scadenzario")
    event.add("dtstamp", _last_change(status, ledger))
    event.add("sequence", len(ledger.acts.get(occurrence.key, ())) + (status.state is State.OVERDUE))
    event.add("dtstart", occurrence.legal_due_on)
    event.add("dtend", occurrence.legal_due_on + timedelta(days=1))
    event.add("summary", _clean(_title(status, facts.lang)))
    event.add("description", _clean(_description(status, facts.lang)))
    event.add("categories", [_clean(occurrence.obligation.family)])
    event.add("transp", "TRANSPARENT")
    if facts.base_url:
        event.add("url", f"{facts.base_url}/#{occurrence.key}")
    return event


def _last_change(status: Status, ledger: Ledger) -> datetime:
    """Return when the event last changed: a person's act, or becoming overdue, or the beginning of the term."""
    acts = ledger.acts.get(status.occurrence.key, ())
    moments = [act.at.astimezone(UTC) for act in acts]
    if status.state is State.OVERDUE:
        moments.append(datetime.combine(status.occurrence.legal_due_on + timedelta(days=1), time(), UTC))
    moments.append(datetime.combine(status.occurrence.agreement.since, time(), UTC))
    return max(moments).replace(microsecond=0)


def _title(status: Status, lang: str) -> str:
    occurrence = status.occurrence
    title = f"{occurrence.obligation.title} – {period_label(lang, occurrence.period)}"
    if occurrence.to_confirm:
        title = f"{title} ({text(lang, 'to-confirm')})"
    return f"{text(lang, f'feed.{status.state}')} {title}" if status.state in _MARKED else title


def _description(status: Status, lang: str) -> str:
    occurrence = status.occurrence
    lines = [
        ("fact.period", period_label(lang, occurrence.period)),
        ("fact.nominal", written(lang, occurrence.nominal_due_on)),
        ("fact.legal", written(lang, occurrence.legal_due_on)),
        ("fact.target", written(lang, occurrence.target_on)),
        *([("fact.state", text(lang, f"state.{status.state}"))] if status.state in _MARKED else []),
        ("fact.agreement", occurrence.agreement.title),
        ("fact.source", occurrence.obligation.source),
    ]
    return "\n".join(f"{text(lang, code)}: {value}" for code, value in lines)


def _clean(value: str) -> str:
    return _CONTROL.sub(" ", value)
