"""Radicale, a calendar server, with the same events as our calendars: it puts each answer together anew."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from icalendar import Calendar

from benchmarks.feed_requests import Server

HERE = "/office/"
_USER = b"Authorization: Basic b2ZmaWNlOng=\r\n"  # office:x; it lets in whoever has a name


def stock(folder: Path) -> None:
    """Give Radicale each calendar of a folder: a file for each event."""
    for path in folder.glob("*.ics"):
        place = folder / "radicale" / "collection-root" / "office" / path.name
        place.mkdir(parents=True)
        (place / ".Radicale.props").write_text('{"tag": "VCALENDAR"}', "utf-8")
        for number, event in enumerate(Calendar.from_ical(path.read_bytes()).walk("VEVENT")):
            alone = Calendar()
            alone.add("version", "2.0")
            alone.add("prodid", "-//Scadenzario//benchmark//IT")
            alone.add_component(event)
            (place / f"{number}.ics").write_bytes(alone.to_ical())


@contextmanager
def radicale(folder: Path, port: int) -> Iterator[Server]:
    """Run it over what it was given."""
    options = {
        "--server-hosts": f"127.0.0.1:{port}",
        "--logging-level": "error",
        "--auth-type": "none",
        "--rights-type": "owner_only",
        "--storage-filesystem-folder": str(folder / "radicale"),
    }
    words = [word for pair in options.items() for word in pair]
    with subprocess.Popen([sys.executable, "-m", "radicale", "--config", "", *words]) as process:
        try:
            while not _answers(port):
                assert process.poll() is None
                time.sleep(0.01)  # a step of the wait for the server
            yield Server(("127.0.0.1", port), process.pid, keeps=False, header=_USER)
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
