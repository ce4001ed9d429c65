"""The same calendar as plain icalendar writes it: what ours is held against, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from icalendar import Alarm, Calendar, Event, Todo

from scheduler.core.feed import Variant
from scheduler.core.status import State
from scheduler.core.workdays import DAY
from scheduler.feed.entry import Entry, FeedFacts, clean, uid

STATUS = {State.SUBMITTED: "COMPLETED", State.SUBMITTED_LATE: "COMPLETED", State.WAIVED: "CANCELLED"}


def plain(entries: Iterable[Entry], facts: FeedFacts, variants: frozenset[Variant] = frozenset()) -> bytes:
    """Return the calendar."""
    calendar = Calendar()
    calendar.add("prodid", "-//Scadenzario//IT")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", clean(facts.name))
    calendar.add("x-wr-timezone", clean(facts.zone))
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_todo(entry, variants) if Variant.TASKS in variants else _event(entry, variants))
        if Variant.TARGETS in variants:
            target = _event(entry, frozenset())
            target["summary"], target["uid"] = entry.target_title, uid(f"{entry.key}/target")
            target.DTSTART, target.DTEND = entry.target_on, entry.target_on + DAY
            calendar.add_component(target)
    content: bytes = calendar.to_ical()
    return content


def _event(entry: Entry, variants: frozenset[Variant]) -> Event:
    event = Event()
    event.add("uid", uid(entry.key))
    event.add("dtstart", entry.on)
    event.add("dtend", entry.on + DAY)
    event.add("transp", "TRANSPARENT")
    _fill(event, entry, variants, {})
    return event


def _todo(entry: Entry, variants: frozenset[Variant]) -> Todo:
    todo = Todo()
    todo.add("uid", uid(f"{entry.key}/todo"))
    todo.add("due", entry.on)
    todo.add("status", STATUS.get(entry.state, "NEEDS-ACTION"))
    _fill(todo, entry, variants, {"RELATED": "END"})
    return todo


def _fill(component: Event | Todo, entry: Entry, variants: frozenset[Variant], related: dict[str, str]) -> None:
    component.add("dtstamp", entry.changed_at)
    component.add("sequence", entry.sequence)
    component.add("summary", entry.title)
    component.add("description", entry.description)
    component.add("categories", [entry.family])
    if entry.url:
        component.add("url", entry.url)
    if Variant.ALARMS in variants and entry.state is State.SCHEDULED:
        for before in (timedelta(days=-7, hours=9), timedelta(days=-1, hours=9)):
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", entry.title)
            alarm.add("trigger", before, parameters=related)
            component.add_component(alarm)
