"""Several durable engines on one PostgreSQL: the limits hold over all of them, and a dead one blocks nobody."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.service.engine_process import Note, notes
from tests.service.waiting import wait_for

MAILS = [f"<{number}@ente.example>" for number in range(9)]


class Engines:
    """Processes with an engine each, on one database."""

    def __init__(self, url: str, file: Path) -> None:
        self.url = url
        self.file = file
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, **orders: Any) -> subprocess.Popen[bytes]:
        node = f"node-{len(self.processes) + 1}"
        told = {"url": self.url, "node": node, "notes": str(self.file), **orders}
        command = [sys.executable, "-m", "tests.service.engine_process", json.dumps(told)]
        log = self.file.with_suffix(f".{node}.log").open("wb")
        with log:
            process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def wait_for(self, count: int, what: str) -> list[Note]:
        """Wait until so many notes of a kind are there; return them."""

        def found() -> list[Note]:
            known = [note for note in notes(self.file) if note.what == what]
            return known if len(known) >= count else []

        return wait_for(found, self.logs)

    def logs(self) -> str:
        return "\n".join(path.read_text("utf-8") for path in self.file.parent.glob("*.log"))

    def stop(self) -> None:
        for process in self.processes:
            process.communicate(timeout=30)


@pytest.fixture
def engines(postgresql_url: str, tmp_path: Path) -> Iterator[Engines]:
    engines = Engines(postgresql_url, tmp_path / "notes")
    yield engines
    engines.stop()


@pytest.fixture(params=["sqlite-1", "postgresql-1", "postgresql-2"])
def limited(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Engines, int]]:
    """One node on each database, and two on PostgreSQL."""
    kind, _, count = request.param.partition("-")
    url = f"sqlite:///{tmp_path}/engine.sqlite3" if kind == "sqlite" else request.getfixturevalue("postgresql_url")
    engines = Engines(url, tmp_path / "notes")
    yield engines, int(count)
    engines.stop()


def most_in(period: float, starts: list[float]) -> int:
    return max(sum(start <= other < start + period for other in starts) for start in starts)


def test_the_rate_limit_holds_over_all_nodes(limited: tuple[Engines, int]) -> None:
    engines, count = limited
    period, most, sent = 2.0, 3, MAILS[:7]
    orders = {"mails_per_minute": most, "period_seconds": period}
    engines.start(**orders, submit=sent)
    for _ in range(count - 1):
        engines.start(**orders)
    begun = engines.wait_for(len(sent), "begin")
    assert sorted(note.key for note in begun) == sorted(sent), "each once"
    # a claim is stamped a little before its errand begins, and on SQLite in whole seconds
    slack = 1.3 if engines.url.startswith("sqlite") else 0.3
    assert most_in(period - slack, sorted(note.at for note in begun)) <= most


def most_at_once(found: list[Note]) -> int:
    running = most = 0
    for note in found:
        running += {"begin": 1, "end": -1}.get(note.what, 0)
        most = max(most, running)
    return most


@pytest.mark.parametrize(("connections", "expected"), [(1, 1), (2, 2)])
def test_the_number_of_connections_holds_over_two_nodes(engines: Engines, connections: int, expected: int) -> None:
    engines.start(mail_connections=connections, hold_seconds=0.3, submit=MAILS[:6])
    engines.start(mail_connections=connections, hold_seconds=0.3)
    engines.wait_for(6, "end")
    found = notes(engines.file)
    assert sorted(note.key for note in found if note.what == "begin") == sorted(MAILS[:6])
    assert most_at_once(found) == expected


@pytest.mark.parametrize("how", ["next generation", "called off"])
def test_a_dead_node_does_not_block_the_others(engines: Engines, how: str) -> None:
    """It held the only connection; perhaps its mail is done in the ledger, and no next generation will ever come."""
    dead = engines.start(mail_connections=1, hold_seconds=60, submit=MAILS[:3])
    engines.wait_for(1, "begin")
    dead.kill()
    dead.wait()
    again: dict[str, Callable[[], dict[str, Any]]] = {
        "next generation": lambda: {"submit": [MAILS[0]], "generation": 2},
        "called off": lambda: {"dead_after": 1.0},
    }
    engines.start(mail_connections=1, **again[how]())
    engines.wait_for(2, "end")
    ended = [note.key for note in notes(engines.file) if note.what == "end"]
    assert ended[:2] == MAILS[1:3]
