"""A process of our own that answers orders over its input and output, and can be ended at any time."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import weakref
from pathlib import Path

from scheduler.documents import wire
from scheduler.service.alert import environment

START = 60.0  # seconds in which a new process must be there, on the slowest machine

_PACKAGES = Path(__file__).parents[2]
_PROGRAM = (
    "import sys; sys.path.append(sys.argv[1]); from scheduler.documents.worker import serve; "
    "serve(int(sys.argv[2]), float(sys.argv[3]))"
)


class LateError(Exception):
    """The process did not answer in time, and was ended."""


class GoneError(Exception):
    """The process has ended without an answer."""


class Child:
    """The process, from its start; it ends with this object, and with this process however that ends."""

    def __init__(self, memory: int, seconds: float) -> None:
        """`memory`: bytes it may take beyond those it starts with; `seconds`: how long it may outlive us in an order.

        Raises:
            GoneError, LateError: it did not come up.
        """
        # it writes no compiled modules: on a full disk they would be cut off, and spoil every later start
        line = [sys.executable, "-B", "-P", "-c", _PROGRAM, str(_PACKAGES), str(memory), str(seconds)]
        try:
            self._process = subprocess.Popen(  # noqa: S603  (ourselves)
                line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(os.environ)
            )
        except OSError as error:
            raise GoneError from error
        self.end = weakref.finalize(self, _ended, self._process)
        self._answer(None, START)

    def is_alive(self) -> bool:
        """Tell whether it can be given an order."""
        return self._process.poll() is None

    def answer(self, order: bytes, seconds: float) -> bytes:
        """Return what it makes of an order.

        Raises:
            GoneError: it has ended.
            LateError: it took longer than so many seconds of wall clock.
        """
        return self._answer(order, seconds)

    def _answer(self, order: bytes | None, seconds: float) -> bytes:
        late = threading.Event()
        timer = threading.Timer(seconds, self._kill, (late,))
        timer.daemon = True
        timer.start()
        try:
            reply = self._said(order)
        except (OSError, ValueError):  # it ended while it was written to, or another thread has ended it
            reply = None
        finally:
            timer.cancel()
            timer.join()
        if reply is None:
            self.end()
            raise LateError if late.is_set() else GoneError
        return reply

    def _said(self, order: bytes | None) -> bytes | None:
        orders, replies = self._process.stdin, self._process.stdout
        if orders is None or replies is None:
            return None
        if order is not None:
            wire.write(orders, order)
        return wire.read(replies)

    def _kill(self, late: threading.Event) -> None:
        late.set()
        self._process.kill()


def _ended(process: subprocess.Popen[bytes]) -> None:
    """End a process, and leave nothing of it behind."""
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
