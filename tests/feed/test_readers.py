"""What other programs read in a calendar: icalendar, Thunderbird's ical.js and Home Assistant's ical find the same."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

from scheduler.core.feed import Variant
from scheduler.core.status import State
from scheduler.feed.entry import Entry, FeedFacts, clean, uid
from scheduler.feed.ics import ics
from tests.conftest import missing
from tests.feed.arbitrary import HOSTILE

JAVASCRIPT = Path(__file__).parent / "javascript"
FACTS = FeedFacts("Scadenzario", "Europe/Rome", "it")
AT = datetime(2026, 2, 27, 9, 30, 15, tzinfo=UTC)

Found = tuple[str, str, str, str, int, datetime]  # UID, title, description, day, sequence, last change


def entry(number: int, title: str) -> Entry:
    title = clean(f"{title} – {number}")
    description = f"Periodo: {title}\nTermine di legge: 28/02/2026"
    days = (date(2026, 2, 28), date(2026, 2, 26))
    state = (State.SCHEDULED, State.OVERDUE, State.WAIVED)[number % 3]
    url = "https://scadenze.ente.example/#a/2026"
    return Entry(f"a-{number}/2026", *days, title, title, description, "costi, ecc.", state, url, number, AT)


ENTRIES = [entry(number, title) for number, title in enumerate(HOSTILE)]


def by_icalendar(content: bytes) -> list[Found]:
    return [
        (
            str(item["uid"]),
            str(item["summary"]),
            str(item["description"]),
            item.get("dtstart", item.get("due")).dt.isoformat(),
            item["sequence"],
            item["dtstamp"].dt,
        )
        for item in Calendar.from_ical(content).subcomponents
    ]


def by_home_assistant(content: bytes) -> list[Found]:
    calendar = IcsCalendarStream.calendar_from_ics(content.decode())
    return [
        (
            item.uid or "",
            item.summary or "",
            item.description or "",
            str(item.dtstart or item.due),
            item.sequence or 0,
            item.dtstamp.replace(tzinfo=UTC),
        )
        for item in [*calendar.events, *calendar.todos]
    ]


def by_thunderbird(content: bytes) -> list[Found]:
    node = shutil.which("node")
    if node is None or not (JAVASCRIPT / "node_modules").exists():
        missing("ical.js")
    read = subprocess.run([str(node), "read.js"], cwd=JAVASCRIPT, input=content, capture_output=True, check=True)
    return [
        (
            item["uid"],
            item["title"],
            item["description"],
            item["on"],
            item["sequence"],
            datetime.fromisoformat(item["changed_at"]),
        )
        for item in json.loads(read.stdout)
    ]


@pytest.mark.parametrize("reader", [by_icalendar, by_home_assistant, by_thunderbird])
@pytest.mark.parametrize("variants", [frozenset(), frozenset({Variant.ALARMS}), frozenset({Variant.TASKS})])
def test_every_reader_finds_what_was_written(
    reader: Callable[[bytes], list[Found]], variants: frozenset[Variant]
) -> None:
    suffix = "/todo" if Variant.TASKS in variants else ""
    assert reader(ics(ENTRIES, FACTS, variants)) == [
        (uid(f"{item.key}{suffix}"), item.title, item.description, "2026-02-28", item.sequence, AT) for item in ENTRIES
    ]


@pytest.mark.parametrize("reader", [by_icalendar, by_home_assistant, by_thunderbird])
def test_a_calendar_without_events_is_one_too(reader: Callable[[bytes], list[Found]]) -> None:
    assert reader(ics([], FACTS)) == []
