"""The running service: a real process on a real port that sweeps at once, answers, and stops when it is told to."""

from __future__ import annotations

import os
import re
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from icalendar import Calendar

from tests.processes import Forked, run

PATIENCE = 60.0  # seconds; only how long a test waits before it gives up


class Running:
    """A `scadenzario run` process and its address."""

    def __init__(self, workspace: Path, *options: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{probe.getsockname()[1]}"
        self.log = workspace.parent / "run.log"
        self.log.write_bytes(b"")
        command = ["run", "--workspace", str(workspace), *options]
        self.process = Forked(command, {"SCADENZARIO_LISTEN": self.address}, self.log)

    def get(self, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes, dict[str, str]]:
        request = urllib.request.Request(f"http://{self.address}{path}", method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310  (our own process)
                return answer.status, answer.read(), dict(answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(), dict(error.headers)

    def wait_until_swept(self) -> str:
        """Wait until the last errand of the first day has been carried; return what was said."""
        return self.wait_until("mail sent action=potenziamento-personale/2024-H2/reminder-7d")

    def wait_until(self, word: str) -> str:
        """Wait until a word has been printed; return what was said."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            said = self.log.read_text("utf-8")
            if word in said:
                return said
            assert self.process.poll() is None, said
            os.sched_yield()
        raise AssertionError(self.log.read_text("utf-8"))

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@pytest.fixture
def running(workspace: Path) -> Iterator[Running]:
    service = Running(workspace, "--now", "2025-02-10T09:00")
    yield service
    service.stop(signal.SIGKILL)


def test_drafts_and_reminders_are_in_the_outbox_and_the_console_says_where(running: Running, workspace: Path) -> None:
    said = running.wait_until_swept()
    assert f"http://{running.address}/" in said
    assert str(workspace / "var/outbox") in said
    assert "OROLOGIO FINTO" not in said
    outbox = list((workspace / "var/outbox/new").iterdir())
    assert len(outbox) >= 5
    assert list((workspace / "var/drafts").rglob("*.docx"))


def test_page_feed_and_health(running: Running, workspace: Path) -> None:
    said = running.wait_until_swept()
    found = re.search(r"/calendario/\S+\.ics", said)
    assert found
    status, content, headers = running.get(found[0])
    assert (status, headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert len(Calendar.from_ical(content).walk("VEVENT")) > 50
    assert running.get(found[0], **{"If-None-Match": headers["etag"]})[0] == 304
    head = running.get(found[0], "HEAD")
    assert (head[0], head[1], head[2]["etag"]) == (200, b"", headers["etag"])
    assert running.get("/calendario/unknown.ics")[0] == 404
    assert running.get("/healthz")[:2] == (200, b"ok\n")
    status, content, headers = running.get("/")
    assert status == 200
    assert "Report annuale dei costi sostenuti per il personale" in content.decode()
    assert "default-src 'none'" in headers["content-security-policy"]
    assert running.get("/", "POST")[0] == 403  # not from a form of ours
    assert found[0].rsplit("/", 1)[1] not in running.log.read_text("utf-8").split("INFO", 1)[1]


def test_a_second_instance_is_told_off_and_the_first_goes_on(running: Running, workspace: Path) -> None:
    running.wait_until_swept()
    second = Running(workspace)
    assert second.process.wait(PATIENCE) == 7
    assert "lavora già su questa cartella" in second.log.read_text("utf-8")
    assert running.get("/healthz")[0] == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told(running: Running, number: signal.Signals) -> None:
    running.wait_until_swept()
    assert running.stop(number) == 0
    assert "Fermato." in running.log.read_text("utf-8")


def test_a_kill_and_a_restart_send_nothing_twice(workspace: Path) -> None:
    first = Running(workspace, "--now", "2025-02-10T09:00")
    first.wait_until_swept()
    first.stop(signal.SIGKILL)
    sent = sorted(path.name for path in (workspace / "var/outbox/new").iterdir())
    second = Running(workspace, "--now", "2025-02-10T09:05")
    second.wait_until("Calendario:")
    assert second.get("/")[0] == 200
    assert second.stop() == 0
    assert sorted(path.name for path in (workspace / "var/outbox/new").iterdir()) == sent


def test_the_sample_runs_on_a_false_clock_only_outside_the_term(workspace: Path) -> None:
    service = Running(workspace, "--now", "2031-05-05T10:00", "--now-outside-term", "2025-02-10T09:00")
    said = service.wait_until_swept()
    assert service.stop() == 0
    assert "OROLOGIO FINTO" in said
    assert "10/02/2025 09:00" in said

    assert run(["sweep", "--workspace", workspace, "--now", "2025-02-14T09:00"]).returncode == 0
    again = Running(workspace, "--now", "2031-05-05T10:00", "--now-outside-term", "2025-02-10T09:00")
    again.wait_until("Calendario:")
    assert again.stop() == 0
    said = again.log.read_text("utf-8")
    assert "14/02/2025 09:00" in said, "it goes on where it was"
    assert "sweep held" not in said


def test_an_address_in_use_is_said_and_nothing_is_sent(workspace: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        listen = f"127.0.0.1:{other.getsockname()[1]}"
        result = run(["run", "--workspace", workspace], {"SCADENZARIO_LISTEN": listen})
    assert result.returncode == 3
    assert f"l'indirizzo {listen} non si può usare" in result.stderr
    assert not (workspace / "var/outbox").exists()
