"""The calendar: built beside plain icalendar, one changed event among many, requests beside nginx and Radicale."""

from __future__ import annotations

import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.feed_radicale import HERE, radicale, stock
from benchmarks.feed_requests import Answered, Server, requests
from benchmarks.parts import timed
from scheduler.core.status import State
from scheduler.feed.check import check
from scheduler.feed.entry import Entry, FeedFacts
from scheduler.feed.ics import Blobs, ics
from scheduler.service.workspace import Workspace
from tests.feed.plain import plain

FACTS = FeedFacts("Scadenzario", "Europe/Rome", "it")
CALENDARS = {"30 KB": 44, "1 MB": 1550}  # events
NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{}}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; types {{ text/calendar ics; }}
  client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
  uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
  server {{ listen 127.0.0.1:{port}; location /calendario/ {{ alias {folder}/; }} }}
}}
"""


def measure() -> None:
    """Print milliseconds and ratios."""
    for count in (10_000, 100_000):
        build(count)
    change(10_000)
    with tempfile.TemporaryDirectory() as folder:
        serve(Path(folder))


def entry(number: int) -> Entry:
    """Return what the calendar says of one occurrence, as long as the sample's."""
    title = f"Trasmissione semestrale dei dati relativi ai servizi al lavoro n. {number} – secondo semestre 2026"
    description = (
        "Periodo di riferimento: secondo semestre 2026\nTermine nominale: 31/01/2027\nTermine di legge: 01/02/2027\n"
        "Obiettivo interno: 29/01/2027\nStato: da trasmettere\nConvenzione: Convenzione tra Regione Lombardia, le "
        "province e la Città metropolitana di Milano per i servizi al lavoro 2024–2026\nFonte: B; durata 2024–2026\n"
        f"Collegamento: https://scadenze.ente.example/#servizi-{number:06}/2026-H2"
    )
    on, at = date(2026, 1, 1) + timedelta(days=number % 490), datetime(2026, 1, 1, 8, number % 60, tzinfo=UTC)
    url = f"https://scadenze.ente.example/#servizi-{number:06}/2026-H2"
    key = f"servizi-{number:06}/2026-H2"
    return Entry(key, on, on, title, title, description, "servizi", State.SCHEDULED, url, number % 5, at)


def build(count: int) -> None:
    """Print the time to build a calendar, ours and plain icalendar's, which must have equal bytes."""
    entries = [entry(number) for number in range(count)]
    began = time.perf_counter()
    theirs = plain(entries, FACTS)
    took = (time.perf_counter() - began) * 1000
    assert ics(entries, FACTS) == theirs
    ours = timed(lambda: ics(entries, FACTS), 5)
    size = len(theirs) / 1e6
    print(
        f"  build {count:>7} events, {size:5.1f} MB  {ours:8.1f} ms | icalendar {took:9.1f} ms   {took / ours:5.1f} x"
    )


def change(count: int) -> None:
    """Print what it takes to publish anew when one of so many events has changed."""
    entries = {item.key: item for item in map(entry, range(count))}
    blobs, keys = Blobs(frozenset()), list(entries)
    blobs.take(entries)
    steps: dict[str, list[float]] = {"ready": [], "kept on disk": []}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(20):
            key = keys[turn * 400]
            changed = {**entries, key: replace(entries[key], title=f"Un altro titolo {turn}", sequence=9)}
            began = time.perf_counter()
            check(blobs.take(changed), FACTS)
            content = blobs.calendar(keys, FACTS).content
            steps["ready"].append(time.perf_counter() - began)
            Workspace(Path(folder)).keep("feed/all.ics", content)
            steps["kept on disk"].append(time.perf_counter() - began)
            entries = changed
    said = ", ".join(f"{name} {statistics.median(times) * 1000:.1f} ms" for name, times in steps.items())
    print(f"  one event of {count} changed: {said}")


def serve(folder: Path) -> None:
    """Print requests a second, the slowest and the processor time of each: ours, nginx's and Radicale's."""
    for name, count in CALENDARS.items():
        (folder / f"{name.replace(' ', '')}.ics").write_bytes(ics(map(entry, range(count)), FACTS))
    port = free_port()
    stock(folder)
    with ours(folder) as mine, nginx(folder) as theirs, radicale(folder, port) as heavy:
        if theirs is None:
            print("  nginx is not installed: nothing to compare with")
        for name in CALENDARS:
            for known in (False, True):
                compare(name, {"ours": mine, "nginx": theirs, "radicale": heavy}, known=known)


def compare(name: str, servers: Mapping[str, Server | None], *, known: bool) -> None:
    """Print what requests for one calendar take, with its ETag or without; Radicale knows nothing of ETags here."""
    took: dict[str, Answered] = {}
    for who, server in servers.items():
        if server:
            took[who] = requests(server, *asked(who, name, known=known), known=known)
            item = took[who]
            speed = f"{item.per_second:9.1f} /s  p99 {item.p99:8.2f} ms  processor {item.processor:9.1f} us"
            print(f"  {name:>5} {304 if known and server.keeps else 200} {who:<8} {speed}")
    mine = took["ours"].processor
    if "nginx" in took:
        print(f"  {'':18} processor, ours to nginx's: {mine / took['nginx'].processor:.2f} x")
    print(f"  {'':18} processor, Radicale's to ours: {took['radicale'].processor / mine:.0f} x")


def asked(who: str, name: str, *, known: bool) -> tuple[str, int]:
    """Return a calendar's path at a server, and how often to ask for it."""
    file = f"{name.replace(' ', '')}.ics"
    if who == "radicale":
        return f"{HERE}{file}/", 20 if name == "1 MB" else 200
    return f"/calendario/{file}", 500 if name == "1 MB" and not known else 3000


@contextmanager
def ours(folder: Path) -> Iterator[Server]:
    """Run the service's own server over the files of a folder."""
    port = free_port()
    files = [str(path) for path in sorted(folder.glob("*.ics"))]
    command = [sys.executable, "-m", "benchmarks.feed_server", f"127.0.0.1:{port}", *files]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        try:
            yield Server(("127.0.0.1", port), process.pid)
        finally:
            process.stdin.close()


@contextmanager
def nginx(folder: Path) -> Iterator[Server | None]:
    """Run nginx with one worker over the files of a folder, where it is installed."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        yield None
        return
    port = free_port()
    folder.chmod(0o755)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port), "utf-8")
    with subprocess.Popen([program, "-c", str(folder / "nginx.conf"), "-p", str(folder)]) as process:
        try:
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            while not (found := children.read_text("ascii").split()) or not answers(port):
                time.sleep(0.01)  # a step of the wait for the server
            yield Server(("127.0.0.1", port), int(found[0]))
        finally:
            process.terminate()


def answers(port: int) -> bool:
    """Tell whether somebody listens."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
