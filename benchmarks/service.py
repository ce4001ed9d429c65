"""A real `scadenzario run` in a process of its own: how soon it is ready, and how much memory it then holds."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TIMEOUT = 120.0  # seconds
REST = 3.0  # seconds after it is ready: what its first round does besides looking is then done as well


@dataclass(frozen=True)
class Started:
    """One start of the service."""

    answers: float  # seconds until /healthz answers
    ready: float  # seconds until the first sweep is recorded as well
    processor: float  # seconds of processor time until then: what a machine with nothing else to do would take
    megabytes: float  # resident, some seconds later


def start(folder: Path) -> Started:
    """Start the service on a workspace, wait until it is ready, and stop it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{probe.getsockname()[1]}"
    command = [sys.executable, "-m", "scheduler", "run", "--workspace", str(folder)]
    environment = {**os.environ, "SCADENZARIO_LISTEN": listen}
    quiet = subprocess.DEVNULL
    began_at, began = datetime.now(UTC), time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet) as process:
        try:
            answers = _until(lambda: _is_healthy(listen), process) - began
            ready = _until(lambda: _swept_at(folder) > began_at, process) - began
            spent = processor(process.pid)
            time.sleep(REST)  # what the start has borrowed is given back before memory is read
            return Started(answers, ready, spent, resident(process.pid))
        finally:
            process.terminate()


def resident(pid: int | str = "self", name: str = "VmRSS") -> float:
    """Return the resident memory of a process in megabytes."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    found = re.search(rf"{name}:\s+([0-9]+) kB", status)
    assert found
    return int(found[1]) / 1024


def processor(pid: int) -> float:
    """Return the processor seconds that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _until(is_so: object, process: subprocess.Popen[bytes]) -> float:
    assert callable(is_so)
    until = time.monotonic() + TIMEOUT
    while not is_so():
        assert process.poll() is None, "the service has ended"
        assert time.monotonic() < until, "the service is not ready"
        time.sleep(0.01)  # a step of the wait, so that it takes no processor from what is measured
    return time.perf_counter()


def _is_healthy(listen: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{listen}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _swept_at(folder: Path) -> datetime:
    with closing(sqlite3.connect(f"file:{folder}/var/ledger.sqlite3?mode=ro", uri=True)) as connection:
        [(value,)] = connection.execute("SELECT value FROM ledger_fact WHERE name = 'swept_at'").fetchall()
    return datetime.fromisoformat(value)
