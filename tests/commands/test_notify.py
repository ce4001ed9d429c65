"""What systemd is told, received on real sockets: each message, the watchdog's pace, and silence where nobody asks."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.commands.notify import Notifier, Watchdog

PATIENCE = 20.0  # seconds; only how long a test waits before it gives up
QUICK = "30000"  # microseconds


class Listener:
    """The socket that systemd would hold."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(f"\0{name[1:]}" if name.startswith("@") else name)
        self.socket.settimeout(PATIENCE)

    def heard(self) -> str:
        return self.socket.recv(4096).decode()

    def is_silent(self) -> bool:
        self.socket.setblocking(False)
        try:
            return not self.socket.recv(4096)
        except BlockingIOError:
            return True

    def environ(self, **more: str) -> dict[str, str]:
        return {"NOTIFY_SOCKET": self.name, **more}


@pytest.fixture(params=["path", "abstract"])
def listener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Listener]:
    name = str(tmp_path / "notify") if request.param == "path" else f"@scadenzario-{uuid.uuid4()}"
    made = Listener(name)
    yield made
    made.socket.close()


def test_each_message(listener: Listener) -> None:
    notifier = Notifier(listener.environ())
    notifier.ready("in funzione: 12 adempimenti, perché sì")
    assert listener.heard() == "READY=1\nSTATUS=in funzione: 12 adempimenti, perché sì"
    notifier.status("giro\nREADY=1\r\n  fatto")
    assert listener.heard() == "STATUS=giro READY=1 fatto"
    notifier.reloading(1_234_567)
    assert listener.heard() == "RELOADING=1\nMONOTONIC_USEC=1234567"
    notifier.alive()
    assert listener.heard() == "WATCHDOG=1"
    notifier.stopping()
    assert listener.heard() == "STOPPING=1"
    assert listener.is_silent()


@pytest.mark.parametrize(
    "name", ["", "relative", "vsock:2:1234", "/nowhere/at/all", "@nobody-listens-here", "/" + "x" * 300]
)
def test_nothing_happens_where_nobody_listens(name: str) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": name})
    notifier.ready("x")
    notifier.stopping()


def test_a_socket_that_goes_away_harms_nothing(tmp_path: Path) -> None:
    listener = Listener(str(tmp_path / "notify"))
    notifier = Notifier(listener.environ())
    notifier.ready("x")
    listener.socket.close()
    notifier.status("y")
    Path(listener.name).unlink()
    notifier.status("z")


def test_a_queue_that_nobody_reads_does_not_hold_the_service(tmp_path: Path) -> None:
    listener = Listener(str(tmp_path / "notify"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        other.setblocking(False)
        other.connect(listener.name)
        with contextlib.suppress(BlockingIOError):
            while True:
                other.send(b"STATUS=full")
    Notifier(listener.environ(), patience=0.01).alive()
    listener.socket.close()


MINE = str(os.getpid())
INTERVALS = [
    ({}, None),
    ({"WATCHDOG_USEC": "300000000"}, 300.0),
    ({"WATCHDOG_USEC": "1500000", "WATCHDOG_PID": MINE}, 1.5),
    ({"WATCHDOG_USEC": "1500000", "WATCHDOG_PID": "1"}, None),
    ({"WATCHDOG_USEC": "0"}, None),
    ({"WATCHDOG_USEC": "-5"}, None),
    ({"WATCHDOG_USEC": "soon"}, None),
]


@pytest.mark.parametrize(("environ", "seconds"), INTERVALS)
def test_the_interval_of_the_watchdog(environ: dict[str, str], seconds: float | None) -> None:
    assert Notifier({"NOTIFY_SOCKET": "@x", **environ}).watchdog_seconds == seconds
    assert Notifier(environ).watchdog_seconds is None, "nobody to tell"


def test_the_watchdog_is_fed_again_and_again_and_stops(listener: Listener) -> None:
    watchdog = Watchdog(Notifier(listener.environ(WATCHDOG_USEC=QUICK)), lambda: True)
    watchdog.start()
    assert [listener.heard() for _ in range(3)] == ["WATCHDOG=1"] * 3
    watchdog.stop()
    assert "watchdog" not in {thread.name for thread in threading.enumerate()}


class Work:
    """Work that moves on or stands still; it counts how often it was asked."""

    def __init__(self, answers: list[bool | Exception]) -> None:
        self.answers = answers
        self.asked = 0
        self.done = threading.Event()

    def __call__(self) -> bool:
        if self.asked == len(self.answers):
            self.done.set()
            return False
        answer = self.answers[self.asked]
        self.asked += 1
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_only_progress_feeds_the_watchdog(listener: Listener) -> None:
    work = Work([True, False, ValueError("who knows"), False, True, False])
    watchdog = Watchdog(Notifier(listener.environ(WATCHDOG_USEC=QUICK)), work)
    watchdog.start()
    assert work.done.wait(PATIENCE)
    watchdog.stop()
    assert [listener.heard(), listener.heard()] == ["WATCHDOG=1", "WATCHDOG=1"]
    assert listener.is_silent()


def test_where_no_sign_of_life_is_wanted_none_is_given(listener: Listener) -> None:
    work = Work([])
    watchdog = Watchdog(Notifier(listener.environ()), work)
    watchdog.start()
    watchdog.stop()
    assert work.asked == 0
    assert not work.done.is_set()
    assert listener.is_silent()
