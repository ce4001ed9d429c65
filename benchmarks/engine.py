"""Small actions each second through the durable engine, on SQLite and on PostgreSQL with several nodes; and its idling.

Each action is handed out as a sweep does it, claimed and recorded in the ledger; no documents, no mail. The in-line
engine does the same on the same ledger, one after the other, and is what the figures are held against.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE

from benchmarks.service import processor
from tests.postgresql import PostgreSQL, installed, new_database

ROOT = Path(__file__).resolve().parents[1]
ACTIONS, ROUNDS = 300, 3
IDLE = 20.0  # seconds


@dataclass(frozen=True)
class Way:
    """One arrangement to measure."""

    name: str
    ledger: str
    engine: str  # '' for the in-line one
    nodes: int = 1


def measure() -> None:
    """Print the actions each second of each arrangement, as a part of the in-line engine's on the same ledger."""
    with tempfile.TemporaryDirectory() as folder:
        file = f"sqlite:///{folder}/ledger.sqlite3"
        show([Way("SQLite, in line", file, ""), Way("SQLite, 1 process", file, f"sqlite:///{folder}/engine.sqlite3")])
    binaries = installed()
    if binaries is None:
        print("  PostgreSQL is not installed here: nothing is measured on it")
        return
    server = PostgreSQL(binaries)  # as it is by default: it syncs to the disk
    try:
        url = new_database(server.url)
        many = [Way(f"PostgreSQL, {count} process{'es' * (count > 1)}", url, url, count) for count in (1, 2, 4)]
        show([Way("PostgreSQL, in line", url, ""), *many])
    finally:
        server.stop()


def show(ways: list[Way]) -> None:
    """Print what each way does; the first one is what the others are held against."""
    first = 0.0
    for way in ways:
        with running(way) as nodes:
            rate = statistics.median(ACTIONS / ask(nodes[0], ACTIONS) for _ in range(ROUNDS))
            first = first or rate
            idle = f"   idle {idle_seconds(nodes[0]):5.2f} s of processor a minute" if way.engine else ""
            print(f"  {way.name:<24} {rate:8.1f} actions/s   {rate / first:5.2f} x in line{idle}", flush=True)


@contextmanager
def running(way: Way) -> Iterator[list[subprocess.Popen[str]]]:
    """Run the nodes of an arrangement."""
    with ExitStack() as stack:
        nodes = [stack.enter_context(node(way, f"node-{number}")) for number in range(1, way.nodes + 1)]
        try:
            yield nodes
        finally:
            for process in nodes:
                assert process.stdin is not None
                process.stdin.close()


def node(way: Way, name: str) -> subprocess.Popen[str]:
    """Start one node and wait until it is ready."""
    command = [sys.executable, "-m", "benchmarks.node", way.ledger, way.engine, name]
    process = subprocess.Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def ask(process: subprocess.Popen[str], count: int) -> float:
    """Let a node hand out so many actions, and return the seconds until all are performed."""
    assert process.stdin is not None
    assert process.stdout is not None
    print(count, file=process.stdin, flush=True)
    return float(process.stdout.readline())


def idle_seconds(process: subprocess.Popen[str]) -> float:
    """Return the processor seconds that a node takes in a minute while there is nothing to do."""
    before, began = processor(process.pid), time.monotonic()
    time.sleep(IDLE)  # the time that is measured: what a node takes while nothing happens
    return (processor(process.pid) - before) / (time.monotonic() - began) * 60
