"""The calendar's lines: those of plain icalendar for the same facts, whatever a title holds, and always readable."""

from __future__ import annotations

from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from scheduler.core.feed import Variant
from scheduler.feed.entry import Entry, FeedFacts, clean, uid
from scheduler.feed.ics import ics, read
from scheduler.feed.lines import TAIL, escaped, folded
from tests.feed.arbitrary import HOSTILE, TEXTS, VARIANTS, entries
from tests.feed.plain import plain

FACTS = FeedFacts("Scadenzario «calendario»", "Europe/Rome", "it")
LOSSLESS = TEXTS.filter(lambda text: "\\N" not in clean(text))  # plain icalendar takes these two for a line's end


@given(found=entries(LOSSLESS), variants=VARIANTS)
@settings(max_examples=60, deadline=None)  # a title of 10 000 characters takes the library its time
def test_the_bytes_are_those_of_plain_icalendar(found: list[Entry], variants: frozenset[Variant]) -> None:
    assert ics(found, FACTS, variants) == plain(found, FACTS, variants)


@given(found=entries(), variants=VARIANTS)
def test_no_line_is_long_and_no_character_is_cut(found: list[Entry], variants: frozenset[Variant]) -> None:
    content = ics(found, FACTS, variants)
    *lines, last = content.split(b"\r\n")
    assert last == b""
    for line in lines:
        assert len(line) <= 75
        assert not set(line) & set(b"\r\n\x00")
        line.decode()


@given(found=entries())
def test_a_reader_finds_every_text_as_it_was(found: list[Entry]) -> None:
    read_back = Calendar.from_ical(ics(found, FACTS)).walk("VEVENT")
    assert [str(item["summary"]) for item in read_back] == [item.title for item in found]
    assert [str(item["description"]) for item in read_back] == [item.description for item in found]
    assert [item["dtstart"].dt for item in read_back] == [item.on for item in found]


@given(found=entries(), variants=VARIANTS)
def test_what_is_kept_is_taken_apart_again(found: list[Entry], variants: frozenset[Variant]) -> None:
    content = ics(found, FACTS, variants)
    again = read(content)
    assert again is not None
    calendar, components = again
    assert calendar.content == content
    assert len(components) == len(found) * (2 if Variant.TARGETS in variants else 1)
    assert content.endswith(b"".join([*components, TAIL]))


@pytest.mark.parametrize("content", [b"", b"BEGIN:VCALENDAR\r\n", b"<html>", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\nx"])
def test_bytes_that_are_no_calendar_are_known(content: bytes) -> None:
    assert read(content) is None


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_becomes_one_line(text: str) -> None:
    assert len(clean(text).splitlines()) == 1
    clean(text).encode()


@given(TEXTS)
def test_folding_loses_nothing(text: str) -> None:
    content = escaped(clean(text))
    assert folded(content).replace(b"\r\n ", b"") == content


@given(st.text(max_size=50).map(clean))
def test_an_identity_is_a_uuid_of_the_fifth_kind(name: str) -> None:
    assert uid(name) == f"{uuid5(UUID('8f0a2c1e-6a44-5d0e-9a57-3b1f5f6f2d11'), name)}@scadenzario"
