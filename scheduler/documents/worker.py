"""The process that reads and fills templates: orders in, documents and sentences out, until its input ends."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import queue
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import astuple
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from scheduler.documents import wire
from scheduler.documents.accessibility import shortcomings
from scheduler.documents.lint import template_problems
from scheduler.documents.nominative import is_nominative
from scheduler.documents.package import refuse_harmful
from scheduler.documents.render import render
from scheduler.errors import Problem, TemplateError


def filled(template: bytes, shown: str, values: Mapping[str, Any], at: datetime, lang: str, mark: str = "") -> bytes:
    """Return the filled document, as `render` does, of a template that nobody has looked at yet.

    Raises:
        TemplateError: it holds what is harmful, or cannot be filled.
    """
    refuse_harmful(template, shown, lang)
    return render(template, shown, values, at, lang, mark)


def unread(template: bytes, shown: str, lang: str) -> tuple[Problem, ...]:
    """Return what keeps a template's documents from being read by everybody; nothing of a harmful one."""
    refuse_harmful(template, shown, lang)
    return shortcomings(template, shown, lang)


ORDERS: dict[str, Callable[..., Any]] = {
    "filled": filled,
    "problems": template_problems,
    "unread": unread,
    "nominative": is_nominative,
}


def serve(memory: int, seconds: float) -> None:
    """Answer orders; `memory`: bytes that may be taken beyond those of the start, `seconds`: the most for an order.

    An order comes pickled from the program itself. What goes back is never pickled: it was made from a template.
    """
    for name in ("SIGINT", "SIGTERM"):  # they are sent to the whole group: the service ends this process by itself
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    orders, replies = sys.stdin.buffer, _replies()
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(orders, waiting.put), daemon=True).start()
    _limit(memory)
    wire.write(replies, b"!")
    while True:
        order = waiting.get()
        _alarm(seconds)
        reply = _reply(order)
        _alarm(0)
        wire.write(replies, reply)


def _listen(orders: BinaryIO, put: Callable[[bytes], None]) -> None:
    """Take orders; end the process when there will be no more, whatever it is doing."""
    with contextlib.suppress(OSError, MemoryError):
        while (order := wire.read(orders)) is not None:
            put(order)
    os._exit(0)


def _reply(order: bytes) -> bytes:
    try:
        name, arguments = pickle.loads(order)  # noqa: S301  (from the program itself)
        made = ORDERS[name](*arguments)
    except MemoryError:
        return wire.MEMORY
    except TemplateError as error:
        return wire.MEMORY if isinstance(error.__cause__, MemoryError) else _told(error.problems)
    except Exception as error:  # noqa: BLE001  (the program hears of it, and this process goes on)
        return wire.FAILURE + repr(error).encode("utf-8", "replace")
    return wire.DOCUMENT + made if isinstance(made, bytes) else _told(made)


def _told(problems: tuple[Problem, ...]) -> bytes:
    return wire.PROBLEMS + json.dumps([astuple(item) for item in problems]).encode()


def _replies() -> BinaryIO:
    """Return what was standard output, for replies alone: what a library prints goes to standard error."""
    own = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return os.fdopen(own, "wb")


def _limit(memory: int) -> None:
    """Let the process take no more than so many bytes beyond what it has, where the system can hold it to that."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + memory, most))
    except (ImportError, OSError, ValueError):
        return


def _alarm(seconds: float) -> None:
    """Let the system end the process after a time, should nobody be left who does: no library can put that off."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)
