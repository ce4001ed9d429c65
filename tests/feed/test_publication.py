"""What is published: checked, kept, the same bytes for the same facts, and never lost to a fault or a new start."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from icalendar import Calendar

from scheduler.core.feed import Reach, Scope, Subscription, Variant, token_sha256
from scheduler.core.obligation import Register
from scheduler.deadlines import read_register
from scheduler.errors import SourceError
from scheduler.feed.check import UnsoundError, check
from scheduler.feed.entry import Entry, FeedFacts
from scheduler.feed.lines import components
from scheduler.feed.publication import Publication
from scheduler.service.workspace import Workspace
from tests.conftest import ROOT
from tests.feed.test_readers import AT
from tests.feed.test_readers import entry as hostile

FACTS = FeedFacts("Scadenzario", "Europe/Rome", "it")
OFFICE = Subscription(token_sha256("office"))


@pytest.fixture(scope="module")
def register() -> Register:
    return read_register(ROOT / "deadlines.yaml")


@pytest.fixture
def entries(register: Register) -> dict[str, Entry]:
    made = [replace(hostile(n, item.title), key=f"{item.id}/2026") for n, item in enumerate(register.obligations)]
    return {item.key: item for item in sorted(made, key=lambda item: item.key)}


class Office:
    """A publication over a folder, and what it gives by token."""

    def __init__(self, folder: Path, register: Register) -> None:
        self.publication = Publication(Workspace(folder))
        self.register = register

    def published(self, entries: dict[str, Entry], tokens: Sequence[Subscription] = (OFFICE,)) -> dict[str, bytes]:
        made = self.publication.publish(entries, self.register.obligations, tokens, FACTS)
        return {sha256: item.content for sha256, item in made.items()}

    def loaded(self) -> dict[str, bytes]:
        return {sha256: item.content for sha256, item in self.publication.load().items()}


@pytest.fixture
def office(tmp_path: Path, register: Register) -> Office:
    return Office(tmp_path, register)


def events(content: bytes) -> dict[str, bytes]:
    return {str(item["uid"]): item.to_ical() for item in Calendar.from_ical(content).subcomponents}


def files(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (folder / "var/feed").iterdir()}


def test_each_token_gets_what_is_its_own(office: Office, entries: dict[str, Entry], register: Register) -> None:
    duty = next(item for item in register.obligations if item.supplier)
    address = duty.owner.addresses[0].upper()
    scopes = [Scope(Reach.FAMILY, duty.family), Scope(Reach.ROLE, duty.owner.id), Scope(Reach.PERSON, address)]
    tokens = [OFFICE, *(Subscription(str(number), scope) for number, scope in enumerate(scopes))]
    found = office.published(entries, tokens)
    assert len(events(found[OFFICE.sha256])) == len(entries)
    family = {str(item["categories"].to_ical(), "utf-8") for item in Calendar.from_ical(found["0"]).walk("VEVENT")}
    assert len(events(found["0"])) == sum(item.family == duty.family for item in register.obligations)
    assert family == {"costi\\, ecc."}
    assert 0 < len(events(found["1"])) < len(entries)
    assert set(events(found["1"])) <= set(events(found["2"])), "a person has what each of the desks has"
    assert address.encode() not in b"".join(found.values())


def test_variants_have_more(office: Office, entries: dict[str, Entry]) -> None:
    tokens = [Subscription(name, variants=frozenset({Variant(name)})) for name in ("targets", "alarms", "todo")]
    found = office.published(entries, tokens)
    assert len(events(found["targets"])) == 2 * len(entries)
    assert found["alarms"].count(b"BEGIN:VALARM") == 2 * sum(item.state == "scheduled" for item in entries.values())
    assert found["todo"].count(b"BEGIN:VTODO") == len(entries)


def test_who_was_revoked_gets_an_empty_calendar(office: Office, entries: dict[str, Entry]) -> None:
    content = office.published(entries, [OFFICE, Subscription("gone", revoked_at=AT)])["gone"]
    assert Calendar.from_ical(content).subcomponents == []
    assert b"X-WR-CALNAME:Scadenzario \xe2\x80\x93 revocato" in content


def test_only_the_touched_event_changes_and_nothing_is_written_twice(
    office: Office, entries: dict[str, Entry], tmp_path: Path
) -> None:
    [before] = office.published(entries).values()
    written = files(tmp_path)
    assert list(office.published(entries).values()) == [before]
    assert files(tmp_path) == written
    key = list(entries)[3]
    changed = {**entries, key: replace(entries[key], title="Un altro titolo", sequence=99)}
    [after] = office.published(changed).values()
    assert [uid for uid, event in events(after).items() if events(before)[uid] != event] == [list(events(before))[3]]
    assert len(after.split(b"\r\n")) == pytest.approx(len(before.split(b"\r\n")), abs=3)


def test_another_node_makes_the_same_bytes(office: Office, entries: dict[str, Entry], tmp_path: Path) -> None:
    mine = office.published(entries)
    written = {path.name: path.read_bytes() for path in (tmp_path / "var/feed").iterdir()}
    other = Office(tmp_path, office.register)
    assert other.published({key: replace(item) for key, item in entries.items()}) == mine
    assert {path.name: path.read_bytes() for path in (tmp_path / "var/feed").iterdir()} == written


def test_a_new_process_has_the_last_good_bytes(office: Office, entries: dict[str, Entry], tmp_path: Path) -> None:
    tokens = [OFFICE, Subscription("gone", revoked_at=AT), Subscription("f", Scope(Reach.FAMILY, "servizi"))]
    before = office.published(entries, tokens)
    fingerprints = {sha256: item.sha256 for sha256, item in office.publication.load().items()}
    again = Office(tmp_path, office.register)
    assert again.loaded() == before
    assert {sha256: item.sha256 for sha256, item in again.publication.load().items()} == fingerprints, "the same ETag"
    written = files(tmp_path)
    assert again.published(entries, tokens) == before
    assert files(tmp_path) == written


@pytest.mark.parametrize("junk", [b"", b"{", b"[]", b'{"a": 1}', b"\xff"])
def test_what_is_no_calendar_is_left_out(
    office: Office, entries: dict[str, Entry], tmp_path: Path, junk: bytes
) -> None:
    before = office.published(entries)
    (tmp_path / "var/feed/index.json").write_bytes(junk)
    again = Office(tmp_path, office.register)
    assert again.loaded() == {}
    assert again.published(entries) == before
    [calendar] = (tmp_path / "var/feed").glob("*.ics")
    calendar.write_bytes(junk)
    assert Office(tmp_path, office.register).loaded() == {}


def test_a_write_that_fails_changes_nothing_and_is_made_up_for(
    office: Office, entries: dict[str, Entry], tmp_path: Path
) -> None:
    before = office.published(entries)
    folder = tmp_path / "var/feed"
    shutil.move(folder, tmp_path / "kept")
    folder.write_bytes(b"a file where the folder was")
    key = next(iter(entries))
    changed = {**entries, key: replace(entries[key], title="Un altro titolo")}
    with pytest.raises(SourceError):
        office.published(changed)
    folder.unlink()
    shutil.move(tmp_path / "kept", folder)
    assert Office(tmp_path, office.register).loaded() == before
    after = office.published(changed)
    assert after != before
    assert Office(tmp_path, office.register).loaded() == after


def test_an_event_that_no_reader_reads_is_refused(entries: dict[str, Entry]) -> None:
    entry = next(iter(entries.values()))
    [(name, content)] = components(entry, frozenset())
    check([(name, content)], FACTS)
    cut, no_day = content.replace(b"END:VEVENT\r\n", b""), content.replace(b"DATE:2026", b"DATE:abcd")
    for broken in (cut, no_day, content + content, content.replace(b"UID:", b"UIX:"), content.replace(b":", b" ")):
        with pytest.raises(UnsoundError):
            check([(name, broken)], FACTS)
