"""How soon a page comes with 10 000 occurrences: the real server, asked over HTTP one request after the other."""

from __future__ import annotations

import http.client
import socket
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.office import settle
from scheduler.commands.pages import front
from scheduler.service.durations import Durations
from scheduler.service.health import Health
from scheduler.web.calendar import Board
from scheduler.web.probes import Probes
from scheduler.web.server import PageServer

OCCURRENCES = 10_000
RUNS = 60
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PATHS = {
    "situation": "/",
    "list": "/scadenze",
    "list, filtered": "/scadenze?stato=overdue&pagina=40",
    "one deadline": "/scadenze/adempimento-0007/2026-09",
    "obligations": "/adempimenti",
    "punctuality": "/puntualita",
    "all as JSON": "/scadenze.json",
    "a style sheet": "/static/scadenzario.css",
}


def measure() -> None:
    """Print for each page the median, the 95th of 100 and the first time, in milliseconds."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{probe.getsockname()[1]}"
        probe.close()
        app = settle(Path(folder, "office"), OCCURRENCES, NOW)
        app.settings.__dict__["listen"] = listen
        pages = front(lambda: app, Probes(lambda: Health(NOW, {}), Durations().read))
        server = PageServer(listen, pages, Board(), "it")
        server.start()
        print(f"  {OCCURRENCES} occurrences{'':8} median    p95  first   (ms; aim: p95 under 100)")
        for name, path in PATHS.items():
            first, times = _once(listen, path), sorted(_once(listen, path) for _ in range(RUNS))
            print(f"  {name:<22} {times[RUNS // 2]:9.1f} {times[RUNS * 95 // 100]:6.1f} {first:6.1f}")
        server.stop()
        app.store.rest()


def _once(listen: str, path: str) -> float:
    began = time.perf_counter()
    connection = http.client.HTTPConnection(listen, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    assert answer.status == 200, content[:200]
    return (time.perf_counter() - began) * 1000
