"""What the service tells systemd: that it is ready, what it does, that it is alive. Elsewhere it does nothing."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
from collections.abc import Callable, Mapping

log = logging.getLogger(__name__)

PATIENCE = 1.0  # seconds to wait for a full queue; a message is worth no more


class Notifier:
    """The datagrams of sd_notify(3); where no socket is set, or it is gone, nothing happens."""

    def __init__(self, environ: Mapping[str, str], patience: float = PATIENCE) -> None:
        """Read `NOTIFY_SOCKET` (a path, or `@name` for an abstract socket), `WATCHDOG_USEC` and `WATCHDOG_PID`."""
        self._patience = patience
        named = environ.get("NOTIFY_SOCKET", "")
        self._address = f"\0{named[1:]}" if named.startswith("@") else named if named.startswith("/") else ""
        self._watchdog_usec = environ.get("WATCHDOG_USEC", "")
        self._watchdog_pid = environ.get("WATCHDOG_PID", "")

    @property
    def watchdog_seconds(self) -> float | None:
        """The interval in which systemd wants a sign of life, in seconds; None where it wants none of this process."""
        usec = self._watchdog_usec
        if not self._address or not (usec.isascii() and usec.isdigit() and int(usec)):
            return None
        return int(usec) / 1_000_000 if self._watchdog_pid in ("", str(os.getpid())) else None

    def ready(self, status: str) -> None:
        """Say that the service is up, or that it is again after `reloading`, with a line about its state."""
        self._send("READY=1", f"STATUS={_line(status)}")

    def status(self, text: str) -> None:
        """Say in one line what the service does; `systemctl status` shows it."""
        self._send(f"STATUS={_line(text)}")

    def reloading(self, monotonic_usec: int) -> None:
        """Say that the configuration is read again, since this instant of CLOCK_MONOTONIC; then `ready` must follow."""
        self._send("RELOADING=1", f"MONOTONIC_USEC={monotonic_usec}")

    def stopping(self) -> None:
        """Say that the service is about to end."""
        self._send("STOPPING=1")

    def alive(self) -> None:
        """Feed the watchdog."""
        self._send("WATCHDOG=1")

    def _send(self, *fields: str) -> None:
        if not self._address:
            return
        with (
            contextlib.suppress(OSError),  # whoever listened is gone; the service goes on
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line,
        ):
            line.settimeout(self._patience)
            line.sendto("\n".join(fields).encode("utf-8", "replace"), self._address)


class Watchdog:
    """A thread that feeds the watchdog at a third of its interval, but only while the service makes progress.

    So a service that hangs, with its threads alive, is ended and started again by systemd.
    """

    def __init__(self, notifier: Notifier, progressing: Callable[[], bool]) -> None:
        """`progressing` is asked from the thread; it tells, quickly, whether the work has moved on lately."""
        self._notifier = notifier
        self._progressing = progressing
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._feed, name="watchdog", daemon=True)

    def start(self) -> None:
        """Start to feed; nothing where systemd wants no sign of life."""
        if self._notifier.watchdog_seconds is not None:
            self._thread.start()

    def stop(self) -> None:
        """Stop to feed, and wait for the thread."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _feed(self) -> None:
        pause = (self._notifier.watchdog_seconds or 0) / 3
        while True:
            if self._makes_progress():
                self._notifier.alive()
            if self._stopped.wait(pause):  # counts monotonic seconds
                return

    def _makes_progress(self) -> bool:
        try:
            return self._progressing()
        except Exception:  # what cannot be asked makes none
            log.exception("progress unknown")
            return False


def _line(text: str) -> str:
    """Return a text on one line: a line break would begin a field of its own."""
    return " ".join(text.split())
