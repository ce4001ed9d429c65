"""The calendar: bytes as expected, the same while nothing changes, and only the touched event differs when one does."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar

from scheduler.core.feed import Variant
from scheduler.core.ledger import Act, ActKind, Ledger
from scheduler.core.obligation import Register
from scheduler.core.occurrence import Occurrence, all_occurrences
from scheduler.core.plan import in_force
from scheduler.core.status import status
from scheduler.deadlines import read_register
from scheduler.feed.entry import Entry, FeedFacts, Wording
from scheduler.feed.ics import ics
from tests.conftest import ROOT

GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2027, 2, 25, 8, tzinfo=UTC)
KEYS = ("costi-personale-annuale/2026", "dati-servizi-semestrale/2026-H2", "fine-convenzione/2026-12-31")
FACTS = FeedFacts("Scadenzario", "Europe/Rome", "it")


@pytest.fixture(scope="module")
def register() -> Register:
    return read_register(ROOT / "deadlines.yaml")


@pytest.fixture(scope="module")
def three(register: Register) -> list[Occurrence]:
    every = all_occurrences(register.obligations, register.workdays)
    return [item for item in every if item.key in KEYS]


def entries(register: Register, occurrences: list[Occurrence], ledger: Ledger, now: datetime = NOW) -> list[Entry]:
    items, wording = in_force(occurrences, register.workdays, ledger), Wording(FACTS)
    statuses = [status(item, register.workdays, ledger, now) for item in items]
    return [wording.entry(item, ledger.acts.get(item.occurrence.key, ())) for item in statuses]


def feed(register: Register, occurrences: list[Occurrence], ledger: Ledger, now: datetime = NOW) -> bytes:
    return ics(entries(register, occurrences, ledger, now), FACTS)


def acts(*found: Act) -> Ledger:
    by_key: dict[str, tuple[Act, ...]] = {}
    for act in found:
        by_key[act.occurrence_key] = (*by_key.get(act.occurrence_key, ()), act)
    return Ledger(acts=by_key)


def events(content: bytes) -> dict[str, bytes]:
    return {str(item["uid"]): item.to_ical() for item in Calendar.from_ical(content).walk("VEVENT")}


SUBMITTED = Act(ActKind.SUBMISSION, KEYS[1], NOW - timedelta(days=30), "anna", date(2027, 1, 25), "0015384")


@pytest.mark.parametrize("variants", [(), (Variant.TARGETS, Variant.ALARMS), (Variant.TASKS, Variant.ALARMS)])
def test_the_bytes_are_the_golden_ones(
    register: Register, three: list[Occurrence], variants: tuple[Variant, ...]
) -> None:
    content = ics(entries(register, three, acts(SUBMITTED)), FACTS, frozenset(variants))
    golden = GOLDEN / f"{'-'.join(['three', *variants])}.ics"
    if os.environ.get("SCADENZARIO_WRITE_GOLDEN"):
        golden.write_bytes(content)
    assert content == golden.read_bytes()


def test_nothing_about_people_is_in_it(register: Register, three: list[Occurrence]) -> None:
    content = feed(register, three, acts(SUBMITTED))
    assert b"anna" not in content
    assert b"@cmm.example" not in content


def test_time_alone_changes_nothing_but_what_becomes_late(register: Register, three: list[Occurrence]) -> None:
    before, hours = feed(register, three, Ledger()), feed(register, three, Ledger(), NOW + timedelta(hours=9))
    assert before == hours
    late = feed(register, three, Ledger(), datetime(2027, 3, 2, 8, tzinfo=UTC))
    changed = {uid for uid, event in events(late).items() if events(before)[uid] != event}
    assert len(changed) == 1
    assert b"IN RITARDO: Report annuale" in late.replace(b"\r\n ", b"")


def test_an_act_changes_its_own_event_and_raises_its_sequence(register: Register, three: list[Occurrence]) -> None:
    before = events(feed(register, three, Ledger()))
    extension = Act(ActKind.EXTENSION, KEYS[0], NOW, "anna", date(2027, 3, 15), reason="nota")
    after = events(feed(register, three, acts(extension)))
    assert before.keys() == after.keys(), "a UID is for ever"
    [uid] = [uid for uid in before if before[uid] != after[uid]]
    assert b"SEQUENCE:0" in before[uid]
    assert b"SEQUENCE:2" in after[uid]
    assert b"DTSTART;VALUE=DATE:20270315" in after[uid]
    assert b"DTSTAMP:20270225T080000Z" in after[uid]


def test_an_act_that_ends_a_delay_raises_the_sequence_too(register: Register, three: list[Occurrence]) -> None:
    later = datetime(2027, 3, 5, 8, tzinfo=UTC)
    filed = Act(ActKind.SUBMISSION, KEYS[0], later, "anna", date(2027, 3, 5))
    [before] = [item for item in entries(register, three, Ledger(), later) if item.key == KEYS[0]]
    [after] = [item for item in entries(register, three, acts(filed), later) if item.key == KEYS[0]]
    assert (before.sequence, after.sequence) == (1, 2)


def test_no_alarms_no_method_no_zones(register: Register, three: list[Occurrence]) -> None:
    content = feed(register, three, Ledger())
    for word in (b"METHOD", b"VALARM", b"VTIMEZONE"):
        assert word not in content
    assert all(line.endswith(b"\r") and len(line) <= 76 for line in content.split(b"\n")[:-1])
