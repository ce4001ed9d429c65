"""A disk that is full, breaks, or loses its power: when it is well again the same workspace goes on, and once.

The faults are real: `strace` lets a system call of the service's own process fail, or end it at that instant, and a
limit on the size of files stands for a full disk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.offices import make_office
from tests.service.processes import (
    LedgerFile,
    Service,
    assert_nothing_lost_or_repeated,
    assert_plain_words,
    injected,
    outbox,
    strace,
)
from tests.service.waiting import wait_for

REMINDERS, DRAFTS = 2, 1
MAILS = REMINDERS + DRAFTS
LATER = "2026-03-24T10:05"  # every lease and pause is over, and the wait for a lost reply
LEDGER, ENGINE = "var/ledger.sqlite3-wal", "var/engine.sqlite3-wal"

# a system call's failure (strace counts in each thread for itself), in which file ('' for every one), and whether the
# service gets as far as running
FAULTS = {
    "ledger full from the start": ("pwrite64:error=ENOSPC:when=1+", LEDGER, False),
    "ledger full": ("pwrite64:error=ENOSPC:when=110+", LEDGER, True),
    "ledger breaks": ("fdatasync:error=EIO:when=9+", LEDGER, True),
    "engine full from the start": ("pwrite64:error=ENOSPC:when=1+", ENGINE, False),
    "engine full": ("pwrite64:error=ENOSPC:when=150+", ENGINE, True),
    "files break from the start": ("fsync:error=EIO:when=1+", "", False),
    "mails cannot be kept": ("fsync:error=EIO:when=1+", "var/mail/2026-03-24", True),
    "drafts cannot be kept": ("fsync:error=ENOSPC:when=1+", "var/drafts/adempimento-90/2026-03-31", True),
    "outbox breaks": ("fsync:error=EIO:when=1+", "var/outbox/new", True),
}


@pytest.fixture
def office(tmp_path: Path) -> Path:
    return make_office(tmp_path / "office", REMINDERS, DRAFTS)


@pytest.fixture
def trace(tmp_path: Path) -> Iterator[Path]:
    return tmp_path / "strace"


def assert_goes_on(office: Path) -> None:
    """Start the service on a disk that is well, and hold the ledger against the Maildir."""
    ledger = LedgerFile(office)
    again = Service(office, now=LATER)
    again.wait_until_said("Calendario:")
    again.wait_for(lambda: ledger.is_settled(MAILS))
    assert again.stop() == 0
    assert_plain_words(again.said)
    assert ledger.is_whole()
    arrived = outbox(office)
    assert_nothing_lost_or_repeated(ledger, arrived, MAILS)
    assert max(arrived.values()) == 1, "one file for each mail"


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_disk_is_said_and_outlived(office: Path, trace: Path, name: str) -> None:
    inject, file, runs = FAULTS[name]
    paths = [office / file] if file else []
    service = Service(office, before=strace(trace, inject, *paths))
    try:
        wait_for(lambda: injected(trace) or service.process.poll() is not None, lambda: service.said)
        if runs:
            wait_for(lambda: re.search("ERROR|WARNING|failed", service.said), lambda: service.said)
            assert service.stop() == 0
        else:
            assert service.ended() in (3, 5), service.said
            assert "controllare" in service.said
    finally:
        service.kill()
    assert injected(trace)
    assert_plain_words(service.said)
    assert_goes_on(office)


def test_a_limit_that_every_file_meets_is_said_and_outlived(office: Path) -> None:
    service = Service(office, before=["prlimit", "--fsize=20000"])
    assert service.ended() in (3, 5)
    assert "lo spazio sul disco" in service.said
    assert_plain_words(service.said)
    assert_goes_on(office)


def test_a_power_cut_at_any_sync_loses_and_repeats_nothing(tmp_path: Path) -> None:
    """The process is killed as it is about to make something durable, one point after the other."""
    office, trace, cuts = make_office(tmp_path / "office", 4, DRAFTS), tmp_path / "strace", 0
    ledger, total = LedgerFile(office), 4 + DRAFTS
    points = [
        ("fsync", "", 2),
        ("fdatasync", LEDGER, 3),
        ("pwrite64", ENGINE, 60),  # the engine waits for the disk at its checkpoints only
        ("fdatasync", LEDGER, 6),
        ("rename", "", 4),
        ("fdatasync", LEDGER, 9),
    ]
    for step, (call, file, count) in enumerate(points):
        paths = [office / file] if file else []
        before = strace(trace, f"{call}:signal=KILL:when={count}", *paths)
        minutes = step * 16
        service = Service(office, before=before, now=f"2026-03-24T{9 + minutes // 60:02}:{minutes % 60:02}")
        wait_for(lambda: service.process.poll() is not None or ledger.sent() == total, lambda: service.said)  # noqa: B023
        service.kill()
        cuts += "killed by SIGKILL" in trace.read_text("utf-8", "replace")
        assert_plain_words(service.said)
    assert cuts >= 4
    again = Service(office, now="2026-03-24T12:00")
    again.wait_until_said("Calendario:")
    again.wait_for(lambda: ledger.is_settled(total))
    assert again.stop() == 0
    assert ledger.is_whole()
    assert_nothing_lost_or_repeated(ledger, outbox(office), total)
