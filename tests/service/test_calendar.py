"""The calendar of the running service: it follows what other processes record, and outlives ledger and disk."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from icalendar import Calendar

from tests.conftest import ROOT
from tests.service.offices import NOW, make_office
from tests.service.processes import SQLITE, Service

DUTIES = 12
KEY = "adempimento-01/2026-03-31"


@pytest.fixture
def office(tmp_path: Path) -> Path:
    return make_office(tmp_path / "office", DUTIES)


class Calendars:
    """A service that looks often, and its calendar's address."""

    def __init__(self, office: Path, now: str = NOW) -> None:
        self.office = office
        self.service = Service(office, now=now, lease=60)
        said = self.service.wait_until_said("feed ")
        self.office_token = re.findall(r"^feed (\S+)$", said, re.MULTILINE)[0]

    def get(self, token: str) -> tuple[int, bytes]:
        """Return what a calendar program gets."""
        address = f"http://{self.service.address}/calendario/{token}.ics"
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, b""

    def events(self, token: str = "") -> dict[str, bytes]:
        """Return the events by UID."""
        status, content = self.get(token or self.office_token)
        assert status == 200
        return {str(item["uid"]): item.to_ical() for item in Calendar.from_ical(content).walk("VEVENT")}

    def components(self) -> dict[str, dict[str, bool]]:
        """Return what the service says of its parts."""
        try:
            with urllib.request.urlopen(f"http://{self.service.address}/readyz", timeout=20) as answer:
                found = json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                found = json.load(error)
        components: dict[str, dict[str, bool]] = found["components"]
        return components

    def changed(self, before: dict[str, bytes]) -> list[str]:
        """Wait for a change; return the UIDs it concerns."""
        self.service.wait_for(lambda: self.events() != before)
        after = self.events()
        return [uid for uid in before | after if before.get(uid) != after.get(uid)]

    def command(self, *arguments: str) -> str:
        """Run a command in another process; return what it printed."""
        line = [sys.executable, "-m", "scheduler", *arguments, "--workspace", str(self.office)]
        return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def calendars(office: Path) -> Iterator[Calendars]:
    found = Calendars(office)
    yield found
    found.service.kill()


def test_it_follows_acts_and_addresses_of_other_processes(calendars: Calendars) -> None:
    before = calendars.events()
    assert len(before) == DUTIES
    calendars.command("waive", KEY, "--reason", "non dovuto", "--now", "2026-03-24T11:00")
    [uid] = calendars.changed(before)
    event = calendars.events()[uid]
    assert b"SUMMARY:annullato: Adempimento adempimento-01" in event
    assert b"SEQUENCE:2\r\n" in event

    told = calendars.command("feed-token", "add", "Capo", "--role", "capo")
    token = re.findall(r"/calendario/(\S+)\.ics", told)[0]
    calendars.service.wait_for(lambda: calendars.get(token)[0] == 200)
    assert calendars.events(token) == calendars.events()
    calendars.command("feed-token", "revoke", "1")
    calendars.service.wait_for(lambda: not calendars.events(token))
    assert Calendar.from_ical(calendars.get(token)[1]).subcomponents == []

    told = calendars.command("feed-token", "revoke", "0")
    anew = re.findall(r"/calendario/(\S+)\.ics", told)[0]
    calendars.service.wait_for(lambda: calendars.get(anew)[0] == 200 and not calendars.events())
    assert len(calendars.events(anew)) == DUTIES
    assert calendars.get("altro")[0] == 404
    assert calendars.service.stop() == 0
    said = calendars.service.said.replace(f"feed {calendars.office_token}", "")
    assert not any(secret in said for secret in (token, anew, calendars.office_token))
    kept = b"".join(path.read_bytes() for path in (calendars.office / SQLITE).parent.glob("ledger.sqlite3*"))
    assert not any(secret.encode() in kept for secret in (token, anew, calendars.office_token))


def test_a_changed_title_raises_the_sequence_of_its_event_alone(calendars: Calendars) -> None:
    before = calendars.events()
    path = calendars.office / "deadlines.yaml"
    path.write_text(path.read_text("utf-8").replace("title: Adempimento adempimento-02", "title: Relazione"), "utf-8")
    [uid] = calendars.changed(before)
    event = calendars.events()[uid]
    assert b"SUMMARY:Relazione" in event
    assert b"SEQUENCE:1\r\n" in event
    assert b"DTSTAMP:20260324T08" in event, "the instant at which it was noticed"


def test_without_its_ledger_the_last_good_calendar_goes_out(calendars: Calendars) -> None:
    before = calendars.get(calendars.office_token)
    for name in (SQLITE, f"{SQLITE}-wal"):
        (calendars.office / name).write_bytes(b"not a database at all" * 5000)
    calendars.service.wait_for(lambda: not calendars.components()["ledger"]["ok"])
    assert calendars.get(calendars.office_token) == before


def test_on_a_full_disk_the_last_good_calendar_goes_out_and_later_the_new_one(calendars: Calendars) -> None:
    before, events = calendars.get(calendars.office_token), calendars.events()
    calendars.service.wait_for(lambda: calendars.service.said.count("mail sent") == DUTIES)
    calendars.command("waive", KEY, "--reason", "non dovuto", "--now", "2026-03-24T11:00")
    calendars.changed(events)
    after = calendars.get(calendars.office_token)
    limits, room = resource.prlimit(calendars.service.process.pid, resource.RLIMIT_FSIZE), 1500
    full = calendars.service.log.stat().st_size + room  # what it says must still find a place
    assert full < len(after[1])
    resource.prlimit(calendars.service.process.pid, resource.RLIMIT_FSIZE, (full, limits[1]))
    calendars.command("waive", "adempimento-02/2026-03-31", "--reason", "non dovuto", "--now", "2026-03-24T12:00")
    calendars.service.wait_until_said("calendar not published")
    assert calendars.get(calendars.office_token) == after != before
    resource.prlimit(calendars.service.process.pid, resource.RLIMIT_FSIZE, limits)
    calendars.service.wait_for(lambda: calendars.get(calendars.office_token) != after)
    assert b"SUMMARY:annullato: Adempimento adempimento-02" in calendars.get(calendars.office_token)[1]
