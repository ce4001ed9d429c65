"""The lines of the calendar as RFC 5545 has them: escaped, folded at 75 octets, ended by CRLF."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache

from scheduler.core.feed import Variant
from scheduler.core.status import State
from scheduler.core.workdays import DAY
from scheduler.feed.entry import Entry, FeedFacts, clean, uid

TAIL = b"END:VCALENDAR\r\n"
_FITS = 74  # octets of a line; a continuation has a space before them
_BOUND = b"\\^"  # belongs to what follows it, so some readers want it on the same line
_ALARMS = ("-P6DT15H", "-PT15H")  # nine in the morning, a week and a day before
_TODO = {State.SUBMITTED: "COMPLETED", State.SUBMITTED_LATE: "COMPLETED", State.WAIVED: "CANCELLED"}


def head(facts: FeedFacts) -> bytes:
    """Return the calendar's beginning."""
    lines = (
        b"BEGIN:VCALENDAR",
        b"VERSION:2.0",
        b"PRODID:-//Scadenzario//IT",
        b"X-WR-CALNAME:" + escaped(clean(facts.name)),
        b"REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        b"X-WR-TIMEZONE:" + escaped(clean(facts.zone)),
    )
    return b"".join([b"%b\r\n" % folded(line) for line in lines])


def components(entry: Entry, variants: frozenset[Variant]) -> list[tuple[str, bytes]]:
    """Return the events or tasks of one occurrence, each with its UID."""
    alarms = _alarms(entry) if Variant.ALARMS in variants and entry.state is State.SCHEDULED else b""
    if Variant.TASKS in variants:
        name = uid(f"{entry.key}/todo")
        found = [(name, _todo(entry, name, alarms))]
    else:
        name = uid(entry.key)
        found = [(name, _event(entry, name, entry.on, entry.title, alarms))]
    if Variant.TARGETS in variants:
        name = uid(f"{entry.key}/target")
        found.append((name, _event(entry, name, entry.target_on, entry.target_title)))
    return found


def _event(entry: Entry, name: str, on: date, title: str, alarms: bytes = b"") -> bytes:
    facts = f"{_days(on)}{_stamp(entry.changed_at)}UID:{name}\r\nSEQUENCE:{entry.sequence}\r\n"
    return b"".join(
        (
            b"BEGIN:VEVENT\r\n",
            folded(b"SUMMARY:" + escaped(title)),
            facts.encode("ascii"),
            _what(entry),
            b"\r\nTRANSP:TRANSPARENT\r\n",
            _url(entry),
            alarms,
            b"END:VEVENT\r\n",
        )
    )


def _todo(entry: Entry, name: str, alarms: bytes) -> bytes:
    facts = (
        f"\r\n{_stamp(entry.changed_at)}DUE;VALUE=DATE:{entry.on:%Y%m%d}\r\n"
        f"SEQUENCE:{entry.sequence}\r\nSTATUS:{_TODO.get(entry.state, 'NEEDS-ACTION')}\r\n"
    )
    return b"".join(
        (
            b"BEGIN:VTODO\r\n",
            _what(entry),
            facts.encode("ascii"),
            folded(b"SUMMARY:" + escaped(entry.title)),
            f"\r\nUID:{name}\r\n".encode("ascii"),
            _url(entry),
            alarms.replace(b"TRIGGER:", b"TRIGGER;RELATED=END:"),  # a task has no beginning to count from
            b"END:VTODO\r\n",
        )
    )


@lru_cache(maxsize=2048)
def _days(on: date) -> str:
    return f"\r\nDTSTART;VALUE=DATE:{on:%Y%m%d}\r\nDTEND;VALUE=DATE:{on + DAY:%Y%m%d}\r\n"


@lru_cache(maxsize=2048)
def _stamp(at: datetime) -> str:
    return f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}\r\n"


def _what(entry: Entry) -> bytes:
    family, description = b"CATEGORIES:" + escaped(entry.family), b"DESCRIPTION:" + escaped(entry.description)
    return b"%b\r\n%b" % (folded(family), folded(description))


def _url(entry: Entry) -> bytes:
    return folded(f"URL:{entry.url}".encode()) + b"\r\n" if entry.url else b""


def _alarms(entry: Entry) -> bytes:
    said = folded(b"DESCRIPTION:" + escaped(entry.title))
    begin, end = b"BEGIN:VALARM\r\nACTION:DISPLAY\r\n%b\r\nTRIGGER:" % said, b"\r\nEND:VALARM\r\n"
    return b"".join([begin + trigger.encode("ascii") + end for trigger in _ALARMS])


def escaped(value: str) -> bytes:
    """Return a text as it stands in a line."""
    content = value.encode()
    if b"\\" in content:
        content = content.replace(b"\\", b"\\\\")
    return content.replace(b";", b"\\;").replace(b",", b"\\,").replace(b"\n", b"\\n")


def folded(content: bytes) -> bytes:
    """Return a line without its end, as several where it is long; no character is cut in two."""
    if len(content) <= _FITS:
        return content
    parts, start, last = [], 0, len(content) - _FITS
    while start < last:
        end = start + _FITS
        while content[end] & 0xC0 == 0x80:  # within a character
            end -= 1
        if content[end - 1] in _BOUND:
            end -= 1
        parts.append(content[start:end])
        start = end
    parts.append(content[start:])
    return b"\r\n ".join(parts)
