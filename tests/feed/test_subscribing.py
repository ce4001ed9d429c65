"""Programs of other people subscribe to the running service: vdirsyncer fetches, khal lists, and both find our days."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.processes import run
from tests.service.offices import NOW, make_office
from tests.service.processes import Service

DUTIES = 12
KEY = "adempimento-01/2026-03-31"
PROGRAMS = Path(sys.executable).parent  # they are installed beside Python
VDIRSYNCER = """
[general]
status_path = "{folder}/status/"
[pair deadlines]
a = "service"
b = "here"
collections = null
conflict_resolution = "a wins"
partial_sync = "ignore"
[storage service]
type = "http"
url = "{address}"
[storage here]
type = "filesystem"
path = "{folder}/calendar/"
fileext = ".ics"
"""
KHAL = """
[calendars]
[[deadlines]]
path = {folder}/calendar/
readonly = True
[locale]
local_timezone = Europe/Rome
default_timezone = Europe/Rome
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
"""


@dataclass(frozen=True)
class Subscriber:
    """Somebody who has subscribed, with a folder for what was fetched."""

    folder: Path

    def subscribe(self, address: str) -> None:
        """Set both programs up for a calendar."""
        (self.folder / "calendar").mkdir(parents=True)
        (self.folder / "vdirsyncer").write_text(VDIRSYNCER.format(folder=self.folder, address=address), "utf-8")
        (self.folder / "khal").write_text(KHAL.format(folder=self.folder), "utf-8")
        self._run("vdirsyncer", "discover")

    def sync(self) -> None:
        """Fetch what has changed."""
        self._run("vdirsyncer", "sync")

    def files(self) -> set[bytes]:
        """Return what was fetched: a file for each event; vdirsyncer names it, and its UID, by its content."""
        return {path.read_bytes() for path in (self.folder / "calendar").glob("*.ics")}

    def listed(self, since: str, days: int) -> list[tuple[str, str]]:
        """Return the day and title of each event that khal lists."""
        lines = self._run(
            *("khal", "list", "--day-format", "", "--format", "{start-date}\t{title}", since, f"{days}d"),
        )
        return sorted((day, title) for day, _, title in (line.partition("\t") for line in lines.splitlines()) if title)

    def _run(self, program: str, *arguments: str) -> str:
        line = [str(PROGRAMS / program), "-c", str(self.folder / program), *arguments]
        variables = {"HOME": str(self.folder), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "Europe/Rome"}
        found = subprocess.run(line, env=variables, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert found.returncode == 0, found.stdout + found.stderr
        return found.stdout


@pytest.fixture
def office(tmp_path: Path) -> Path:
    return make_office(tmp_path / "office", DUTIES)


@pytest.fixture
def service(office: Path) -> Iterator[Service]:
    found = Service(office, now=NOW, lease=60)  # it looks often
    yield found
    found.kill()


def command(office: Path, *arguments: str, now: str = NOW) -> str:
    """Run a command in another process; return what it printed."""
    found = run([*arguments, "--workspace", office, "--now", now])
    assert found.returncode == 0, found.stderr
    return found.stdout


def test_vdirsyncer_and_khal_find_what_list_says_and_only_the_touched_event_changes(
    office: Path, service: Service, tmp_path: Path
) -> None:
    said = service.wait_until_said("feed ")
    token = re.findall(r"^feed (\S+)$", said, re.MULTILINE)[0]
    subscriber = Subscriber(tmp_path / "subscriber")
    subscriber.subscribe(f"http://{service.address}/calendario/{token}.ics")
    subscriber.sync()
    owed = json.loads(command(office, "list", "--from", "2026-01-01", "--to", "2026-12-31", "--json"))
    listed = subscriber.listed("2026-01-01", 365)
    assert len(listed) == DUTIES
    assert [day for day, _ in listed] == sorted(item["legal_due_on"] for item in owed)
    for item in owed:
        assert [day for day, title in listed if item["title"] in title] == [item["legal_due_on"]]

    before = subscriber.files()
    assert len(before) == DUTIES
    subscriber.sync()
    assert subscriber.files() == before
    service.wait_for(lambda: service.said.count("mail sent") >= DUTIES)
    command(office, "submit", KEY, "--on", "2026-03-31", "--protocol", "0001234/2026", now="2026-03-31T09:00")
    service.wait_for(lambda: _changed(subscriber, before))
    after = subscriber.files()
    [gone], [new] = before - after, after - before
    assert b"SUMMARY:Adempimento adempimento-01" in gone.replace(b"\r\n ", b"")
    assert "SUMMARY:✓ trasmesso: Adempimento adempimento-01" in new.decode()
    assert [title for _, title in subscriber.listed("2026-01-01", 365) if "✓ trasmesso" in title] == [
        "✓ trasmesso: Adempimento adempimento-01 – 31 marzo 2026"
    ]


def _changed(subscriber: Subscriber, before: set[bytes]) -> bool:
    subscriber.sync()
    return subscriber.files() != before
